//! Backward gain per block at initialization compared with the theory, width 256, depth 50, batch 64, three seeds.
//!
//! ```text
//! plain      gain_l = √χ_l            q_{l+1} = σ_w² E[φ(√q_l z)²]
//! residual   gain_l = √(1 + χ_l)      q_{l+1} = q_l + σ_w² E[φ(√q_l z)²]
//! χ_l = σ_w² E[φ'(√q_l z)²],  z ~ N(0, 1),  q_1 = mean x_1², as measured
//! ```
//!
//! Poole et al. 2016; Schoenholz et al. 2017.

use nablatop::backend;
use nablatop::config::{Activation, Backend, Init, LaneConfig, Norm, Optimizer, Wiring};
use nablatop::data::{self, Batches};
use nablatop::probe::Scope;
use nablatop::quantity::{LayerSample, Quantity};
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::recording::BACKENDS;

const DEPTH: usize = 50;
const WIDTH: usize = 256;
const SEEDS: [u64; 3] = [1, 2, 3];
/// A finite width scatters by less than this around the theory, which is exact for an infinite one.
const TOLERANCE: f64 = 0.03;

fn lane(wiring: Wiring, activation: Activation, init: Init) -> LaneConfig {
    // The update comes after all that is compared: the cheapest one.
    LaneConfig { depth: DEPTH, width: WIDTH, activation, init, optimizer: Optimizer::Sgd, ..LaneConfig::new(wiring) }
}

/// What the first step sees of every layer.
fn samples(lane: &LaneConfig, backend: Backend, seed: u64) -> Vec<LayerSample> {
    let digits = data::digits().expect("embedded");
    let device = backend::device(backend).autodiff();
    let mut batches = Batches::new(seed, digits.training.rows(), 64);
    let batch = Labelled::of(digits.training.gather(batches.rows(Step::FIRST), digits.shape.numbers()), &device);
    let task = Task::of(&digits);
    Stepper::new(Mlp::new(lane, task, seed, &device), lane, &device)
        .step(&batch, 1e-3, Scope::Layers)
        .observation
        .samples
}

/// Gain of every block.
fn gains(samples: &[LayerSample]) -> Vec<f64> {
    let gain = Quantity::Gain.definition().estimate;
    samples[1..=DEPTH].iter().map(|sample| gain(sample).expect("a signal")).collect()
}

/// Mean in the logarithm.
pub(crate) fn mean(gains: &[f64]) -> f64 {
    (gains.iter().map(|gain| gain.ln()).sum::<f64>() / gains.len() as f64).exp()
}

#[track_caller]
fn assert_gain(lane: &LaneConfig, expected: f64) {
    for backend in BACKENDS {
        let all: Vec<f64> = SEEDS.iter().flat_map(|seed| gains(&samples(lane, backend, *seed))).collect();
        let found = mean(&all);
        println!("{backend} {} {}: {found:.4}, theory {expected:.4}", lane.name, lane.title());
        assert!((found / expected - 1.0).abs() <= TOLERANCE, "{found} instead of {expected}: {lane:?}");
    }
}

#[test]
fn an_orthogonal_linear_stack_shrinks_by_its_gain_exactly() {
    for backend in BACKENDS {
        for gain in [0.9, 0.8] {
            let samples =
                samples(&lane(Wiring::Plain, Activation::Identity, Init::Orthogonal(gain)), backend, SEEDS[0]);
            let gains = gains(&samples);
            assert!(gains.iter().all(|found| (found - gain).abs() <= 1e-4), "{gains:?}");
            let whole: f64 = gains.iter().product();
            assert!((whole / gain.powi(50) - 1.0).abs() <= 1e-4, "{whole}");
        }
    }
}

#[test]
fn the_default_initialization_loses_six_tenths_of_the_signal_per_block() {
    assert_gain(&lane(Wiring::Plain, Activation::Relu, Init::Default), (1.0_f64 / 6.0).sqrt());
}

#[test]
fn kaiming_keeps_the_signal() {
    assert_gain(&lane(Wiring::Plain, Activation::Relu, Init::Kaiming), 1.0);
}

#[test]
fn xavier_halves_its_square_under_relu() {
    assert_gain(&lane(Wiring::Plain, Activation::Relu, Init::Xavier), 0.5_f64.sqrt());
}

