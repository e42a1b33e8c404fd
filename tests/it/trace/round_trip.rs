//! What is written comes back bit by bit.

use std::sync::Arc;

use nablatop::event::{
    EvalRecord, Event, FilterShades, LaneEnd, Note, Outcome, Payload, RunEnd, Snapshot, StepRecord, TensorNorm,
    TensorNorms,
};
use nablatop::grid::{Grid, Value};
use nablatop::history::History;
use nablatop::sink::Sink;
use nablatop::sink::trace::TraceSink;
use nablatop::trace::OnExisting;
use nablatop::units::{LaneId, Step};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{header, read_well, write};
use crate::fixture;

/// Any float: proptest's own never gives subnormals, infinities or NaN by default.
fn float() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => any::<u32>().prop_map(f32::from_bits),
        1 => prop::sample::select(vec![0.0, -0.0, f32::MIN_POSITIVE, 1e-45, -1e-40, f32::MAX, f32::MIN]),
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
    ]
}

fn rate() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<u64>().prop_map(f64::from_bits).prop_map(|rate| if rate.is_nan() { f64::NAN } else { rate }),
        1 => prop::sample::select(vec![1e-3, 0.0, -0.0, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

/// A grid of the first lane, now and then with rows that no layer has.
fn values() -> impl Strategy<Value = Grid> {
    let (quantities, layers) = (header().quantities.len(), header().lanes[0].layers.len());
    let cell = prop_oneof![3 => float().prop_map(Some), 1 => Just(None)];
    let row = prop_oneof![4 => prop::collection::vec(cell, layers), 1 => Just(vec![None; layers])];
    let full = prop::collection::vec(row, quantities).prop_map(move |rows| {
        let mut grid = Grid::absent(quantities, layers);
        for (index, row) in rows.into_iter().enumerate() {
            grid.row_mut(index).iter_mut().zip(row).for_each(|(cell, value)| *cell = Value::from(value));
        }
        grid
    });
    prop_oneof![8 => full, 1 => Just(Grid::default())]
}

prop_compose! {
    fn step()(
        (epoch, step_ns, measure_ns) in any::<(u32, u64, u64)>(),
        (loss, accuracy, global_grad_norm) in (prop::option::of(float()), prop::option::of(float()), prop::option::of(float())),
        (clip_scale, clip_rate) in (prop::option::of(float()), prop::option::of(float())),
        (learning_rate, values) in (prop::option::of(rate()), values()),
    ) -> StepRecord {
        StepRecord {
            lane: LaneId(0), step: Step::FIRST, epoch, loss, accuracy, learning_rate, global_grad_norm, clip_scale,
            clip_rate, step_ns, measure_ns, values,
        }
    }
}

/// The history that these events make.
fn history(events: &[Event]) -> History {
    let mut history = History::new(header());
    for event in events {
        history.push(event);
    }
    history
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn any_run_comes_back_bit_by_bit_and_replay_is_live(mut records in prop::collection::vec(step(), 1..4)) {
        let folder = tempfile::tempdir().unwrap();
        let mut events = vec![Event::RunStarted(header())];
        for (record, number) in records.iter_mut().zip(1..) {
            record.step = Step(number);
            events.push(Event::Step(Arc::new(record.clone())));
        }
        write(folder.path(), &events);
        let (read, warnings) = read_well(folder.path());
        prop_assert!(warnings.is_empty());
        prop_assert_eq!(&read, &events);
        prop_assert!(history(&read) == history(&events));
    }

    #[test]
    fn any_message_comes_back_harmless_and_clean_ones_unchanged(text in any::<String>()) {
        let folder = tempfile::tempdir().unwrap();
        let note = |text: &str| Event::Note(Note { lane: None, step: Step(3), text: text.to_owned() });
        let failed = |text: &str| Event::RunEnded(RunEnd { outcome: Outcome::Failed(text.to_owned()) });
        write(folder.path(), &[Event::RunStarted(header()), note(&text), failed(&text)]);
        let (read, _) = read_well(folder.path());
        let clean = nablatop::text::clean_message(&text);
        prop_assert_eq!(&read[1..], &[note(&clean), failed(&clean)]);
    }
}

#[test]
fn every_kind_of_event_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut events = fixture::run(&header(), 3);
    events
        .insert(7, Event::Eval(EvalRecord { lane: LaneId(1), step: Step(3), loss: 9.0, accuracy: Some(0.0), rows: 1 }));
    let lane_end = |outcome| Event::LaneEnded(LaneEnd { lane: LaneId(0), step: Step(0), outcome });
    events.insert(8, lane_end(Outcome::Diverged));
    events.insert(9, lane_end(Outcome::Stopped));
    events.insert(10, lane_end(Outcome::Failed("the lane's thread panicked".to_owned())));
    write(folder.path(), &events);
    let (read, warnings) = read_well(folder.path());
    assert_eq!(read, events);
    assert!(history(&read) == history(&events));
    assert!(warnings.is_empty());
}

#[test]
fn tensors_and_filters_come_back_with_what_is_not_finite() {
    let folder = tempfile::tempdir().unwrap();
    let mut values = Grid::absent(TensorNorm::ALL.len(), header().lanes[1].layers.tensors());
    values.row_mut(0).copy_from_slice(&[0.1, f32::NAN, f32::INFINITY, -0.0, 1e-45].map(Value::new));
    values.row_mut(2)[4] = Value::new(f32::NEG_INFINITY);
    let (lane, step) = (LaneId(1), Step(3));
    let filters = FilterShades::of([2, 1, 1, 2], &[0.5, -0.25, f32::NAN, 1.0]);
    let events = [
        Event::RunStarted(header()),
        Event::Snapshot(Arc::new(Snapshot { lane, step, payload: Payload::Tensors(TensorNorms { values }) })),
        Event::Snapshot(Arc::new(Snapshot { lane, step, payload: Payload::Filters(filters) })),
    ];
    write(folder.path(), &events);
    let (read, warnings) = read_well(folder.path());
    assert_eq!(read, events);
    assert!(history(&read) == history(&events));
    assert!(warnings.is_empty());
}

#[test]
fn an_evaluation_that_diverged_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let eval = EvalRecord { lane: LaneId(1), step: Step(3), loss: f32::INFINITY, accuracy: Some(f32::NAN), rows: 10 };
    write(folder.path(), &[Event::RunStarted(header()), Event::Eval(eval)]);
    let (read, _) = read_well(folder.path());
    assert_eq!(read[1], Event::Eval(eval));
}

#[test]
fn the_sink_writes_what_the_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let events = fixture::run(&header(), 3);
    let mut sink = TraceSink::open(folder.path(), &header(), OnExisting::Refuse).unwrap();
    for event in &events {
        sink.emit(event);
    }
    sink.flush();
    assert_eq!(read_well(folder.path()).0, events);
    assert_eq!(sink.status().problem(), None);
    assert_eq!(sink.status().bytes(), std::fs::metadata(folder.path().join("trace.jsonl")).unwrap().len());
}

#[test]
fn run_json_holds_the_header_and_in_the_end_the_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let json = || -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(folder.path().join("run.json")).unwrap()).unwrap()
    };
    let events = fixture::run(&header(), 1);
    let mut sink = TraceSink::open(folder.path(), &header(), OnExisting::Refuse).unwrap();
    let (end, begin) = events.split_last().unwrap();
    for event in begin {
        sink.emit(event);
    }
    sink.flush();
    assert_eq!((&json()["outcome"], &json()["header"]["run_id"]), (&serde_json::Value::Null, &"fixture".into()));
    sink.emit(end);
    sink.flush();
    assert_eq!(json()["outcome"], "completed");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left behind");
}
