//! The stretch of a stack over which the signal changes most on its way back, from a higher block to a lower one.
//!
//! ```text
//! fall  min over l < m of ‖δ_l‖/‖δ_m‖        a stack may lose its signal in one stage alone
//! rise  max over l < m of ‖δ_l‖/‖δ_m‖
//! ```

use super::super::lane_step::LaneStep;
use super::super::rule::Missing;
use super::super::symptom::Figure;
use crate::profile::Profile;
use crate::quantity::Quantity;

/// The signal of a step over the depth of the stack.
pub(super) struct Signal {
    /// ‖δ_l‖ in forward order.
    pub(super) values: Vec<Option<f32>>,
    /// The largest fall.
    pub(super) fall: Stretch,
    /// The largest rise.
    pub(super) rise: Stretch,
}

impl Signal {
    /// The signal of a step, or what is missing to compare it.
    pub(super) fn of(step: &LaneStep<'_>) -> Result<Self, Missing> {
        let lacking = Missing::Quantity(Quantity::SignalNorm);
        let values = step.over_depth(Quantity::SignalNorm).ok_or(lacking)?;
        if values.len() < 2 {
            return Err(Missing::Depth);
        }
        if values.iter().all(Option::is_none) {
            return Err(Missing::Step);
        }
        let [fall, rise] = extremes(&values).ok_or(Missing::Signal)?;
        Ok(Self { values, fall, rise })
    }

    /// The factor per block of the line through the signal.
    pub(super) fn per_block(&self) -> Option<Figure> {
        let fit = Profile::of(&self.values).fit?;
        Some(Figure { name: "per block", value: fit.rho, limit: None })
    }
}

/// A change of the signal from one place of the depth to a lower one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    /// ‖δ_l‖/‖δ_m‖; 0 if nothing arrives, ∞ if nothing was there before.
    pub(super) factor: f64,
    /// l, the lower place, from 0.
    pub(super) low: usize,
    /// m, the higher place.
    pub(super) high: usize,
}

/// The largest fall and the largest rise; `None` with fewer than two values that can be compared. Values that are no
/// numbers are left out.
fn extremes(signal: &[Option<f32>]) -> Option<[Stretch; 2]> {
    let mut largest: Option<(usize, f64)> = None;
    let mut least: Option<(usize, f64)> = None;
    let mut found: Option<[Stretch; 2]> = None;
    for (low, value) in signal.iter().enumerate().rev() {
        let Some(value) = value.filter(|value| value.is_finite()).map(f64::from) else { continue };
        if let (Some((high, most)), Some((from, few))) = (largest.filter(|(_, most)| *most > 0.0), least) {
            let fall = Stretch { factor: value / most, low, high };
            let rise = Stretch { factor: if few > 0.0 { value / few } else { 1.0 }, low, high: from };
            found = Some(match found {
                None => [fall, rise],
                Some([least, most]) => [
                    if fall.factor < least.factor { fall } else { least },
                    if rise.factor > most.factor { rise } else { most },
                ],
            });
        }
        if largest.is_none_or(|(_, most)| value > most) {
            largest = Some((low, value));
        }
        if least.is_none_or(|(_, few)| value < few) {
            least = Some((low, value));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(signal: &[f32]) -> Option<[Stretch; 2]> {
        extremes(&signal.iter().map(|value| Some(*value)).collect::<Vec<_>>())
    }

    #[test]
    fn the_worst_stretch_is_found_within_the_stack() {
        // The signal comes from the right: it falls to 1e-4 in one stage and rises again below it.
        let [fall, rise] = of(&[0.5, 1e-4, 1.0, 1.0]).expect("values");
        assert!((fall.factor / 1e-4 - 1.0).abs() < 1e-6 && (fall.low, fall.high) == (1, 3));
        assert!((rise.factor / 5e3 - 1.0).abs() < 1e-6 && (rise.low, rise.high) == (0, 1));
    }

    #[test]
    fn what_cannot_be_compared_has_no_stretch() {
        assert_eq!((of(&[]), of(&[1.0]), of(&[0.0, 0.0]), of(&[f32::NAN, 1.0])), (None, None, None, None));
        assert_eq!(extremes(&[None, Some(1.0)]), None);
        let [fall, _] = of(&[0.0, 1.0]).expect("values");
        assert_eq!(fall, Stretch { factor: 0.0, low: 0, high: 1 });
        let [_, rise] = of(&[1.0, f32::INFINITY, 0.1]).expect("values");
        assert!((rise.factor - 10.0).abs() < 1e-6);
    }
}
