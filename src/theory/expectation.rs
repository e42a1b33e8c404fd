//! Expectations of φ and its slope over u = √q z, z ~ N(0, 1), for every activation.
//!
//! ```text
//!             E[φ(u)²]                           E[φ'(u)²]
//! identity    q                                  1
//! relu        q/2                                1/2
//! leaky-relu  (1 + a²)·q/2, a = 0.01             (1 + a²)/2
//! gelu        q·m                                m + r/(2π√(1+2q))
//!             m = ¼ + asin(p)/2π + p/(π√(1+2q)),  p = q/(1+q),  r = q/(1+2q)
//! tanh, sigmoid, silu, elu, selu                 by quadrature, on each side of a kink
//! ```
//!
//! The closed form of GELU follows from E[x g(x)] = q E[g'(x)] (Stein) and E[Φ(x)²] = ¼ + asin(p)/2π.
//! [`Fluctuation`] has the fourth moments relative to the second, which the spread at finite width needs.

use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

use super::quadrature::{by_halves, expect};
use crate::config::Activation;

/// Slope of leaky-relu below 0.
const LEAK: f64 = 0.01;
/// λ and α of selu.
const SELU: [f64; 2] = [1.050_700_987_355_480_5, 1.673_263_242_354_377_2];

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
        let leaky = f64::midpoint(1.0, LEAK * LEAK);
        match activation {
            Activation::Identity => Self { value: q, slope: 1.0 },
            Activation::Relu => Self { value: q / 2.0, slope: 0.5 },
            Activation::LeakyRelu => Self { value: leaky * q, slope: leaky },
            Activation::Gelu => gelu(q),
            Activation::Tanh | Activation::Sigmoid => squares(expect(q, |u| squared(activation, u))),
            Activation::Elu | Activation::Selu | Activation::Silu => squares(by_halves(q, |u| squared(activation, u))),
        }
    }
}

fn squared(activation: Activation, u: f64) -> [f64; 2] {
    phi(activation, u).map(|value| value * value)
}

fn squares([value, slope]: [f64; 2]) -> Moments {
    Moments { value, slope }
}

/// φ(u) and φ'(u).
fn phi(activation: Activation, u: f64) -> [f64; 2] {
    let sigmoid = 1.0 / (1.0 + (-u).exp());
    let [scale, alpha] = if activation == Activation::Selu { SELU } else { [1.0, 1.0] };
    match activation {
        Activation::Identity => [u, 1.0],
        Activation::Relu => [u.max(0.0), f64::from(u8::from(u > 0.0))],
        Activation::LeakyRelu => [u.max(LEAK * u), if u > 0.0 { 1.0 } else { LEAK }],
        Activation::Tanh => [u.tanh(), 1.0 - u.tanh().powi(2)],
        Activation::Sigmoid => [sigmoid, sigmoid * (1.0 - sigmoid)],
        Activation::Gelu => {
            let below = normal(u);
            [u * below, below + u * (-u * u / 2.0).exp() / TAU.sqrt()]
        }
        Activation::Silu => [u * sigmoid, sigmoid * (1.0 + u * (1.0 - sigmoid))],
        Activation::Elu | Activation::Selu if u > 0.0 => [scale * u, scale],
        Activation::Elu | Activation::Selu => [scale * alpha * u.exp_m1(), scale * alpha * u.exp()],
    }
}

/// Φ with an error of 2e-7, which is enough for a spread (Abramowitz & Stegun 1964, 7.1.26).
fn normal(u: f64) -> f64 {
    const COEFFICIENTS: [f64; 5] = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let x = u.abs() * FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| t * (coefficient + sum));
    let tail = polynomial * (-x * x).exp() / 2.0;
    if u > 0.0 { 1.0 - tail } else { tail }
}

fn gelu(q: f64) -> Moments {
    // The form gives neither 0/0 for 0 nor ∞/∞ for +∞.
    let (p, r) = (1.0 / (1.0 + 1.0 / q), 1.0 / (2.0 + 1.0 / q));
    let root = (1.0 + 2.0 * q).sqrt();
    let shared = 0.25 + p.asin() / TAU + p / (PI * root);
    Moments { value: q * shared, slope: shared + r / (TAU * root) }
}

/// How much φ² and φ'² of one unit vary, relative to their means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fluctuation {
    /// E[φ⁴]/E[φ²]².
    pub(super) value: f64,
    /// E[φ² u²]/(E[φ²]·q): how strongly φ² is correlated with the size of the units.
    pub(super) size: f64,
    /// E[o²]/E[φ²]² of the odd part o = (φ(u)² − φ(−u)²)/2.
    pub(super) odd: f64,
    /// E[φ'⁴]/E[φ'²]².
    pub(super) slope: f64,
}

impl Fluctuation {
    /// The fluctuations at one q, given the moments there; for a scale beyond the range of f64, those of a linear unit.
    pub(super) fn of(activation: Activation, q: f64, Moments { value, slope }: Moments) -> Self {
        const LINEAR: Fluctuation = Fluctuation { value: 3.0, size: 3.0, odd: 0.0, slope: 1.0 };
        let found = by_halves(q, |u| {
            let [height, tilt] = squared(activation, u);
            let opposite = squared(activation, -u)[0] / value;
            let (height, tilt) = (height / value, tilt / slope);
            [height * height, height * (u * u / q), ((height - opposite) / 2.0).powi(2), tilt * tilt]
        });
        let is_finite = found.iter().all(|value| value.is_finite());
        let [value, size, odd, slope] = found;
        if is_finite { Self { value, size, odd, slope } } else { LINEAR }
    }
}
