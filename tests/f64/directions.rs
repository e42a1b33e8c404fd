//! Checks a gradient of many numbers by central differences along random directions.
//!
//! ```text
//! (L(v + h u) − L(v − h u)) / 2h  =  g·u,   u = z/‖z‖,  z ~ N(0, 1)ⁿ,   E (g·u)² = ‖g‖²/n
//! ```
//!
//! Every element of g takes part in every difference: a g that is wrong anywhere is wrong along almost every u, and one
//! difference of two losses replaces n of them.

use burn::tensor::{Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{PROMISED, host, norm, plain};

/// Directions per gradient: with two, not even one that is nearly at right angles to the error hides it.
const DIRECTIONS: usize = 2;
/// h of the difference whose error is of the order h⁴; small enough to push no maximum past another in a pooling.
const NUDGE: f64 = 2e-5;
/// What a difference itself is off by, at losses of about 1 and where the terms of a gradient all but cancel.
const ROUNDING: f64 = 1e-10;

/// The gradient, after its differences along the directions have agreed with it to what is promised.
pub(crate) fn proven(gradient: Vec<f64>, values: &[f64], loss: impl Fn(&[f64]) -> f64, what: &str) -> Vec<f64> {
    assert_eq!(gradient.len(), values.len(), "{what}");
    let typical = norm(&gradient) / (gradient.len() as f64).sqrt();
    let mut rng = ChaCha8Rng::seed_from_u64(gradient.len() as u64);
    for _ in 0..DIRECTIONS {
        let drawn: Vec<f64> = (0..values.len()).map(|_| StandardNormal.sample(&mut rng)).collect();
        let length = norm(&drawn);
        let along = |by: f64| {
            let moved: Vec<f64> = values.iter().zip(&drawn).map(|(value, z)| value + by * z / length).collect();
            loss(&moved)
        };
        let slope = |h: f64| along(h) - along(-h);
        let found = (8.0 * slope(NUDGE) - slope(2.0 * NUDGE)) / (12.0 * NUDGE);
        let expected = gradient.iter().zip(&drawn).map(|(g, z)| g * z / length).sum::<f64>();
        let error = (found - expected).abs();
        assert!(error <= PROMISED * typical + ROUNDING, "{what}: {found:e} along a direction, not {expected:e}");
    }
    gradient
}

/// ∂L/∂x, that of the graph behind `loss`, proven; 0 where the loss does not depend on x.
pub(crate) fn gradient<const D: usize>(x: &Tensor<D>, loss: impl Fn(Tensor<D>) -> Tensor<1>, what: &str) -> Vec<f64> {
    let (shape, device) = (x.dims(), x.device());
    let values = host(x.clone());
    let of = |values: &[f64]| Tensor::<D>::from_data(TensorData::new(values.to_vec(), shape), &device);
    let leaf = of(&values).require_grad();
    let end = loss(leaf.clone());
    let gradient = if end.is_tracked() { leaf.grad(&end.backward()).map(plain) } else { None };
    let gradient = gradient.unwrap_or_else(|| vec![0.0; values.len()]);
    proven(gradient, &values, |values| loss(of(values)).into_scalar::<f64>(), what)
}

#[test]
#[should_panic(expected = "a parabola: ")]
fn a_gradient_that_is_wrong_in_one_element_of_a_hundred_is_found() {
    let values: Vec<f64> = (1..=100).map(|index| f64::from(index).sin()).collect();
    let parabola = |values: &[f64]| values.iter().map(|value| value * value / 2.0).sum::<f64>();
    let mut gradient = proven(values.clone(), &values, parabola, "the right one");
    gradient[57] += 1e-4;
    let _ = proven(gradient, &values, parabola, "a parabola");
}
