//! Blocks that stochastic depth skips in a step: they have an identity channel and no branch, and their units do not
//! count.

use nablatop::backend;
use nablatop::config::{
    Activation, Backend, LaneConfig, Model, NoiseSchedule, Norm, NormOrder, TransformerSettings, Wiring,
};
use nablatop::data::{self, Shape};
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::{LayerSample, Quantity};
use nablatop::random::StepRng;
use nablatop::stack::diffusion::{Noised, Noising};
use nablatop::stack::residual_connection::{BlockMode, ResidualConnection, StochasticDepth};
use nablatop::stack::transformer::Language;
use nablatop::stack::{
    ConvNet, Diffusion, Labelled, Mlp, Stack, Task, Tokens, Transformer, preresnet, replica, resnet,
};
use nablatop::train::Stepper;
use nablatop::units::Step;

const SHAPE: Shape = Shape { channels: 1, height: 8, width: 8 };
const STEPS: u64 = 14;
const SEED: u64 = 5;

fn lane(model: Model, depth: usize, width: usize) -> LaneConfig {
    let norm = if model == Model::Mlp { Norm::None } else { Norm::Group };
    LaneConfig { depth, width, norm, activation: Activation::Relu, ..LaneConfig::of(model, Wiring::StochasticDepth) }
}

fn draw(step: u64) -> StepRng {
    StepRng { seed: SEED, step: Step(step) }
}

fn digits(step: u64) -> Labelled {
    let rows: Vec<usize> = (0..8).map(|row| (step as usize * 8 + row) % 200).collect();
    let device = backend::device(Backend::Flex).autodiff();
    let batch = Labelled::of(data::digits().expect("embedded").training.gather(&rows, SHAPE.numbers()), &device);
    Labelled { rng: Some(draw(step)), ..batch }
}

/// For how many of the last ten observed batches each unit has been silent, as the definition says it.
#[derive(Default)]
struct Silence {
    batches: Vec<Vec<bool>>,
}

impl Silence {
    fn dead(&mut self, active: &[bool]) -> f64 {
        self.batches.push(active.to_vec());
        let last = self.batches.iter().rev().take(10);
        let mut ever = vec![false; active.len()];
        for batch in last {
            assert_eq!(batch.len(), active.len(), "all units or none are observed");
            ever.iter_mut().zip(batch).for_each(|(ever, active)| *ever |= active);
        }
        ever.iter().filter(|ever| !**ever).count() as f64 / ever.len() as f64
    }
}

/// Takes some steps, and compares every block with what was left out of it; gives how many blocks were left out whole.
fn check<S: Stack>(
    model: S,
    lane: &LaneConfig,
    batch: impl Fn(u64) -> S::Batch,
    joints: impl Fn(&S) -> Vec<Vec<Option<&ResidualConnection>>>,
) -> usize {
    let device = backend::device(Backend::Flex).autodiff();
    let mut stepper = Stepper::new(model, lane, &device);
    let layers = stepper.layers().len();
    let mut silences: Vec<Silence> = (0..layers).map(|_| Silence::default()).collect();
    let mut left_out = 0;
    for step in 1..=STEPS {
        let batch = batch(step);
        let mut depth = StochasticDepth::of(Some(draw(step)));
        let block_modes: Vec<Vec<BlockMode>> = joints(stepper.model())
            .iter()
            .map(|of_block| of_block.iter().map(|joint| depth.next(*joint)).collect())
            .collect();
        let taps = Taps::on(layers);
        drop(replica(stepper.model()).loss(&batch, &taps));
        let active: Vec<Option<Vec<bool>>> = taps.take().layers.into_iter().map(|reading| reading.active).collect();
        let taken = stepper.step(&batch, 0.05, Scope::Layers);
        for end in [0, layers - 1] {
            for quantity in
                [Quantity::BranchNorm, Quantity::IdentityNorm, Quantity::ChannelCosine, Quantity::BranchRatio]
            {
                let found = (quantity.definition().estimate)(&taken.observation.samples[end]);
                assert_eq!(found, None, "{quantity} of {:?}: stem and head have no channels", lane.model());
            }
        }
        for (layer, block_modes) in (1..).zip(&block_modes) {
            let sample: &LayerSample = &taken.observation.samples[layer];
            let value = |quantity: Quantity| (quantity.definition().estimate)(sample);
            let case = format!("block {layer} at step {step} of {:?}, {block_modes:?}", lane.model());
            let signal = value(Quantity::SignalNorm).expect("a signal");
            let identity = value(Quantity::IdentityNorm).unwrap_or_else(|| panic!("no identity channel: {case}"));
            if block_modes.contains(&BlockMode::Kept) {
                assert!(value(Quantity::BranchNorm).is_some(), "{case}");
                // A transformer's attention has no units of its own.
                if *block_modes.last().expect("one") == BlockMode::Kept {
                    let expected = silences[layer].dead(active[layer].as_ref().expect("ReLU"));
                    assert_eq!(value(Quantity::DeadFraction), Some(expected), "{case}");
                }
                continue;
            }
            left_out += 1;
            // Where a long skip begins the rest of the signal is its own.
            if value(Quantity::LongSkipNorm).is_none() {
                assert!((identity / signal - 1.0).abs() < 1e-6, "{identity} {signal}: {case}");
            }
            let absent = [
                Quantity::BranchNorm,
                Quantity::ChannelCosine,
                Quantity::BranchRatio,
                Quantity::DeadFraction,
                Quantity::GainActivation,
                Quantity::GainWeight,
                Quantity::GainNorm,
                Quantity::GainOther,
            ];
            for quantity in absent {
                assert_eq!(value(quantity), None, "{quantity} of {case}");
            }
        }
    }
    left_out
}

