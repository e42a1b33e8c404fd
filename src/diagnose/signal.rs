//! The stretch of a stack over which the signal changes most on its way back, from a higher block to a lower one.
//!
//! ```text
//! fall  min over l < m of ‖δ_l‖/‖δ_m‖        a stack may lose its signal in one stage alone
//! rise  max over l < m of ‖δ_l‖/‖δ_m‖
//! ```

use super::missing::Missing;
use super::symptom::Figure;
use crate::profile::Profile;

/// The signal of a step over the depth of the stack.
pub(super) struct Signal {
    /// ‖δ_l‖ in forward order.
    pub(super) values: Vec<Option<f32>>,
    /// The largest fall.
    pub(super) fall: Stretch,
    /// The largest rise; `None` with fewer than two values that are not 0.
    pub(super) rise: Option<Stretch>,
}

impl Signal {
    /// The signal of a step, or what is missing to compare it.
    pub(super) fn of(values: Vec<Option<f32>>) -> Result<Self, Missing> {
        if values.len() < 2 {
            return Err(Missing::Depth);
        }
        if values.iter().all(Option::is_none) {
            return Err(Missing::Step);
        }
        let (fall, rise) = extremes(&values);
        Ok(Self { fall: fall.ok_or(Missing::Signal)?, rise, values })
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
    /// ‖δ_l‖/‖δ_m‖; 0 if nothing arrives.
    pub(super) factor: f64,
    /// l, the lower place, from 0.
    pub(super) low: usize,
    /// m, the higher place.
    pub(super) high: usize,
}

/// The largest fall and the largest rise. Values that are no numbers are left out, and a signal of 0 has no size to
/// which a lower one could be compared.
fn extremes(signal: &[Option<f32>]) -> (Option<Stretch>, Option<Stretch>) {
    let (mut largest, mut least): (Option<Place>, Option<Place>) = (None, None);
    let (mut fall, mut rise): (Option<Stretch>, Option<Stretch>) = (None, None);
    for (low, value) in signal.iter().enumerate().rev() {
        let Some(value) = value.filter(|value| value.is_finite()).map(f64::from) else { continue };
        let stretch = |(high, from): Place| Stretch { factor: value / from, low, high };
        if let Some(next) = largest.map(stretch).filter(|next| fall.is_none_or(|least| next.factor < least.factor)) {
            fall = Some(next);
        }
        if let Some(next) = least.map(stretch).filter(|next| rise.is_none_or(|most| next.factor > most.factor)) {
            rise = Some(next);
        }
        if value > 0.0 {
            largest = largest.filter(|(_, most)| *most >= value).or(Some((low, value)));
            least = least.filter(|(_, few)| *few <= value).or(Some((low, value)));
        }
    }
    (fall, rise)
}

/// A place of the depth and its signal, which is not 0.
type Place = (usize, f64);

#[cfg(test)]
mod tests {
    use super::*;

    fn of(signal: &[f32]) -> (Option<Stretch>, Option<Stretch>) {
        extremes(&signal.iter().map(|value| Some(*value)).collect::<Vec<_>>())
    }

    #[test]
    fn the_worst_stretch_is_found_within_the_stack() {
        // The signal comes from the right: it falls to 1e-4 in one stage and rises again below it.
        let (fall, rise) = of(&[0.5, 1e-4, 1.0, 1.0]);
        let (fall, rise) = (fall.expect("values"), rise.expect("values"));
        assert!((fall.factor / 1e-4 - 1.0).abs() < 1e-6 && (fall.low, fall.high) == (1, 3));
        assert!((rise.factor / 5e3 - 1.0).abs() < 1e-6 && (rise.low, rise.high) == (0, 1));
    }

    #[test]
    fn what_cannot_be_compared_has_no_stretch() {
        assert_eq!([of(&[]), of(&[1.0]), of(&[0.0, 0.0]), of(&[f32::NAN, 1.0])], [(None, None); 4]);
        assert_eq!(extremes(&[None, Some(1.0)]), (None, None));
        assert_eq!(of(&[0.0, 1.0]).0, Some(Stretch { factor: 0.0, low: 0, high: 1 }));
        assert!((of(&[1.0, f32::INFINITY, 0.1]).1.expect("values").factor - 10.0).abs() < 1e-6);
    }

    #[test]
    fn a_dead_block_does_not_hide_a_rise_around_it() {
        let rise = of(&[1e5, 0.0, 1.0]).1.expect("values");
        assert!((rise.factor / 1e5 - 1.0).abs() < 1e-6 && (rise.low, rise.high) == (0, 2));
    }
}
