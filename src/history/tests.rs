use std::ops::Range;
use std::sync::Arc;

use super::*;
use crate::event::{LaneHeader, StepRecord};
use crate::grid::{Grid, Value};
use crate::layer::{Layer, LayerKind, LayerTable};
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

const SIGNAL: Quantity = Quantity::SignalNorm;

fn history(lanes: usize, layers: usize) -> History {
    let layer = Layer::new("", LayerKind::Block);
    let lane =
        |index: usize| LaneHeader::new(&index.to_string(), "", LayerTable { layers: vec![layer.clone(); layers] });
    History::new(Arc::new(RunHeader::new((0..lanes).map(lane).collect())))
}

fn record(step: u64, layers: usize, value: impl Fn(usize) -> Option<f32>) -> Event {
    let mut values = Grid::absent(Quantity::ALL.len(), layers);
    for row in 0..Quantity::ALL.len() {
        for (layer, cell) in values.row_mut(row).iter_mut().enumerate() {
            *cell = Value::from(value(layer));
        }
    }
    Event::Step(Arc::new(StepRecord { loss: Some(step as f32), values, ..StepRecord::unmeasured(step) }))
}

fn filled(steps: u64, layers: usize, value: impl Fn(u64, usize) -> Option<f32>) -> History {
    let mut history = history(1, layers);
    for step in 1..=steps {
        history.push(&record(step, layers, |layer| value(step, layer)));
    }
    history
}

fn window(rows: usize, layers: usize, steps: Range<u64>, columns: usize) -> Window {
    Window { layers: 0..layers, rows, steps, columns, reduce: Reduce::Extreme }
}

#[test]
fn a_single_step_spike_survives_every_zoom() {
    let history = filled(9_000, 40, |step, layer| Some(if (step, layer) == (7_777, 17) { 1e6 } else { 1e-3 }));
    for columns in [1, 7, 100, 1024] {
        for rows in [1, 5, 40] {
            let cells = history.lanes()[0].window(SIGNAL, &window(rows, 40, 1..9_001, columns));
            let spikes = cells.iter().filter(|cell| matches!(cell, Cell::Value(v) if (v - 6.0).abs() < 1e-2)).count();
            assert!(spikes >= 1, "{rows} rows, {columns} columns");
        }
    }
}

#[test]
fn a_single_nan_infinity_or_zero_survives_every_zoom() {
    for (odd, expected) in [(f32::NAN, Cell::Nan), (f32::NEG_INFINITY, Cell::Infinite), (0.0, Cell::Zero)] {
        let history = filled(5_000, 3, |step, layer| Some(if (step, layer) == (2_500, 1) { odd } else { 2.0 }));
        assert_eq!(history.lanes()[0].window(SIGNAL, &window(1, 3, 1..5_001, 1)), [expected]);
    }
}

#[test]
fn absent_layers_and_steps_without_a_run_are_distinguished() {
    let history = filled(10, 2, |_, layer| (layer == 1).then_some(1.0));
    let cells = history.lanes()[0].window(SIGNAL, &window(2, 2, 1..21, 2));
    assert_eq!(cells, [Cell::Absent, Cell::Empty, Cell::Value(0.0), Cell::Empty]);
}

#[test]
fn recent_steps_are_exact_and_old_ones_are_summed_up() {
    let history = filled(10_000, 500, |step, _| Some(step as f32));
    let lane = &history.lanes()[0];
    assert_eq!(lane.value(SIGNAL, LayerId(3), Step(9_999)), Some(9_999.0));
    assert_eq!(lane.value(SIGNAL, LayerId(3), Step(110)), None);
    let summary = lane.summary(SIGNAL, LayerId(3), Step(110)).expect("measured");
    assert!(summary.steps.contains(&110) && summary.min == Some(summary.steps.start as f32));
    assert_eq!(summary.max, Some((summary.steps.end - 1) as f32));
    assert_eq!(u64::from(summary.count), summary.steps.end - summary.steps.start);
    let zoomed = lane.window(SIGNAL, &window(1, 500, 9_996..10_000, 4));
    assert_eq!(zoomed, [9_996.0_f32, 9_997.0, 9_998.0, 9_999.0].map(|step| Cell::Value(step.log10())));
}

