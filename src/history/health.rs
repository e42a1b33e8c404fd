//! Whether a lane still trains at a step, by its loss.
//!
//! ```text
//! blown up    loss > 100 · first loss, or the loss is NaN     where the first is positive and finite
//! ```

/// A loss this many times the first one means that the lane no longer trains. Guessing one of ten classes costs ln 10 =
/// 2.3, so the bound is 230: logits are hundreds apart on the wrong side. AutoTrainer (Zhang et al. 2021) calls a loss
/// of 1e3 exploding; from there it takes one or two steps to values beyond every scale, and the bound must be reached
/// before them.
const BLOWN_UP: f32 = 100.0;

/// The state of a lane at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It trains, or its first loss allows no comparison.
    Sane,
    /// Its loss is above the lane's [`Ceiling`], or NaN.
    BlownUp,
}

/// The loss above which a lane has blown up; ∞ if its first loss allows no comparison, never NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ceiling(f32);

impl Default for Ceiling {
    fn default() -> Self {
        Self(f32::INFINITY)
    }
}

impl Ceiling {
    /// The bound that follows from the first loss.
    pub(super) fn over(first: f32) -> Self {
        if first.is_finite() && first > 0.0 { Self(first * BLOWN_UP) } else { Self::default() }
    }

    pub(super) fn loss(self) -> f32 {
        self.0
    }

    pub(super) fn health(self, loss: Option<f32>) -> Health {
        // NaN is not below anything; without a bound every loss is sane.
        let is_sane = loss.is_none_or(|loss| loss <= self.0);
        if is_sane || self == Self::default() { Health::Sane } else { Health::BlownUp }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_has_blown_up_above_a_hundred_times_its_first_loss_and_where_that_is_no_number() {
        let ceiling = Ceiling::over(2.3);
        for (loss, health) in [
            (229.0, Health::Sane),
            (231.0, Health::BlownUp),
            (f32::INFINITY, Health::BlownUp),
            (f32::NAN, Health::BlownUp),
            (-1.0, Health::Sane),
        ] {
            assert_eq!(ceiling.health(Some(loss)), health, "{loss}");
        }
    }

    #[test]
    fn where_the_first_loss_compares_with_nothing_everything_is_sane() {
        for first in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let ceiling = Ceiling::over(first);
            assert_eq!(ceiling.loss(), f32::INFINITY);
            assert!([1e30, f32::NAN].iter().all(|loss| ceiling.health(Some(*loss)) == Health::Sane), "{first}");
        }
    }
}
