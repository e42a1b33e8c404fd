//! What values of each quantity a lane has shown: whether there were any, and between which bounds, with and without the
//! steps at which the lane had blown up.
//!
//! A lane whose loss leaves everything behind takes its values to 1e30 before they are NaN. A scale that reached so far
//! would show a healthy lane beside it in one colour; what lies outside a scale has the colour of its end.

use super::health::Health;
use crate::grid::{Grid, Value};
use crate::quantity::Axis;

/// No value yet.
const NOTHING: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

/// One entry per quantity.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranges {
    /// Least and largest finite value, on a logarithmic axis of the magnitudes other than 0, of steps of good health.
    bounds: Vec<(f32, f32)>,
    /// Those of all steps.
    extents: Vec<(f32, f32)>,
    /// Whether any value has come.
    seen: Vec<bool>,
}

impl Ranges {
    pub(super) fn new(quantities: usize) -> Self {
        Self { bounds: vec![NOTHING; quantities], extents: vec![NOTHING; quantities], seen: vec![false; quantities] }
    }

    /// Takes the values of a step in, shape [quantities, layers].
    pub(super) fn take(&mut self, values: &Grid, axes: &[Axis], health: Health) {
        let rows = self.bounds.iter_mut().zip(&mut self.extents).zip(&mut self.seen).zip(axes);
        for (row, (((bounds, extent), seen), axis)) in rows.enumerate() {
            let values = values.row(row);
            let mut here = NOTHING;
            match axis {
                Axis::Log => widen_magnitude(&mut here, values),
                Axis::Linear => widen(&mut here, values),
            }
            if here.0 <= here.1 {
                let together = |all: (f32, f32)| (all.0.min(here.0), all.1.max(here.1));
                *extent = together(*extent);
                if health == Health::Sane {
                    *bounds = together(*bounds);
                }
            }
            *seen = *seen || values.iter().any(|value| !value.is_absent());
        }
    }

    /// Whether any value of a row has come.
    pub(super) fn has(&self, row: usize) -> bool {
        self.seen.get(row).copied().unwrap_or(false)
    }

    /// Bounds of a row on its axis: log₁₀ |v|, zeros aside, or v; of steps of good health, where there were any.
    pub(super) fn of(&self, row: usize, axis: Axis) -> Option<(f32, f32)> {
        on_axis(*self.bounds.get(row)?, axis).or_else(|| self.extent(row, axis))
    }

    /// The same of all steps.
    pub(super) fn extent(&self, row: usize, axis: Axis) -> Option<(f32, f32)> {
        on_axis(*self.extents.get(row)?, axis)
    }
}

/// Whether there are values below and above a scale's ends, of the least and largest of each lane.
#[cfg(any(feature = "tui", feature = "cli"))]
pub(crate) fn beyond(extents: impl Iterator<Item = (f32, f32)>, (low, high): (f32, f32)) -> [bool; 2] {
    extents.fold([false; 2], |[below, above], (least, largest)| [below || least < low, above || largest > high])
}

fn on_axis((min, max): (f32, f32), axis: Axis) -> Option<(f32, f32)> {
    match axis {
        _ if min > max => None,
        Axis::Log => Some((min.log10(), max.log10())),
        Axis::Linear => Some((min, max)),
    }
}

/// Widens the range by the finite values.
fn widen((min, max): &mut (f32, f32), values: &[Value]) {
    for value in values.iter().map(|value| value.raw()).filter(|value| value.is_finite()) {
        (*min, *max) = (min.min(value), max.max(value));
    }
}

/// Widens the range by the finite non-zero magnitudes, compared as bits: positive floats are ordered like integers.
fn widen_magnitude((min, max): &mut (f32, f32), values: &[Value]) {
    const INFINITE: u32 = f32::INFINITY.to_bits();
    let (mut least, mut largest) = (min.to_bits(), max.max(0.0).to_bits());
    for value in values {
        let magnitude = value.raw().abs().to_bits();
        let counts = magnitude.wrapping_sub(1) < INFINITE - 1;
        least = least.min(if counts { magnitude } else { INFINITE });
        largest = largest.max(if counts { magnitude } else { 0 });
    }
    (*min, *max) = (f32::from_bits(least), f32::from_bits(largest));
}
