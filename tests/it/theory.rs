//! Theory beside measurement on real stacks, width 256, depth 50, three seeds: a prediction is present for every
//! activation × initialization × wiring, and what a block does to signal and forward scale agrees with it, in the mean
//! of the logarithm over blocks and seeds.
//!
//! Compared are factors per block, ‖δ_l‖/‖δ_{l+1}‖ and act_rms_{l+1}/act_rms_l: the levels themselves are products of
//! such factors, of which each scatters by a few per cent at a finite width, so that they walk away from the theory
//! like √depth. `--nocapture` prints the table.

use nablatop::backend;
use nablatop::config::{Activation, Backend, Init, LaneConfig, Optimizer, Wiring};
use nablatop::data::{self, Batches};
use nablatop::probe::Scope;
use nablatop::quantity::{LayerSample, Quantity};
use nablatop::stack::residual_connection::ResidualConnection;
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::theory;
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::gains::mean;

const ACTIVATIONS: [Activation; 5] =
    [Activation::Relu, Activation::Tanh, Activation::Gelu, Activation::Sigmoid, Activation::Identity];
const INITS: [Init; 4] = [Init::Default, Init::Kaiming, Init::Xavier, Init::Orthogonal(1.0)];
const WIRINGS: [Wiring; 2] = [Wiring::Plain, Wiring::Residual];
/// A finite width scatters by less than this around the theory, which is exact for an infinite one.
const TOLERANCE: f64 = 0.03;
/// Below this norm the elements of a signal, 64 × 256 of them, are subnormal and lose their digits.
const LEAST_SIGNAL: f64 = 1e-34;

/// Factors per block, measured and predicted, of all blocks and seeds.
#[derive(Default)]
struct Factors {
    measured: Vec<f64>,
    predicted: Vec<f64>,
}

impl Factors {
    /// Measured ÷ predicted − 1.
    fn error(&self) -> f64 {
        mean(&self.measured) / mean(&self.predicted) - 1.0
    }

    fn words(&self) -> String {
        let (measured, predicted) = (mean(&self.measured), mean(&self.predicted));
        format!("{measured:.4} | {predicted:.4} | {:+.2} %", 100.0 * self.error())
    }
}

/// What one combination does, backward and forward.
#[derive(Default)]
struct Comparison {
    gain: Factors,
    growth: Factors,
    /// Blocks whose signal has underflowed.
    underflown: usize,
}

impl Comparison {
    fn add(&mut self, lane: &LaneConfig, samples: &[LayerSample]) {
        let blocks = &samples[1..=lane.depth];
        let of = |quantity: Quantity| move |sample: &LayerSample| (quantity.definition().estimate)(sample);
        let rms: Vec<f64> = blocks.iter().map(|sample| of(Quantity::ActRms)(sample).expect("measured")).collect();
        let theory = theory::predict(lane, rms[0].powi(2)).expect("every combination has a prediction");
        for (sample, predicted) in blocks.iter().zip(theory.gain) {
            if of(Quantity::SignalNorm)(sample).is_none_or(|signal| signal < LEAST_SIGNAL) {
                self.underflown += 1;
                continue;
            }
            self.gain.measured.push(of(Quantity::Gain)(sample).expect("a signal"));
            self.gain.predicted.push(predicted);
        }
        self.growth.measured.extend(rms.windows(2).map(|pair| pair[1] / pair[0]));
        self.growth.predicted.extend(theory.act_rms.windows(2).map(|pair| pair[1] / pair[0]));
    }
}

/// Every activation and wiring with the weights of one initialization, which are drawn once per seed: they depend on
/// neither.
fn compare(init: Init, depth: usize, backend: Backend, seeds: &[u64]) -> Vec<(LaneConfig, Comparison)> {
    // The update comes after all that is compared: the cheapest one.
    let optimizer = Optimizer::Sgd;
    let lane =
        |activation, wiring| LaneConfig { depth, width: 256, activation, init, optimizer, ..LaneConfig::new(wiring) };
    let lanes = ACTIVATIONS.iter().flat_map(|activation| WIRINGS.map(|wiring| lane(*activation, wiring)));
    let mut compared: Vec<(LaneConfig, Comparison)> = lanes.map(|lane| (lane, Comparison::default())).collect();
    let digits = data::digits().expect("embedded");
    let device = backend::device(backend).autodiff();
    for &seed in seeds {
        let mut batches = Batches::new(seed, digits.training.rows(), 64);
        let batch = Labelled::of(digits.training.gather(batches.rows(Step::FIRST), digits.shape.numbers()), &device);
        let task = Task::of(&digits);
        let drawn = Mlp::new(&compared[0].0, task, seed, &device);
        for (lane, comparison) in &mut compared {
            let mut stack = drawn.clone();
            for block in &mut stack.blocks {
                block.activation = lane.activation;
                block.joint = (lane.wiring == Wiring::Residual).then(|| ResidualConnection::scaled_by(1.0));
            }
            let taken = Stepper::new(stack, lane, &device).step(&batch, 1e-3, Scope::Layers);
            comparison.add(lane, &taken.observation.samples);
        }
    }
    compared
}

/// All forty combinations within the tolerance.
fn assert_met(depth: usize, backend: Backend, seeds: &[u64]) {
    let mut off = Vec::new();
    println!("{backend}, depth {depth}: stack | gain | theory | off by | growth | theory | off by | underflown");
    for (lane, comparison) in INITS.into_iter().flat_map(|init| compare(init, depth, backend, seeds)) {
        let Comparison { gain, growth, underflown } = &comparison;
        let title = format!("{} {} {}", lane.wiring, lane.activation, lane.init);
        let line = format!("{title} | {} | {} | {underflown}", gain.words(), growth.words());
        println!("{line}");
        assert!(gain.measured.len() >= seeds.len() * depth / 2, "too little of the signal is left: {line}");
        if gain.error().abs() > TOLERANCE || growth.error().abs() > TOLERANCE {
            off.push(line);
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

#[test]
fn all_forty_combinations_meet_their_prediction() {
    assert_met(50, Backend::Flex, &[1, 2, 3]);
}

#[test]
fn they_do_on_ndarray_too() {
    assert_met(50, Backend::Ndarray, &[1, 2, 3]);
}
