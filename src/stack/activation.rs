//! φ, element by element, for all families.

use std::f64::consts::FRAC_1_SQRT_2;

use burn::tensor::{Tensor, activation};

use crate::config::Activation;

/// φ(x).
#[must_use]
pub fn activate<const D: usize>(activation: Activation, x: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Relu => activation::relu(x),
        Activation::Tanh => activation::tanh(x),
        Activation::Sigmoid => activation::sigmoid(x),
        Activation::Gelu => gelu(x),
        Activation::Identity => x,
    }
}

/// x·Φ(x) from its parts: the gradient of Burn's own is that of an approximation on ndarray, off by 2e-4.
fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clone() * x.mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0).mul_scalar(0.5)
}
