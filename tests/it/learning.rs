//! Every family learns, and for deep nets the plain form does not; for ResNet-56, DenseNet-40, highways and an mlp of a
//! thousand blocks the presets claim it ([`super::presets`]).

use nablatop::config::{BranchScale, Init, LaneConfig, Length, Measure, Model, Norm, RunConfig, Wiring};
use nablatop::event::StepRecord;
use nablatop::quantity::Quantity;

use super::recording::{Recording, loss, row};

fn config(lanes: Vec<LaneConfig>, steps: u64) -> RunConfig {
    RunConfig {
        batch: 32,
        length: Length::Steps(steps),
        measure: Measure::Every(1000),
        detail: None,
        histograms: None,
        flight: None,
        lanes,
        ..RunConfig::default()
    }
}

fn train(lanes: Vec<LaneConfig>, steps: u64) -> Recording {
    Recording::of(config(lanes, steps))
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

/// Share of the training pictures that a lane gets right at the end of so many steps.
fn learned(lane: LaneConfig, steps: u64) -> f32 {
    let run = train(vec![lane], steps);
    late(&run, 0, |record| record.accuracy.expect("classes"))
}

/// The same of the smallest residual form of a family.
fn smallest(model: Model, depth: usize, width: usize, steps: u64) -> f32 {
    learned(lane(model, depth, width, Wiring::Residual), steps)
}

#[test]
fn vgg_learns_the_digits() {
    let found = smallest(Model::Vgg, 11, 4, 300);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn resnet_learns_the_digits() {
    let found = smallest(Model::Resnet, 8, 4, 200);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn preresnet_learns_the_digits() {
    let found = smallest(Model::Preresnet, 11, 4, 300);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn dense_learns_the_digits() {
    let found = learned(LaneConfig { lr: 1e-2, ..lane(Model::Dense, 10, 4, Wiring::Residual) }, 200);
    assert!(found >= 0.95, "{found}");
}

#[test]
fn highway_50_learns_the_digits() {
    let found = smallest(Model::Highway, 50, 64, 300);
    assert!(found >= 0.95, "{found}");
}

/// Halves its loss within a hundred steps, which the plain form does not.
#[test]
fn preresnet_164_learns_where_the_same_plain_net_does_not() {
    let lanes = [Wiring::Plain, Wiring::Residual].map(|wiring| lane(Model::Preresnet, 164, 2, wiring));
    let run = Recording::of(RunConfig { batch: 16, ..config(lanes.to_vec(), 100) });
    let [plain, residual] = [0, 1].map(|lane| late(&run, lane, loss) / loss(run.steps(lane)[0]));
    println!("of the first loss is left: residual {residual:.3}, plain {plain:.3}");
    assert!(residual < 0.5, "the residual loss is {residual} of its first");
    assert!(plain > 0.5, "the plain loss is {plain} of its first");
}

/// Settings with which a cure trains at every depth.
fn cure(wiring: Wiring, depth: usize) -> LaneConfig {
    let width = if depth == 1000 { 64 } else { 32 };
    let lane = LaneConfig { depth, width, ..LaneConfig::new(wiring) };
    match wiring {
        Wiring::NormScaling | Wiring::HyperConnections | Wiring::ConstrainedHyperConnections => {
            LaneConfig { norm: Norm::Layer, ..lane }
        }
        Wiring::StochasticDepth => LaneConfig { norm: Norm::Batch, ..lane },
        // The step of its paper falls with depth too.
        Wiring::DeepNorm => LaneConfig { lr: 1e-4, init: Init::Xavier, ..lane },
        Wiring::Fixup if depth == 1000 => LaneConfig { lr: 5e-4, ..lane },
        _ => lane,
    }
}

/// Whether each of the cures does, in one run.
fn every_one_halves_its_loss(cures: &[Wiring], depth: usize, steps: u64) {
    let run = train(cures.iter().map(|wiring| cure(*wiring, depth)).collect(), steps);
    for (lane, wiring) in cures.iter().enumerate() {
        let left = late(&run, lane, loss) / loss(run.steps(lane)[0]);
        println!("{wiring} {depth}: {left:.3} of its first loss");
        assert!(left < 0.5, "{wiring} {depth}: {left}");
    }
}

const CURES: [Wiring; 8] = [
    Wiring::ReZero,
    Wiring::SkipInit,
    Wiring::LayerScale,
    Wiring::NormScaling,
    Wiring::DeepNorm,
    Wiring::StochasticDepth,
    Wiring::HyperConnections,
    Wiring::ConstrainedHyperConnections,
];

#[test]
fn every_cure_halves_the_loss_of_an_mlp_of_100_blocks() {
    every_one_halves_its_loss(&CURES, 100, 80);
    // Fixup's weights are all 0 at first: those of the blocks wait for the head.
    every_one_halves_its_loss(&[Wiring::Fixup], 100, 100);
}

/// The first four are also claimed by a preset ([`super::presets`]).
#[test]
#[ignore = "five minutes, most of them for several streams"]
fn every_cure_halves_the_loss_of_an_mlp_of_1000_blocks() {
    every_one_halves_its_loss(&CURES, 1000, 80);
    every_one_halves_its_loss(&[Wiring::Fixup], 1000, 200);
}

#[test]
fn a_branch_that_starts_at_nothing_passes_the_signal_on_as_it_is() {
    let zero = BranchScale::Constant(0.0);
    let lanes = vec![
        LaneConfig { depth: 30, ..LaneConfig::new(Wiring::ReZero) },
        LaneConfig { depth: 30, ..LaneConfig::new(Wiring::Fixup) },
        LaneConfig { depth: 30, branch_scale: zero, ..LaneConfig::new(Wiring::Residual) },
    ];
    let config = RunConfig { batch: 32, length: Length::Steps(1), lanes, ..RunConfig::default() };
    let run = Recording::of(config);
    for lane in 0..3 {
        let gains = row(run.steps(lane)[0], Quantity::Gain);
        // Fixup's head is 0 too: no signal at all comes back in the first step.
        let expected = if lane == 1 { None } else { Some(1.0) };
        assert!(gains[1..=30].iter().all(|gain| *gain == expected), "{lane}: {gains:?}");
    }
}
