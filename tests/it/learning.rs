//! Every family learns, and where depth is the question its plain twin does not.

use gradtop::config::{LaneConfig, Length, Measure, Model, RunConfig, Wiring};
use gradtop::event::StepRecord;

use super::recording::Recording;

fn train(lanes: Vec<LaneConfig>, steps: u64) -> Recording {
    Recording::of(RunConfig {
        batch: 32,
        length: Length::Steps(steps),
        measure: Measure::Every(1000),
        detail: None,
        histograms: None,
        flight: None,
        lanes,
        ..RunConfig::default()
    })
}

/// Mean over the last twenty steps.
fn late(run: &Recording, lane: usize, value: impl Fn(&StepRecord) -> f32) -> f32 {
    const LATE: usize = 20;
    let records = run.steps(lane);
    records[records.len() - LATE..].iter().map(|record| value(record)).sum::<f32>() / LATE as f32
}

fn lane(model: Model, depth: usize, width: usize, wiring: Wiring) -> LaneConfig {
    LaneConfig { depth, width, ..LaneConfig::of(model, wiring) }
}

/// Share of the training pictures that the smallest residual form gets right at the end of 300 steps.
fn learned(model: Model, depth: usize, width: usize) -> f32 {
    let run = train(vec![lane(model, depth, width, Wiring::Residual)], 300);
    late(&run, 0, |record| record.accuracy.expect("classes"))
}

#[test]
fn vgg_learns_the_digits() {
    let found = learned(Model::Vgg, 11, 4);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn resnet_learns_the_digits() {
    let found = learned(Model::Resnet, 8, 4);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn preresnet_learns_the_digits() {
    let found = learned(Model::Preresnet, 11, 4);
    assert!(found >= 0.95, "{found}");
}

/// Whether the residual form halves its loss within 200 steps and the plain one does not.
fn depth_is_no_matter_with_shortcuts(model: Model, depth: usize, width: usize) {
    let lanes = [Wiring::Plain, Wiring::Residual].map(|wiring| lane(model, depth, width, wiring));
    let run = train(lanes.to_vec(), 200);
    let [plain, residual] = [0, 1].map(|lane| late(&run, lane, |record| record.loss) / run.steps(lane)[0].loss);
    assert!(residual < 0.5, "{model} {depth}: the residual loss is {residual} of its first");
    assert!(plain > 0.5, "{model} {depth}: the plain loss is {plain} of its first");
}

#[test]
fn resnet_56_learns_where_its_plain_twin_does_not() {
    depth_is_no_matter_with_shortcuts(Model::Resnet, 56, 4);
}

#[test]
fn preresnet_164_learns_where_its_plain_twin_does_not() {
    depth_is_no_matter_with_shortcuts(Model::Preresnet, 164, 2);
}
