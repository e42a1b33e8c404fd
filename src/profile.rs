//! The fitted depth profile: ρ = exp(−slope) of the least-squares line of ln ‖δ_l‖ against block index l = 1 … D.
//!
//! ```text
//! ln ‖δ_l‖ ≈ a + slope·l      slope > 0: the signal shrinks on its way back to block 1, ρ < 1, vanishing
//! attenuation = ρ^(D−1)       what is left of it at block 1; 0 where a block is dead
//! ```
//!
//! Zeros, NaN and ±Inf cannot enter the line; they are counted and shown, never dropped silently.

use crate::robust::line;

/// A signal below this may be gone one block later; no block loses 8 more decades of a larger one.
const BRINK: f32 = 1e-30;

/// The profile of blocks 1 … D: special values, and the line through the values that can be fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    /// The line; `None` with fewer than two finite non-zero values.
    pub(crate) fit: Option<Fit>,
    /// The share of block D's signal that is left at block 1, by the line; 0 if block 1 has none, whatever the line
    /// says.
    pub(crate) attenuation: Option<f64>,
    /// Measured ‖δ_1‖/‖δ_D‖; `None` if ‖δ_1‖ is not finite or ‖δ_D‖ is not a positive finite number.
    pub(crate) first_last: Option<f64>,
    /// Blocks D.
    pub(crate) blocks: usize,
    /// Blocks whose value is exactly zero.
    pub(crate) zeros: usize,
    /// Blocks whose value is NaN or ±Inf.
    pub(crate) non_finite: usize,
    /// The highest block in which the signal is too small for an f32: it is subnormal, or zero directly below a block
    /// where it is almost as small.
    pub(crate) underflow: Option<usize>,
    /// The highest block that is exactly zero below a block with a larger signal: every path through it is dead.
    pub(crate) dead: Option<usize>,
}

/// The least-squares line through the finite non-zero values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit {
    /// Factor per block on the way back: < 1 vanishing, > 1 exploding.
    pub(crate) rho: f64,
    /// Goodness of the fit, 0 … 1; 1 if all values are equal, since a level line fits them exactly.
    pub(crate) r_squared: f64,
}

impl Profile {
    /// The profile of `signal[i]` = `signal_norm` of block i + 1.
    #[must_use]
    pub(crate) fn of(signal: &[Option<f32>]) -> Self {
        let fit = Fit::of(signal);
        let end = |value: Option<&Option<f32>>| value.copied().flatten().filter(|value| value.is_finite());
        let (first, last) = (end(signal.first()), end(signal.last()).filter(|last| *last > 0.0));
        let count = |matches: fn(f32) -> bool| signal.iter().flatten().filter(|value| matches(**value)).count();
        let highest = |matches: fn(f32, Option<f32>) -> bool| {
            let mut above = None;
            let mut blocks = signal.iter().enumerate().rev().filter_map(|(index, value)| Some((index + 1, (*value)?)));
            blocks.find_map(|(block, value)| {
                let found = matches(value, above).then_some(block);
                above = if value == 0.0 { above } else { Some(value) };
                found
            })
        };
        let attenuation = fit.map(|fit| fit.rho.powf(signal.len() as f64 - 1.0));
        let dead = highest(|value, above| value == 0.0 && above.is_some_and(|above| above >= BRINK));
        Self {
            fit,
            // A signal that became too small for an f32 still has a line; one that was cut off by a dead block has
            // none.
            attenuation: attenuation.map(|left| if first == Some(0.0) && dead.is_some() { 0.0 } else { left }),
            first_last: first.zip(last).map(|(first, last)| f64::from(first) / f64::from(last)),
            blocks: signal.len(),
            zeros: count(|value| value == 0.0),
            non_finite: count(|value| !value.is_finite()),
            underflow: highest(|value, above| {
                value.is_subnormal() || value == 0.0 && above.is_some_and(|above| above < BRINK)
            }),
            dead,
        }
    }
}

