//! Maps a value to its colour and its position along the colour bar: viridis over whole decades, or over the range.

use plotters::style::RGBColor;

use crate::history::{self, Cell};
use crate::number;
use crate::quantity::{Axis, Quantity};
use crate::round;

/// Maximum number of labels beside the colour bar.
const MOST_TICKS: f32 = 9.0;

/// Minimum distance between the label of an end and the next one, as a share of the bar.
const APART: f32 = 0.05;

/// One scale for all lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    axis: Axis,
    low: f32,
    high: f32,
    /// Whether values lie below and above the scale; they have the colour of that end.
    beyond: [bool; 2],
}

/// A number beside an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Position along the axis, 0 … 1.
    pub(super) position: f32,
    pub(super) label: String,
}

/// Colours of special values; viridis contains none of them.
pub(super) const NAN: RGBColor = RGBColor(0xe5, 0x24, 0x24);
pub(super) const INFINITE: RGBColor = RGBColor(0xff, 0x8f, 0xd8);
pub(super) const ZERO: RGBColor = RGBColor(0x00, 0x00, 0x00);
pub(super) const ABSENT: RGBColor = RGBColor(0xdd, 0xdf, 0xe3);
pub(super) const EMPTY: RGBColor = RGBColor(0xff, 0xff, 0xff);

impl Scale {
    /// A scale over the ranges of all lanes, which are on the quantity's axis (log₁₀ |v| or v).
    pub(super) fn new(quantity: Quantity, ranges: impl Iterator<Item = (f32, f32)>) -> Self {
        let axis = quantity.definition().axis;
        let (low, high) = ranges
            .reduce(|(low, high), (min, max)| (low.min(min), high.max(max)))
            .filter(|(low, high)| low.is_finite() && high.is_finite())
            .unwrap_or((0.0, 1.0));
        let (low, high) = match axis {
            Axis::Log => (low.floor(), high.ceil()),
            Axis::Linear => (low, high),
        };
        Self { axis, low, high: if high > low { high } else { low + 1.0 }, beyond: [false; 2] }
    }

    /// Marks the ends beyond which there are values, given the extents that include a lane that blew up.
    pub(super) fn marking(self, extents: impl Iterator<Item = (f32, f32)>) -> Self {
        Self { beyond: history::beyond(extents, (self.low, self.high)), ..self }
    }

    pub(super) fn color(&self, cell: Cell) -> RGBColor {
        match cell {
            Cell::Empty => EMPTY,
            Cell::Absent => ABSENT,
            Cell::Nan => NAN,
            Cell::Infinite => INFINITE,
            Cell::Zero => ZERO,
            Cell::Value(value) => shade_at(self.position(value)),
        }
    }

    fn position(&self, value: f32) -> f32 {
        (value - self.low) / (self.high - self.low)
    }

    /// Labels beside the bar, from the lowest: whole decades or round numbers; an end beyond which there are values has
    /// a label of its own.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let gap = |least: f32| round::above(f64::from(least)) as f32;
        let gap = match self.axis {
            Axis::Log => gap(((self.high - self.low) / MOST_TICKS).max(1.0)).ceil(),
            Axis::Linear => gap((self.high - self.low) / MOST_TICKS),
        };
        let first = (self.low / gap).ceil() as i64;
        let values = (first..).map(|count| count as f32 * gap).take_while(|value| *value <= self.high);
        let ticks = values.map(|value| Tick { position: self.position(value), label: self.label(value) });
        let marked =
            |mark: &str, end: f32| Tick { position: self.position(end), label: format!("{mark} {}", self.label(end)) };
        let [below, above] = self.beyond;
        let (below, above) = (below.then(|| marked("≤", self.low)), above.then(|| marked("≥", self.high)));
        let is_free = |tick: &Tick| {
            (below.is_none() || tick.position > APART) && (above.is_none() || tick.position < 1.0 - APART)
        };
        let ticks: Vec<Tick> = ticks.filter(is_free).collect();
        below.into_iter().chain(ticks).chain(above).collect()
    }

    fn label(&self, value: f32) -> String {
        match self.axis {
            Axis::Log => format!("10{}", superscript(value as i32)),
            Axis::Linear => number::value(f64::from(value)),
        }
    }
}

/// The colour at a position along the bar, 0 … 1.
pub(super) fn shade_at(position: f32) -> RGBColor {
    let color = colorous::VIRIDIS.eval_continuous(f64::from(position.clamp(0.0, 1.0)));
    RGBColor(color.r, color.g, color.b)
}

fn superscript(power: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize)).copied();
    power.to_string().chars().map(|c| digit(c).unwrap_or('⁻')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_covers_all_lanes_in_whole_decades() {
        let scale = Scale::new(Quantity::SignalNorm, [(-19.7, 0.2), (-1.5, 1.3)].into_iter());
        assert_eq!((scale.low, scale.high), (-20.0, 2.0));
        let labels: Vec<String> = scale.ticks().into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["10⁻²⁰", "10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "10⁰"]);
    }

    #[test]
    fn an_end_that_values_lie_beyond_says_so() {
        let scale = Scale::new(Quantity::SignalNorm, [(-3.0, 1.0)].into_iter());
        let labels = |scale: Scale| scale.ticks().into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(scale), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
        let marked = scale.marking([(-3.0, 1.0), (-2.0, 30.0)].into_iter());
        assert_eq!(labels(marked), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "≥ 10¹"]);
    }

    #[test]
    fn a_run_without_values_still_has_a_scale() {
        let scale = Scale::new(Quantity::SignalNorm, std::iter::empty());
        assert_eq!(scale.ticks().len(), 2);
        assert_eq!(Scale::new(Quantity::SignalNorm, [(0.0, 0.0)].into_iter()).high, 1.0);
    }

    #[test]
    fn special_values_have_colours_that_no_value_has() {
        let values: Vec<RGBColor> = (0_u8..=100).map(|step| shade_at(f32::from(step) / 100.0)).collect();
        let distance = |a: RGBColor, b: RGBColor| a.0.abs_diff(b.0).max(a.1.abs_diff(b.1)).max(a.2.abs_diff(b.2));
        let special = [NAN, INFINITE, ZERO, ABSENT, EMPTY];
        for (index, one) in special.into_iter().enumerate() {
            assert!(values.iter().all(|value| distance(*value, one) > 24), "{one:?}");
            assert!(special.into_iter().skip(index + 1).all(|other| distance(one, other) > 24), "{one:?}");
        }
    }
}
