//! The activation φ of all families, element by element.
//!
//! ```text
//! m = min(x, 0)          exp(m) − 1 = tanh(m/2)·(exp(m) + 1), which is accurate for m near 0
//! leaky-relu  x − m + 0.01·m
//! elu         x − m + exp(m) − 1
//! selu        λ·(x − m + α·(exp(m) − 1))
//! silu        x·σ(x)
//! ```

use std::f64::consts::FRAC_1_SQRT_2;

use burn::tensor::{Tensor, activation};

use crate::config::Activation;

/// Slope of leaky-relu below 0 (Maas et al. 2013).
pub(crate) const LEAK: f64 = 0.01;
/// λ of selu: with α it makes mean 0 and variance 1 a fixed point (Klambauer et al. 2017).
pub(crate) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
/// α of selu.
pub(crate) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// φ(x).
#[must_use]
pub(crate) fn activate<const D: usize>(activation: Activation, x: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Relu => activation::relu(x),
        Activation::Tanh => activation::tanh(x),
        Activation::Sigmoid => activation::sigmoid(x),
        Activation::Gelu => gelu(x),
        Activation::LeakyRelu => {
            let [above, below] = parts(x);
            above + below.mul_scalar(LEAK)
        }
        Activation::Elu => exponential(x, 1.0),
        Activation::Selu => exponential(x, SELU_ALPHA).mul_scalar(SELU_SCALE),
        Activation::Silu => x.clone() * activation::sigmoid(x),
        Activation::Identity => x,
    }
}

/// x·Φ(x) from its parts: on ndarray the gradient of Burn's own is an approximation with an error of 2e-4.
fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clone() * x.mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0).mul_scalar(0.5)
}

/// max(x, 0) and min(x, 0), whose slopes sum to 1 also at 0.
fn parts<const D: usize>(x: Tensor<D>) -> [Tensor<D>; 2] {
    let below = activation::relu(x.clone().neg()).neg();
    [x - below.clone(), below]
}

/// max(x, 0) + α·(exp(min(x, 0)) − 1).
fn exponential<const D: usize>(x: Tensor<D>, alpha: f64) -> Tensor<D> {
    let [above, below] = parts(x);
    let bend = below.clone().mul_scalar(0.5).tanh() * below.exp().add_scalar(1.0);
    above + bend.mul_scalar(alpha)
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    type Formula = fn(f64) -> f64;

    #[test]
    fn values_are_those_of_the_formulas_and_keep_their_digits_near_0() {
        let xs: [f32; 7] = [-20.0, -1.5, -1e-10, 0.0, 1e-10, 0.7, 30.0];
        for backend in [Backend::Flex, Backend::Ndarray] {
            let values_of = |phi| {
                let x = Tensor::<1>::from_data(TensorData::new(xs.to_vec(), [xs.len()]), &device(backend));
                activate(phi, x).into_data().try_into_vec::<f32>().expect("f32")
            };
            let formulas: [(Activation, Formula); 4] = [
                (Activation::LeakyRelu, |x| if x < 0.0 { 0.01 * x } else { x }),
                (Activation::Elu, |x| if x < 0.0 { x.exp_m1() } else { x }),
                (Activation::Selu, |x| SELU_SCALE * if x < 0.0 { SELU_ALPHA * x.exp_m1() } else { x }),
                (Activation::Silu, |x| x / (1.0 + (-x).exp())),
            ];
            for (phi, formula) in formulas {
                for (x, found) in xs.iter().zip(values_of(phi)) {
                    let expected = formula(f64::from(*x));
                    let error = (f64::from(found) - expected).abs();
                    assert!(
                        error <= 1e-6 * expected.abs() + 1e-12 * f64::from(x.abs().min(1.0)),
                        "{backend} {phi} of {x}: {found}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_slope_of_elu_at_0_is_1() {
        let x = Tensor::<1>::zeros([1], &device(Backend::Flex).autodiff()).require_grad();
        let gradients = activate(Activation::Elu, x.clone()).sum().backward();
        assert_eq!(x.grad(&gradients).expect("one").into_scalar::<f32>(), 1.0);
    }
}
