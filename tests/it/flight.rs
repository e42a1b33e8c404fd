//! The flight recorder: a re-run gives the same numbers, and its note names where the trouble began.

use nablatop::config::{Init, LaneConfig, Length, Norm, Optimizer, RunConfig, Wiring};
use nablatop::event::{Control, Event, Note, Outcome, StepRecord};
use nablatop::measurement::Measurement;
use nablatop::quantity::Quantity;
use nablatop::sink::Fanout;
use nablatop::sink::channel::channel;
use nablatop::sink::memory::MemorySink;
use nablatop::train;

use super::recording::{BACKENDS, Recording, loss, row, small};

/// Two lanes, the second of which ends in NaN after some steps.
fn diverging(backend: nablatop::config::Backend, norm: Norm) -> RunConfig {
    let healthy = LaneConfig { norm, ..LaneConfig::new(Wiring::Residual) };
    let sgd = LaneConfig { optimizer: Optimizer::Sgd, lr: 0.6, momentum: 0.9, ..healthy.clone() };
    let lanes = vec![healthy, LaneConfig { name: "hot".to_owned(), ..sgd }];
    RunConfig { length: Length::Steps(300), flight: Some(16), ..small(backend, 300, lanes) }
}

fn recalled(run: &Recording, lane: usize) -> Vec<&StepRecord> {
    let all = run.events().iter().filter_map(|event| match event {
        Event::Rerun(record) if record.lane.index() == lane => Some(record.as_ref()),
        _ => None,
    });
    all.collect()
}

fn notes(run: &Recording) -> Vec<&Note> {
    run.events().iter().filter_map(|event| if let Event::Note(note) = event { Some(note) } else { None }).collect()
}

/// Each re-run step says what the step said, and more.
fn assert_same_history(run: &Recording, lane: usize) {
    for again in recalled(run, lane) {
        let steps = run.steps(lane);
        let first = steps.iter().find(|record| record.step == again.step).expect("it was taken");
        assert_eq!(loss(again).to_bits(), loss(first).to_bits(), "step {}", again.step);
        for quantity in
            Quantity::ALL.iter().filter(|quantity| quantity.definition().measured_with == Measurement::Layers)
        {
            // Which units were dead before the recorder began is not kept.
            let bits =
                |record| row(record, *quantity).into_iter().map(|value| value.map(f32::to_bits)).collect::<Vec<_>>();
            let (again, first) = (bits(again), bits(first));
            let is_nan = |bits: &Option<u32>| bits.is_some_and(|bits| f32::from_bits(bits).is_nan());
            let same = again.iter().zip(&first).all(|(a, b)| a == b || is_nan(a) && is_nan(b));
            assert!(same, "{quantity}: {again:?} {first:?}");
        }
    }
}

#[test]
fn a_lane_that_diverges_is_re_run_and_the_first_bad_layer_is_named() {
    for backend in BACKENDS {
        for norm in [Norm::None, Norm::Batch] {
            let run = Recording::of(diverging(backend, norm));
            if run.outcomes()[1] != Outcome::Diverged {
                assert_eq!(norm, Norm::Batch, "without normalization it diverges");
                continue;
            }
            let again = recalled(&run, 1);
            let last = run.steps(1).last().expect("steps").step;
            assert_eq!(again.last().expect("re-run").step, last);
            assert!(again.len() >= 8.min(last.0 as usize), "{} steps", again.len());
            assert_same_history(&run, 1);
            let text = &notes(&run).last().expect("a note").text;
            println!("{backend}, norm {norm}: {text}");
            assert!(text.starts_with("the loss is ") && text.contains("first not finite: "), "{text}");
        }
    }
}

/// Every layer jumps by hundreds between two steps; of so few, median and deviation say nothing.
#[test]
fn a_leap_after_nine_steps_names_what_jumped_from_what_to_what() {
    let lane = LaneConfig {
        depth: 10,
        init: Init::Kaiming,
        optimizer: Optimizer::Sgd,
        lr: 0.2,
        ..LaneConfig::new(Wiring::Plain)
    };
    let config = RunConfig { lanes: vec![lane], length: Length::Steps(9), ..RunConfig::default() };
    let run = Recording::of(config);
    let text = &notes(&run).last().expect("a note").text;
    println!("{text}");
    assert!(
        text.contains("; output of block ") && text.contains(" jumped from ") && text.ends_with(" at step 9"),
        "{text}"
    );
}

#[test]
fn steps_are_re_run_on_request_and_training_continues_unchanged() {
    for backend in BACKENDS {
        for norm in [Norm::None, Norm::Batch] {
            let lanes = vec![LaneConfig { norm, ..LaneConfig::new(Wiring::Residual) }];
            let config = RunConfig { flight: Some(4), ..small(backend, 400, lanes) };
            let quiet = Recording::of(RunConfig { flight: None, ..config.clone() });
            assert!(recalled(&quiet, 0).is_empty());
            let memory = MemorySink::new();
            let (screen, events) = channel();
            let session = train::start(config, Fanout::new().with(memory.clone()).with(screen)).expect("starts");
            // Once it is under way, and before it can be over.
            let is_step = |event: Event| matches!(event, Event::Step(_));
            while !events.try_next().is_some_and(is_step) && events.bell().recv().is_ok() {}
            session.control(Control::Rerun);
            let _ = session.join();
            let asked = Recording::new(memory.take());
            assert_eq!(asked.losses(0), quiet.losses(0), "{backend}, norm {norm}");
            assert_eq!(asked.evaluations(0), quiet.evaluations(0), "{backend}, norm {norm}");
            assert_same_history(&asked, 0);
            assert!(!recalled(&asked, 0).is_empty(), "{backend}, norm {norm}");
        }
    }
}