#[test]
fn a_block_that_is_left_out_has_an_identity_channel_and_no_branch_and_its_units_are_not_counted() {
    let device = backend::device(Backend::Flex).autodiff();
    let task = Task { shape: SHAPE, classes: 10 };
    let mut left_out = Vec::new();
    let of_mlp = lane(Model::Mlp, 8, 16);
    let model = Mlp::new(&of_mlp, Task::rows(64, 10), SEED, &device);
    left_out.push(check(model, &of_mlp, digits, |model| {
        model.blocks.iter().map(|block| vec![block.joint.as_ref()]).collect()
    }));
    for (of_net, build) in [
        (lane(Model::Resnet, 14, 4), resnet as fn(&LaneConfig, Task, u64, &_) -> _),
        (lane(Model::Preresnet, 11, 4), preresnet as fn(&LaneConfig, Task, u64, &_) -> _),
    ] {
        left_out.push(check(build(&of_net, task, SEED, &device), &of_net, digits, |model: &ConvNet| {
            model.blocks.iter().map(|block| vec![block.joint.as_ref()]).collect()
        }));
    }
    for norm_order in [NormOrder::Pre, NormOrder::Post] {
        let family = TransformerSettings { norm_order, heads: 2, ..TransformerSettings::default() }.into();
        let of_transformer = LaneConfig { family, norm: Norm::Layer, ..lane(Model::Transformer, 6, 8) };
        let model = Transformer::new(&of_transformer, Language { vocabulary: 11, context: 6 }, SEED, &device);
        let batch = |step: u64| {
            let windows: Vec<Vec<u32>> =
                (0..3).map(|row| (0..7).map(|t| (step as u32 * 7 + row * 5 + t * t * 3) % 11).collect()).collect();
            let mut batch = Tokens::new(windows.iter().map(Vec::as_slice), 6, &device);
            batch.rng = Some(draw(step));
            batch
        };
        left_out.push(check(model, &of_transformer, batch, |model| {
            let both = model.blocks.iter();
            both.map(|block| vec![block.attention_joint.as_ref(), block.feed_forward_joint.as_ref()]).collect()
        }));
    }
    let of_diffusion = lane(Model::Diffusion, 8, 4);
    let model = Diffusion::new(&of_diffusion, SHAPE, SEED, &device);
    let batch = |step: u64| {
        let pictures = digits(step).inputs.reshape([8, 1, 8, 8]);
        let noise = (pictures.clone() * 7.0).sin();
        let times = (0..8).map(|row| 100 * (row + 1)).collect();
        let mut batch = Noised::new(pictures, noise, times, Noising::of(NoiseSchedule::Linear));
        batch.rng = Some(draw(step));
        batch
    };
    left_out.push(check(model, &of_diffusion, batch, |model| {
        model.blocks.iter().map(|block| vec![block.joint.as_ref()]).collect()
    }));
    println!("blocks left out in {STEPS} steps: {left_out:?}");
    assert!(left_out.iter().all(|count| *count > 5), "{left_out:?}: too few to prove anything");
}
