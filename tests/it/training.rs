//! The main job on real data: the residual stack learns, the plain one does not, and the first picture says why.

use gradtop::config::{Backend, Length, RunConfig};
use gradtop::event::{Event, StepRecord};
use gradtop::quantity::Quantity;
use gradtop::sink::Fanout;
use gradtop::sink::memory::MemorySink;
use gradtop::train;

/// Runs to the end and returns every event.
pub(crate) fn events(config: RunConfig) -> Vec<Event> {
    let memory = MemorySink::new();
    let session = train::start(config, Fanout::new().with(memory.clone())).expect("starts");
    let _ = session.join();
    memory.take()
}

/// The step records of one lane.
pub(crate) fn steps(events: &[Event], lane: usize) -> Vec<&StepRecord> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Step(record) if record.lane.index() == lane => Some(record.as_ref()),
            _ => None,
        })
        .collect()
}

/// One quantity over all layers.
pub(crate) fn row(record: &StepRecord, quantity: Quantity) -> Vec<Option<f32>> {
    let index = Quantity::ALL.iter().position(|other| *other == quantity).expect("in the table");
    record.values.row(index).iter().map(|value| value.get()).collect()
}

fn held_out_accuracy(events: &[Event], lane: usize) -> f32 {
    let last = events.iter().rev().find_map(|event| match event {
        Event::Eval(eval) if eval.lane.index() == lane => Some(eval.accuracy),
        _ => None,
    });
    last.expect("evaluated at the end")
}

fn learns(backend: Backend, seed: u64) {
    let config = RunConfig { backend, seed, length: Length::Steps(1000), ..RunConfig::default() };
    let events = events(config);
    let (plain, residual) = (steps(&events, 0), steps(&events, 1));
    let ratio = |record: &StepRecord| {
        let signal = row(record, Quantity::SignalNorm);
        f64::from(signal[1].expect("block 1")) / f64::from(signal[50].expect("block 50"))
    };
    let (dying, living) = (ratio(plain[0]), ratio(residual[0]));
    println!(
        "{backend} seed {seed}: signal ratios {dying:e} {living:.1}, accuracy {} {}, loss {} {}",
        held_out_accuracy(&events, 0),
        held_out_accuracy(&events, 1),
        plain[999].loss,
        residual[999].loss
    );
    assert!((1e-22..=1e-17).contains(&dying), "{dying:e}");
    assert!((10.0..=500.0).contains(&living), "{living}");
    assert!(held_out_accuracy(&events, 1) >= 0.9);
    assert!((held_out_accuracy(&events, 0) - 0.1).abs() <= 0.05);
    let tail: f32 = residual[950..].iter().map(|record| record.loss).sum::<f32>() / 50.0;
    assert!(tail < 0.05, "{tail}");
}

#[test]
fn residual_learns_and_plain_stays_at_chance_on_flex() {
    for seed in 1..=5 {
        learns(Backend::Flex, seed);
    }
}

#[test]
fn residual_learns_and_plain_stays_at_chance_on_ndarray() {
    learns(Backend::Ndarray, 1);
}
