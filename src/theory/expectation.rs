//! E[φ(√q z)²] and E[φ'(√q z)²] over z ~ N(0, 1) for every activation.
//!
//! ```text
//! identity   q                                  1
//! relu       q/2                                1/2
//! gelu       q·m                                m + r/(2π√(1+2q))
//!            m = ¼ + asin(p)/2π + p/(π√(1+2q)),  p = q/(1+q),  r = q/(1+2q)
//! tanh, sigmoid                                  by quadrature
//! ```
//!
//! The closed form of GELU follows from E[x g(x)] = q E[g'(x)] (Stein) and E[Φ(x)²] = ¼ + asin(p)/2π. Quadrature of a
//! kink would be inexact, so ReLU needs its closed form.

use std::f64::consts::{PI, TAU};

use super::quadrature::expect;
use crate::config::Activation;

/// Both expectations at one q.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    /// E[φ(√q z)²].
    pub(super) value: f64,
    /// E[φ'(√q z)²].
    pub(super) slope: f64,
}

impl Moments {
    /// q from 0 to +∞, both included.
    pub(super) fn of(activation: Activation, q: f64) -> Self {
        match activation {
            Activation::Identity => Self { value: q, slope: 1.0 },
            Activation::Relu => Self { value: q / 2.0, slope: 0.5 },
            Activation::Gelu => gelu(q),
            Activation::Tanh => quadrature(q, |u| {
                let value = u.tanh();
                (value, 1.0 - value * value)
            }),
            Activation::Sigmoid => quadrature(q, |u| {
                let value = 1.0 / (1.0 + (-u).exp());
                (value, value * (1.0 - value))
            }),
        }
    }
}

fn gelu(q: f64) -> Moments {
    // Written so that neither 0 nor +∞ gives 0/0 or ∞/∞.
    let (p, r) = (1.0 / (1.0 + 1.0 / q), 1.0 / (2.0 + 1.0 / q));
    let root = (1.0 + 2.0 * q).sqrt();
    let shared = 0.25 + p.asin() / TAU + p / (PI * root);
    Moments { value: q * shared, slope: shared + r / (TAU * root) }
}

/// `function` gives φ(u) and φ'(u).
fn quadrature(q: f64, function: impl Fn(f64) -> (f64, f64)) -> Moments {
    let [value, slope] = expect(q, |u| {
        let (value, slope) = function(u);
        [value * value, slope * slope]
    });
    Moments { value, slope }
}