#[test]
fn a_column_without_a_measurement_repeats_the_one_before() {
    let mut history = history(1, 1);
    history.push(&record(1, 1, |_| Some(10.0)));
    (2..=9).for_each(|step| history.push(&Event::Step(Arc::new(StepRecord::unmeasured(step)))));
    history.push(&record(10, 1, |_| Some(100.0)));
    let cells = history.lanes()[0].window(SIGNAL, &window(1, 1, 1..11, 10));
    assert_eq!(cells[..9], [Cell::Value(1.0); 9]);
    assert_eq!(cells[9], Cell::Value(2.0));
}

#[test]
fn steps_that_do_not_come_after_the_newest_are_ignored() {
    let mut history = filled(5, 1, |step, _| Some(step as f32));
    let before = history.clone();
    history.push(&record(3, 1, |_| Some(99.0)));
    assert_eq!(history, before);
}

#[test]
fn means_are_geometric_and_scalars_keep_their_extremes() {
    let history = filled(1024, 1, |step, _| Some(if step % 2 == 0 { 1e-4 } else { 1e4 }));
    let lane = &history.lanes()[0];
    let mean = Window { reduce: Reduce::Mean, ..window(1, 1, 1..1025, 1) };
    let [Cell::Value(value)] = lane.window(SIGNAL, &mean)[..] else { panic!("one value") };
    assert!(value.abs() < 1e-3, "{value}");
    let loss = lane.scalar(Scalar::Loss, 1..1025, 1)[0].expect("has a loss");
    assert_eq!((loss.min, loss.max, loss.last, loss.count), (1.0, 1024.0, 1024.0, 1024));
    assert_eq!(lane.scalar(Scalar::Accuracy, 1..1025, 2), [None, None]);
}

#[test]
fn the_range_counts_only_finite_values_above_zero() {
    let history = filled(3, 3, |step, layer| [Some(0.0), Some(f32::INFINITY), Some(10_f32.powi(step as i32))][layer]);
    assert_eq!(history.lanes()[0].range(SIGNAL), Some((1.0, 3.0)));
    assert_eq!(filled(3, 1, |_, _| None).lanes()[0].range(SIGNAL), None);
}

#[test]
fn rho_is_kept_for_every_measured_step_and_of_the_blocks_alone() {
    let history = filled(6000, 5, |step, layer| (step % 2 == 1).then(|| 0.5_f32.powf(4.0 - layer as f32)));
    let lane = &history.lanes()[0];
    for steps in [1..2, 5999..6000] {
        let rho = lane.scalar(Scalar::Rho, steps, 1)[0].expect("measured");
        assert!((rho.mean - 0.5).abs() < 1e-4 && rho.non_finite == 0, "{rho:?}");
    }
    assert_eq!(lane.scalar(Scalar::Rho, 6000..6001, 1), [None]);
}

#[test]
fn a_step_reported_again_adds_only_the_scalars_that_it_lacked() {
    let mut history = history(1, 5);
    let Event::Step(first) = record(1, 5, |layer| Some(0.5_f32.powf(4.0 - layer as f32))) else { panic!("a step") };
    let first = StepRecord { accuracy: Some(0.25), ..(*first).clone() };
    history.push(&Event::Step(Arc::new(first.clone())));
    history.push(&Event::Step(Arc::new(StepRecord { loss: Some(7.0), ..StepRecord::unmeasured(2) })));
    for step in [1, 2, 2] {
        let again = StepRecord { step: Step(step), loss: Some(9.0), accuracy: Some(0.5), ..first.clone() };
        history.push(&Event::Rerun(Arc::new(StepRecord { global_grad_norm: Some(3.0), ..again })));
    }
    let lane = &history.lanes()[0];
    let values_of = |scalar| {
        let exact = [1..2, 2..3].map(|step| lane.scalar(scalar, step, 1)[0].map(|found| found.last));
        (exact, lane.scalar(scalar, 1..65, 1)[0].map_or(0, |all| all.count))
    };
    assert_eq!(values_of(Scalar::Loss), ([Some(1.0), Some(7.0)], 2));
    assert_eq!(values_of(Scalar::Accuracy), ([Some(0.25), Some(0.5)], 2));
    assert_eq!(values_of(Scalar::GlobalGradNorm), ([Some(3.0); 2], 2));
    let ([Some(one), Some(two)], 2) = values_of(Scalar::Rho) else { panic!("two of ρ: {:?}", values_of(Scalar::Rho)) };
    assert!((one - 0.5).abs() < 1e-4 && one == two);
    let held = lane.record(Some(Step(2))).expect("measured now");
    assert_eq!((held.loss, held.accuracy, held.global_grad_norm), (Some(7.0), Some(0.5), Some(3.0)));
}

