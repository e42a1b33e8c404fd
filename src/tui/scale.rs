//! One colour scale for all lanes: a range on the quantity's axis (log₁₀ |v| or v), snapped to whole decades.
//!
//! It only grows, and when it grows it adds some room, so that the picture is not recoloured at every step.

use std::collections::BTreeMap;

use crate::quantity::{Axis, Quantity};

/// A range of the axis that covers the whole palette.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Lower end.
    pub(crate) low: f32,
    /// Upper end.
    pub(crate) high: f32,
}

/// Share of the range that is added as room when the range has to grow.
const ROOM: f32 = 0.1;

impl Scale {
    /// The scale around a range of values; `None` if it is not finite.
    #[must_use]
    pub(crate) fn around(axis: Axis, low: f32, high: f32) -> Option<Self> {
        if !(low.is_finite() && high.is_finite() && low <= high) {
            return None;
        }
        let unit = unit(axis, high - low);
        let (low, high) = ((low / unit).floor() * unit, (high / unit).ceil() * unit);
        Some(Self { low, high: if high > low { high } else { low + unit } })
    }

    /// A scale that also holds these values: this one, or a larger one with room.
    #[must_use]
    pub(crate) fn holding(self, axis: Axis, low: f32, high: f32) -> Self {
        if low >= self.low && high <= self.high {
            return self;
        }
        let room = (self.high - self.low).max(high - low) * ROOM;
        let low = if low < self.low { low - room } else { self.low };
        let high = if high > self.high { high + room } else { self.high };
        Self::around(axis, low, high).unwrap_or(self)
    }

    /// Position of a value, 0 … 1; NaN counts as 0.
    #[must_use]
    pub(crate) fn position(self, value: f32) -> f32 {
        let position = (value - self.low) / (self.high - self.low);
        if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) }
    }
}

/// The ends are multiples of this: a decade, or a round number near a tenth of the span.
fn unit(axis: Axis, span: f32) -> f32 {
    match axis {
        Axis::Log => 1.0,
        Axis::Linear if span > 0.0 => 10f32.powf((span / 10.0).log10().ceil()),
        Axis::Linear => 0.1,
    }
}

/// The scales of all quantities that have been shown, and of the difference view.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scales {
    values: BTreeMap<Quantity, Scale>,
    difference: BTreeMap<Quantity, Scale>,
}

impl Scales {
    /// The scale of a quantity, once it has a value.
    #[must_use]
    pub(crate) fn of(&self, quantity: Quantity) -> Option<Scale> {
        self.values.get(&quantity).copied()
    }

    /// The scale of a quantity's log-ratio, or difference on a linear axis, symmetric about 0; ±1 until something was
    /// compared.
    #[must_use]
    pub(crate) fn difference(&self, quantity: Quantity) -> Scale {
        self.difference.get(&quantity).copied().unwrap_or(Scale { low: -1.0, high: 1.0 })
    }

    /// Extends a scale by the ranges of all lanes.
    pub(super) fn include(&mut self, quantity: Quantity, ranges: impl Iterator<Item = (f32, f32)>) {
        let axis = quantity.definition().axis;
        let all = ranges.reduce(|all, lane| (all.0.min(lane.0), all.1.max(lane.1)));
        let Some((low, high)) = all.filter(|(low, high)| low.is_finite() && high.is_finite()) else { return };
        let scale = match self.values.get(&quantity) {
            Some(scale) => Some(scale.holding(axis, low, high)),
            None => Scale::around(axis, low, high),
        };
        if let Some(scale) = scale {
            self.values.insert(quantity, scale);
        }
    }

    /// Extends a scale by the largest log-ratio or difference.
    pub(super) fn include_difference(&mut self, quantity: Quantity, largest: f32) {
        let axis = quantity.definition().axis;
        // Without any difference there is nothing to scale by.
        if !largest.is_finite() || (axis == Axis::Linear && largest == 0.0) {
            return;
        }
        let scale = match (self.difference.get(&quantity), axis) {
            (None, Axis::Linear) => Scale::around(axis, -largest, largest),
            _ => Some(self.difference(quantity).holding(axis, -largest, largest)),
        };
        if let Some(scale) = scale {
            let reach = scale.high.max(-scale.low);
            self.difference.insert(quantity, Scale { low: -reach, high: reach });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_whole_decades() {
        assert_eq!(Scale::around(Axis::Log, -19.3, 0.2), Some(Scale { low: -20.0, high: 1.0 }));
        assert_eq!(Scale::around(Axis::Log, 2.0, 2.0), Some(Scale { low: 2.0, high: 3.0 }));
        assert_eq!(Scale::around(Axis::Log, f32::NAN, 2.0), None);
        assert_eq!(Scale::around(Axis::Linear, 0.03, 0.98), Some(Scale { low: 0.0, high: 1.0 }));
    }

    #[test]
    fn a_scale_only_grows_and_takes_room_when_it_does() {
        let scale = Scale { low: -20.0, high: 1.0 };
        assert_eq!(scale.holding(Axis::Log, -5.0, -1.0), scale);
        let larger = scale.holding(Axis::Log, -20.1, 0.0);
        assert_eq!(larger, Scale { low: -23.0, high: 1.0 });
        assert_eq!(larger.holding(Axis::Log, -22.9, 0.0), larger);
    }

    #[test]
    fn positions_stay_within_the_palette() {
        let scale = Scale { low: -2.0, high: 2.0 };
        assert_eq!((scale.position(-9.0), scale.position(0.0), scale.position(9.0)), (0.0, 0.5, 1.0));
        assert_eq!(scale.position(f32::NAN), 0.0);
    }

    #[test]
    fn the_difference_is_symmetric_about_zero() {
        let mut scales = Scales::default();
        scales.include_difference(Quantity::Gain, 7.3);
        let scale = scales.difference(Quantity::Gain);
        assert_eq!(scale.low, -scale.high);
        assert!(scale.high >= 7.3);
        scales.include_difference(Quantity::Gain, f32::NAN);
        assert_eq!(scales.difference(Quantity::Gain), scale);
    }

    #[test]
    fn small_differences_on_a_linear_axis_run_through_the_whole_palette() {
        let mut scales = Scales::default();
        scales.include_difference(Quantity::DeadFraction, 0.0);
        scales.include_difference(Quantity::DeadFraction, 0.03);
        let scale = scales.difference(Quantity::DeadFraction);
        assert!((0.03..=0.05).contains(&scale.high) && scale.low == -scale.high, "{scale:?}");
    }
}
