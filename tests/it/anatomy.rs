//! The parts of a block's gain and what they add up to, on real stacks; the two traps that a norm alone hides.

use nablatop::backend;
use nablatop::config::{
    Activation, Backend, Bias, BranchScale, FamilySettings, LaneConfig, Measure, Norm, Order, RunConfig, Wiring,
};
use nablatop::data::{self, Batches};
use nablatop::probe::Scope;
use nablatop::quantity::{LayerSample, Quantity};
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::recording::{BACKENDS, Recording, row, small};

const DEPTH: usize = 12;

/// What the last of `steps` steps sees of the blocks.
fn blocks(lane: &LaneConfig, backend: Backend, steps: u64) -> Vec<LayerSample> {
    let digits = data::digits().expect("embedded");
    let device = backend::device(backend).autodiff();
    let mut batches = Batches::new(1, digits.training.rows(), 64);
    let model = Mlp::new(lane, Task::rows(64, 10), 1, &device);
    let mut stepper = Stepper::new(model, lane, &device);
    let mut samples = Vec::new();
    for step in 1..=steps {
        let batch = Labelled::of(digits.training.gather(batches.rows(Step(step)), digits.shape.numbers()), &device);
        samples = stepper.step(&batch, 1e-3, Scope::Histograms).observation.samples;
    }
    samples[1..=lane.depth].to_vec()
}

fn value(quantity: Quantity, sample: &LayerSample) -> Option<f64> {
    (quantity.definition().estimate)(sample)
}

/// Every wiring, norm, scale and activation.
fn lanes() -> Vec<LaneConfig> {
    let mut lanes = Vec::new();
    for (wiring, scale) in [(Wiring::Plain, 1.0), (Wiring::Residual, 1.0), (Wiring::Residual, 0.3)] {
        for norm in [Norm::None, Norm::Layer, Norm::Batch] {
            for activation in [Activation::Relu, Activation::Tanh, Activation::Gelu] {
                let branch_scale = BranchScale::Constant(scale);
                let shape = LaneConfig { depth: DEPTH, width: 32, ..LaneConfig::new(wiring) };
                lanes.push(LaneConfig { norm, activation, branch_scale, ..shape });
            }
        }
    }
    lanes
}

#[test]
fn the_factors_of_a_branch_multiply_to_its_gain() {
    for backend in BACKENDS {
        for lane in lanes() {
            for sample in blocks(&lane, backend, 3) {
                let factors = [Quantity::GainActivation, Quantity::GainWeight, Quantity::GainNorm, Quantity::GainOther];
                let product: f64 = factors.iter().filter_map(|factor| value(*factor, &sample)).product();
                let gain = match lane.wiring {
                    Wiring::Plain => value(Quantity::Gain, &sample),
                    _ => value(Quantity::BranchNorm, &sample).zip(sample.next_signal).map(|(b, n)| b / n.norm()),
                };
                let gain = gain.expect("a signal");
                assert!((product / gain - 1.0).abs() < 1e-5, "{backend} {}: {product} {gain}", lane.title());
            }
        }
    }
}

#[test]
fn the_signal_is_the_sum_of_both_channels() {
    for backend in BACKENDS {
        for lane in lanes().into_iter().filter(|lane| lane.wiring == Wiring::Residual) {
            for sample in blocks(&lane, backend, 3) {
                let norm = |quantity| value(quantity, &sample).expect("both channels");
                let (identity, branch) = (norm(Quantity::IdentityNorm), norm(Quantity::BranchNorm));
                // ‖a + b‖² = ‖a‖² + ‖b‖² + 2‖a‖‖b‖cos
                let cross = 2.0 * identity * branch * norm(Quantity::ChannelCosine);
                let sum = (identity * identity + branch * branch + cross).sqrt();
                let signal = norm(Quantity::SignalNorm);
                assert!((sum / signal - 1.0).abs() < 1e-6, "{backend} {}: {sum} {signal}", lane.title());
                let arriving = sample.next_signal.expect("a signal").norm();
                assert!((identity / arriving - 1.0).abs() < 1e-6, "the skip connection hands on what it gets");
            }
        }
    }
}

#[test]
fn a_dying_stack_without_biases_has_even_gradients_while_its_signal_is_gone() {
    for backend in BACKENDS {
        let family = FamilySettings::Mlp { order: Order::Pre, bias: Bias::Off };
        let lane = LaneConfig { family, ..LaneConfig::new(Wiring::Plain) };
        let blocks = blocks(&lane, backend, 1);
        let ratio = |quantity| {
            let [first, last] = [0, 49].map(|block| value(quantity, &blocks[block]).expect("measured"));
            first / last
        };
        let (gradient, signal) = (ratio(Quantity::GradNorm), ratio(Quantity::SignalNorm));
        println!("{backend}: first to last, gradient {gradient:.2}, signal {signal:.1e}");
        assert!((0.2..=5.0).contains(&gradient) && signal < 1e-18, "{gradient} {signal:e}");
    }
}

#[test]
fn the_foundations_of_a_plain_stack_are_frozen() {
    for backend in BACKENDS {
        let lane = LaneConfig::new(Wiring::Plain);
        let blocks = blocks(&lane, backend, 3);
        let frozen = blocks.iter().take_while(|sample| value(Quantity::UpdateRatio, sample) == Some(0.0)).count();
        println!("{backend}: {frozen} of 50 blocks do not move");
        assert!(frozen >= 10 && value(Quantity::Distance, &blocks[0]) == Some(0.0));
        assert!(value(Quantity::UpdateRatio, &blocks[49]).is_some_and(|ratio| ratio > 1e-4));
    }
}

#[test]
fn a_step_that_is_not_measured_leaves_the_distance_right() {
    for backend in BACKENDS {
        let config = RunConfig { histograms: Some(1), ..small(backend, 7, vec![LaneConfig::new(Wiring::Residual)]) };
        let every = Recording::of(config.clone());
        let third = Recording::of(RunConfig { measure: Measure::Every(3), ..config });
        for step in [0, 3, 6] {
            let [ours, theirs] = [&every, &third].map(|run| row(run.steps(0)[step], Quantity::Distance));
            assert!(ours.iter().all(Option::is_some) && ours == theirs, "{backend}");
        }
    }
}
