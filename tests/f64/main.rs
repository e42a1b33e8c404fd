//! Every quantity of a step against central finite differences (and plain sums) in double precision.
//!
//! ∂L/∂v ≈ (L(v + h) − L(v − h)) / 2h on small stacks, element by element if the loss is written in plain loops
//! (decoder, streams), along random directions through all elements if it is Burn's ([`directions`]). The values come
//! from a step of the program.
//!
//! This is a binary of its own: Burn fixes the number format of a device once per process.

// A test that cannot go on fails; with --nocapture it shows its figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod conv_net;
mod decoder;
mod diffusion;
mod directions;
mod families;
mod mlp;
mod parameters;
mod streams;
mod transformer;

use std::sync::OnceLock;

use burn::prelude::Device;
use burn::tensor::{DType, FloatDType, IntDType, Tensor};
use nablatop::backend;
use nablatop::config::Backend;
use nablatop::quantity::{LayerSample, Quantity};
use nablatop::train::StepOutput;

/// h: truncation grows with its square, rounding with its inverse.
const NUDGE: f64 = 2e-5;
/// Relative error that is promised.
const PROMISED: f64 = 1e-6;
/// Learning rate of the step.
const RATE: f64 = 0.01;

/// A device whose floats are f64.
fn device(backend: Backend) -> Device {
    static CONFIGURED: OnceLock<()> = OnceLock::new();
    CONFIGURED.get_or_init(|| {
        for backend in [Backend::Flex, Backend::Ndarray] {
            backend::device(backend).configure((FloatDType::F64, IntDType::I64)).expect("before the first tensor");
        }
    });
    backend::device(backend).autodiff()
}

fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    plain(tensor.inner())
}

/// Of a tensor that belongs to no graph, such as a gradient.
fn plain<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    assert_eq!(tensor.dtype(), DType::F64);
    tensor.into_data().try_into_vec().expect("f64")
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn difference(loss: impl Fn(f64) -> f64) -> f64 {
    (loss(NUDGE) - loss(-NUDGE)) / (2.0 * NUDGE)
}

/// Compares what a step shows with what it should, and returns the largest relative error.
fn compare(taken: &StepOutput, expected: impl Fn(Quantity, usize) -> Option<f64>, global: f64, case: &str) -> f64 {
    let mut worst = 0.0_f64;
    let mut compare = |what: String, found: f64, expected: f64| {
        // Shares are counted: they are exact, and may be 0. A cosine near 0 is as good as its size allows.
        let scale = if what.starts_with("channel_cosine") { 1.0 } else { expected.abs() };
        assert!(found == expected || scale > 1e-9, "{what} of {case} proves nothing at {expected:e}");
        let error = if found == expected { 0.0 } else { (found - expected).abs() / scale };
        assert!(error <= PROMISED, "{what} of {case}: {found:e} instead of {expected:e}, off by {error:e}");
        worst = worst.max(error);
    };
    for (row, quantity) in Quantity::ALL.iter().enumerate() {
        for (layer, sample) in taken.observation.samples.iter().enumerate() {
            let found = (quantity.definition().estimate)(sample);
            let shown = taken.observation.values.row(row)[layer].get();
            assert_eq!(shown, found.map(|value| value as f32), "{quantity} of layer {layer} as shown: {case}");
            let expected = expected(*quantity, layer);
            assert_eq!(found.is_some(), expected.is_some(), "{quantity} of layer {layer}: {case}");
            if let (Some(found), Some(expected)) = (found, expected) {
                compare(format!("{quantity} of layer {layer}"), found, expected);
            }
        }
    }
    let squares = |sample: &LayerSample| sample.grad.expect("a gradient").sum_of_squares;
    let found = taken.observation.samples.iter().map(squares).sum::<f64>().sqrt();
    compare("global norm".to_owned(), found, global);
    assert_eq!(taken.observation.global_grad_norm, Some(found as f32), "{case}");
    worst
}