#[test]
fn batch_norm_before_relu_explodes_past_the_transient() {
    let lane = LaneConfig { norm: Norm::Batch, ..lane(Wiring::Plain, Activation::Relu, Init::Kaiming) };
    let expected = (std::f64::consts::PI / (std::f64::consts::PI - 1.0)).sqrt();
    for backend in BACKENDS {
        let last: Vec<f64> =
            SEEDS.iter().flat_map(|seed| gains(&samples(&lane, backend, *seed)).split_off(DEPTH - 10)).collect();
        let found = mean(&last);
        println!("{backend} batch norm: {found:.4}, theory {expected:.4}");
        assert!((found / expected - 1.0).abs() <= TOLERANCE, "{found} instead of {expected}");
    }
}

#[test]
fn smooth_activations_follow_the_recursion_block_by_block() {
    for (wiring, activation, init, variance) in [
        (Wiring::Plain, Activation::Tanh, Init::Kaiming, 2.0),
        (Wiring::Plain, Activation::Tanh, Init::Xavier, 1.0),
        (Wiring::Residual, Activation::Tanh, Init::Xavier, 1.0),
        (Wiring::Residual, Activation::Gelu, Init::Xavier, 1.0),
        (Wiring::Residual, Activation::Silu, Init::Xavier, 1.0),
        (Wiring::Plain, Activation::LeakyRelu, Init::Kaiming, 2.0),
        (Wiring::Plain, Activation::Elu, Init::Xavier, 1.0),
        (Wiring::Plain, Activation::Selu, Init::Xavier, 1.0),
    ] {
        let lane = lane(wiring, activation, init);
        for backend in BACKENDS {
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            for seed in SEEDS {
                let samples = samples(&lane, backend, seed);
                let first = samples[1].input.expect("read").rms().expect("not empty").powi(2);
                found.extend(gains(&samples));
                expected.extend(theory(wiring, activation, variance, first));
            }
            let (found, expected) = (mean(&found), mean(&expected));
            println!("{backend} {wiring} {activation} {init}: {found:.4}, recursion {expected:.4}");
            assert!((found / expected - 1.0).abs() <= TOLERANCE, "{found} instead of {expected}: {lane:?}");
        }
    }
}

/// The gains of the recursion from q_1 on.
fn theory(wiring: Wiring, activation: Activation, variance: f64, first: f64) -> Vec<f64> {
    let mut q = first;
    (0..DEPTH)
        .map(|_| {
            let slope = variance * expectation(|z| slope(activation, q.sqrt() * z).powi(2));
            let branch = variance * expectation(|z| phi(activation, q.sqrt() * z).powi(2));
            if wiring == Wiring::Residual {
                q += branch;
                (1.0 + slope).sqrt()
            } else {
                q = branch;
                slope.sqrt()
            }
        })
        .collect()
}

/// E f(z) by the trapezoidal rule, which is spectrally exact for what decays like this.
fn expectation(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 0.02;
    let density = |z: f64| (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    (-500..=500).map(|index| f64::from(index) * STEP).map(|z| f(z) * density(z) * STEP).sum()
}

fn phi(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Tanh => x.tanh(),
        Activation::Gelu => x * normal(x),
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::LeakyRelu => x.max(0.0) + 0.01 * x.min(0.0),
        Activation::Elu => x.max(0.0) + x.min(0.0).exp_m1(),
        Activation::Selu => 1.050_700_987 * (x.max(0.0) + 1.673_263_242 * x.min(0.0).exp_m1()),
        other => panic!("no formula for {other}"),
    }
}

/// φ' by a central difference of φ.
fn slope(activation: Activation, x: f64) -> f64 {
    const NUDGE: f64 = 1e-5;
    (phi(activation, x + NUDGE) - phi(activation, x - NUDGE)) / (2.0 * NUDGE)
}

/// The normal distribution function: ½ + φ(x)·(x + x³/3 + x⁵/15 + …), which 200 terms give within ±6 and further out is
/// 0 or 1 to nine digits.
fn normal(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum) = (x, x);
    for k in 1..200 {
        term *= x * x / f64::from(2 * k + 1);
        sum += term;
    }
    0.5 + sum * (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
}
