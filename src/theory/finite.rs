//! The effect of a finite width on a block: how far ln q and ln gain are below those of infinitely many units, and how
//! much they differ between nets.
//!
//! ```text
//! ‖x + y‖²/n = q + 2x·y/n + ‖y‖²/n,  y = s·(W φ(x) + b),  m = E ‖y‖²/n,  t = m/q',  q' = q + m
//! ln q' = J·ln q + t·S + e       Var e = (4t(1 − t) + w·t²)/n      w: 2, or 0 where W is orthogonal
//! S' = ρᵏ S + new                ρ = √(q/q')                       S: Σφ² relative to its mean given Σx²
//! r_g   = (4γ + γ²·(3f − 1))/(1 + γ)²/n      γ = s²χ, f = E φ'⁴/(E φ'²)²; 3(f − 1) where W is orthogonal
//! plain   the same without x: t = 1, ρ = 0, Var e = w/n, r_g = (3f − 1)/n
//! ```
//!
//! A unit that is above 0 stays so in the next block if x is passed on: the odd part of φ² is carried on by ρ (its
//! first Hermite polynomial), the rest of the even part by ρ⁴. Where S is above 0, y is larger and ρ smaller, so that S
//! falls below 0 in the mean: E[S'] = ρᵏ(E[S] − ½kt·Var S). A factor of mean 1 and relative variance r is treated as
//! log-normal: its logarithm has mean −½ ln(1 + r) and variance ln(1 + r). Over L plain ReLU blocks this gives a
//! variance of 5L/n of ln q for large n, as in Hanin & Nica 2018. J = d ln q'/d ln q, and d ln E[φ²]/d ln q =
//! (E[φ²u²]/(E[φ²]·q) − 1)/2.

use super::expectation::Fluctuation;
use crate::config::Init;

/// Whether the rows of W can have different lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// Independent elements.
    Independent,
    /// A multiple of a rotation.
    Orthogonal,
}

impl Weights {
    pub(super) fn of(init: Init) -> Self {
        match init {
            Init::Orthogonal(_) | Init::DeltaOrthogonal(_) => Self::Orthogonal,
            _ => Self::Independent,
        }
    }
}

/// Mean and variance of the logarithm of a net's value divided by that of infinitely many units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Logarithm {
    pub(super) shift: f64,
    pub(super) variance: f64,
}

impl Logarithm {
    /// The logarithm of a factor of mean 1 with this relative variance; without a finite variance it is unknown.
    fn of(relative_variance: f64) -> Self {
        let variance = if relative_variance.is_finite() { relative_variance.max(0.0).ln_1p() } else { 0.0 };
        Self { shift: -variance / 2.0, variance }
    }
}

/// The same for q at a block, with S of its units: of the odd part of φ², and of the even part.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Course {
    pub(super) logarithm: Logarithm,
    shapes: [Shape; 2],
}

/// One part of S.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shape {
    mean: f64,
    /// Covariance with ln q.
    covariance: f64,
}

/// Powers of ρ by which the two parts of S are carried on.
const CARRIED: [i32; 2] = [1, 4];

/// A block at the q of infinitely many units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// q, if x is passed around the branch.
    pub(super) around: Option<f64>,
    /// m.
    pub(super) branch: f64,
    /// γ.
    pub(super) slope: f64,
    /// Share of the weights in m; the rest is the bias.
    pub(super) share: f64,
    pub(super) weights: Weights,
    pub(super) fluctuation: Fluctuation,
}

impl Block {
    /// ln q after the block, given ln q before it.
    pub(super) fn after(&self, before: Course, units: f64) -> Course {
        let Fluctuation { value, size, odd, .. } = self.fluctuation;
        let [around, through] =
            self.around.map_or([0.0, 1.0], |q| [q, self.branch].map(|part| part / (q + self.branch)));
        let carried = around + through * self.share * (size - 1.0) / 2.0;
        if !carried.is_finite() {
            return before;
        }
        let of_weights = if self.weights == Weights::Independent { 2.0 } else { 0.0 };
        // The part of the variance of φ² that is not correlated with the size of x, which is q.
        let given_size = ((value - 1.0) - (size - 1.0).powi(2) / 2.0).max(0.0);
        let parts = [odd.min(given_size), (given_size - odd).max(0.0)].map(|part| self.share.powi(2) * part / units);
        let own = (4.0 * around * through + of_weights * through * through) / units;
        let added = Logarithm::of(own + through * through * (parts[0] + parts[1]));
        let Course { logarithm, mut shapes } = before;
        let (mut shift, mut variance) = (carried * logarithm.shift, carried.powi(2) * logarithm.variance);
        for ((shape, part), power) in shapes.iter_mut().zip(parts).zip(CARRIED) {
            shift += through * shape.mean;
            variance += 2.0 * carried * through * shape.covariance;
            let kept = around.sqrt().powi(power);
            *shape = Shape {
                mean: kept * (shape.mean - f64::from(power) * through * part / 2.0),
                covariance: kept * (carried * shape.covariance + through * part),
            };
        }
        let logarithm = Logarithm { shift: shift + added.shift, variance: variance + added.variance };
        Course { logarithm, shapes }
    }

    /// The logarithm of the block's gain.
    pub(super) fn gain(&self, units: f64) -> Logarithm {
        let steep = self.fluctuation.slope;
        let own = if self.weights == Weights::Independent { 3.0 * steep - 1.0 } else { 3.0 * (steep - 1.0) };
        let relative = if self.around.is_some() {
            let through = self.slope / (1.0 + self.slope);
            4.0 * through * (1.0 - through) + own * through * through
        } else {
            own
        };
        // The gain is a norm, not its square.
        let Logarithm { shift, variance } = Logarithm::of(relative / units);
        Logarithm { shift: shift / 2.0, variance: variance / 4.0 }
    }
}