#[test]
fn a_linear_range_holds_signs_and_zeros_a_logarithmic_one_magnitudes() {
    let history = filled(3, 4, |step, layer| [None, Some(0.0), Some(-0.5), Some(0.25)][layer].filter(|_| step > 1));
    let lane = &history.lanes()[0];
    assert_eq!(lane.range(Quantity::ChannelCosine), Some((-0.5, 0.25)));
    assert_eq!(lane.range(SIGNAL), Some((0.25_f32.log10(), 0.5_f32.log10())));
    assert!(lane.has(SIGNAL) && !filled(3, 4, |_, _| None).lanes()[0].has(SIGNAL));
    let zeros = filled(3, 4, |_, _| Some(0.0));
    assert!(zeros.lanes()[0].has(SIGNAL) && zeros.lanes()[0].range(SIGNAL).is_none());
}

#[test]
fn what_is_held_makes_the_same_history_again() {
    let mut once = filled(300, 3, |step, layer| Some((step * layer as u64) as f32));
    once.push(&Event::Note(Note { lane: None, step: Step(7), text: "here".to_owned() }));
    once.push(&Event::RunEnded(RunEnd { outcome: crate::event::Outcome::Completed }));
    let mut again = History::new(Arc::clone(once.header()));
    once.events().iter().for_each(|event| again.push(event));
    assert_eq!((once.missing_steps(), again), (0, once));
}

#[test]
fn the_first_steps_of_a_long_run_stay_exact_and_those_after_them_are_as_their_buckets() {
    let history = filled(20_000, 3, |step, _| Some(step as f32));
    let lane = &history.lanes()[0];
    for step in [1, 5, 100, 20_000] {
        let exactly = Some(CellValue::Exactly(step as f32));
        assert_eq!(lane.known(SIGNAL, LayerId(1), Step(step)), exactly);
        assert_eq!(lane.taken(SIGNAL, Step(step)), Some(MeasuredAt::At(Step(step))));
        let drawn = lane.window(SIGNAL, &window(1, 3, step..step + 1, 1))[0];
        assert_eq!(drawn, Cell::Value((step as f32).log10()), "{step}");
        let loss = lane.scalar(Scalar::Loss, step..step + 1, 1)[0].map(|loss| (loss.min, loss.max));
        assert_eq!(loss, Some((step as f32, step as f32)));
        assert_eq!(lane.record(Some(Step(step))).map(|record| record.step), Some(Step(step)));
    }
    assert!(matches!(lane.known(SIGNAL, LayerId(1), Step(101)), Some(CellValue::Roughly(_))));
    assert!(lane.record(Some(Step(5_000))).is_none(), "the hundredth is not the newest before it");
}

#[test]
fn of_records_that_are_huge_fewer_are_held_first_and_never_more_than_before() {
    let mut history = History::within(Arc::clone(history(1, 40).header()), 1 << 20);
    (1..=500).for_each(|step| history.push(&record(step, 40, |_| Some(1.0))));
    let held = history.events().len() as u64;
    assert!(held == 500 - history.missing_steps() && (32..=64).contains(&held), "{held}");
    let lane = &history.lanes()[0];
    assert!(
        [1, 8, 500].iter().all(|step| lane.record(Some(Step(*step))).is_some())
            && lane.record(Some(Step(100))).is_none()
    );
}

#[test]
fn of_a_long_run_the_first_hundred_steps_and_the_newest_are_held_and_the_rest_is_counted() {
    let history = filled(9_000, 3, |_, _| Some(1.0));
    let steps = history.events().into_iter().filter_map(|event| match event {
        Event::Step(record) => Some(record.step.0),
        _ => None,
    });
    let steps: Vec<u64> = steps.collect();
    assert!(steps[..100].iter().copied().eq(1..=100));
    assert!(steps.len() > 1_000 && steps[100..].iter().copied().eq(9_001 - (steps.len() as u64 - 100)..=9_000));
    assert_eq!(history.missing_steps(), 9_000 - steps.len() as u64);
}