impl Fit {
    fn of(signal: &[Option<f32>]) -> Option<Self> {
        let point = |(block, value): (i32, &Option<f32>)| {
            let value = value.filter(|value| value.is_finite() && *value > 0.0)?;
            Some((f64::from(block), f64::from(value).ln()))
        };
        let points: Vec<(f64, f64)> = (1..).zip(signal).filter_map(point).collect();
        let (slope, r_squared) = line(&points)?;
        let rho = (-slope).exp();
        Some(Self { rho, r_squared })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometric_signal_is_fitted_exactly() {
        let signal: Vec<_> = (1..=50).map(|block| Some(0.9_f64.powi(50 - block) as f32)).collect();
        let profile = Profile::of(&signal);
        let fit = profile.fit.expect("fits");
        assert!((fit.rho - 0.9).abs() < 1e-6 && fit.r_squared > 0.999_999);
        assert!((profile.attenuation.expect("fits") / 0.9_f64.powi(49) - 1.0).abs() < 1e-4);
        assert!((profile.first_last.expect("positive") / 0.9_f64.powi(49) - 1.0).abs() < 1e-6);
        assert_eq!((profile.zeros, profile.non_finite, profile.underflow, profile.dead), (0, 0, None, None));
    }

    #[test]
    fn a_constant_signal_is_preserved() {
        for blocks in 2..100 {
            for value in [3.0, 0.1, 1e-7, 1.7e30] {
                let profile = Profile::of(&vec![Some(value); blocks]);
                let expected = Some(Fit { rho: 1.0, r_squared: 1.0 });
                assert_eq!((profile.fit, profile.attenuation), (expected, Some(1.0)), "{blocks} blocks of {value}");
            }
        }
    }

    #[test]
    fn only_a_signal_that_descends_into_it_underflows() {
        let ends = |signal: &[f32]| {
            let signal: Vec<_> = signal.iter().map(|value| Some(*value)).collect();
            let profile = Profile::of(&signal);
            (profile.underflow, profile.dead)
        };
        assert_eq!(ends(&[0.0, 0.0, 0.001_67, 0.3]), (None, Some(2)));
        assert_eq!(ends(&[0.0, 0.0, 1e-34, 1e-20]), (Some(2), None));
        assert_eq!(ends(&[0.0, 1e-40, 1e-34, 1e-20]), (Some(2), None));
        assert_eq!(ends(&[0.0, 0.0]), (None, None));
        assert_eq!(ends(&[0.0, f32::NAN, 1.0]), (None, None));
        // A residual branch continues below a dead one.
        assert_eq!(ends(&[0.5, 0.0, 1.0]), (None, Some(2)));
    }

    #[test]
    fn nothing_is_left_below_a_dead_block_and_what_the_line_says_below_an_underflow() {
        let sunk = Profile::of(&[Some(0.0), Some(1e-40), Some(1e-30), Some(1e-20), Some(1e-10)]);
        let left = sunk.attenuation.expect("fits");
        assert!(left > 0.0 && left < 1e-35 && sunk.first_last == Some(0.0), "{left}");
        let profile = Profile::of(&[Some(0.0), Some(0.1), Some(0.2), Some(0.4)]);
        assert!(profile.fit.expect("three values").rho < 1.0);
        assert_eq!((profile.attenuation, profile.first_last), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn what_cannot_be_fitted_is_counted() {
        let signal = [Some(0.0), Some(1e-40), Some(1e-20), None, Some(f32::NAN), Some(1.0), Some(f32::INFINITY)];
        let profile = Profile::of(&signal);
        assert_eq!((profile.blocks, profile.zeros, profile.non_finite, profile.underflow), (7, 1, 2, Some(2)));
        assert!(profile.first_last.is_none() && profile.attenuation.is_some_and(|left| left > 0.0));
        assert!(profile.fit.expect("three values").rho < 1.0);
        assert_eq!(Profile::of(&[]), Profile::default());
    }

    #[test]
    fn what_is_there_is_counted_where_nothing_can_be_fitted() {
        let profile = Profile::of(&[Some(0.0), Some(f32::NAN), Some(1.0), None]);
        assert_eq!(profile.fit, None);
        assert_eq!((profile.zeros, profile.non_finite, profile.underflow), (1, 1, None));
    }
}
