//! The range of each quantity in a lane: whether it has values, and its bounds with and without the steps at which the
//! lane had blown up.
//!
//! The values of a diverging lane reach 1e30 before they become NaN. A scale that included them would show a healthy
//! lane beside it in a single colour; values beyond the scale have the colour of its end.

use super::health::Health;
use crate::grid::{Grid, Value};
use crate::quantity::Axis;

/// The range of no values.
const NOTHING: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

/// One entry per quantity.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranges {
    /// Least and largest finite value (of the magnitudes other than 0 on a logarithmic axis) over the steps in good
    /// health.
    bounds: Vec<(f32, f32)>,
    /// The same over all steps.
    extents: Vec<(f32, f32)>,
    /// Whether there was any value.
    seen: Vec<bool>,
}

impl Ranges {
    pub(super) fn new(quantities: usize) -> Self {
        Self { bounds: vec![NOTHING; quantities], extents: vec![NOTHING; quantities], seen: vec![false; quantities] }
    }

    /// Adds the values of a step, shape [quantities, layers].
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

    /// Whether a row had any value.
    pub(super) fn has(&self, row: usize) -> bool {
        self.seen.get(row).copied().unwrap_or(false)
    }

    /// Bounds of a row on its axis (log₁₀ |v| without zeros, or v) over the steps in good health, if there were any.
    pub(super) fn of(&self, row: usize, axis: Axis) -> Option<(f32, f32)> {
        on_axis(*self.bounds.get(row)?, axis).or_else(|| self.extent(row, axis))
    }

    /// The same over all steps.
    pub(super) fn extent(&self, row: usize, axis: Axis) -> Option<(f32, f32)> {
        on_axis(*self.extents.get(row)?, axis)
    }
}

/// Whether any lane has values below and above the ends of a scale, given the least and largest value of each lane.
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

/// Extends the range by the finite values.
fn widen((min, max): &mut (f32, f32), values: &[Value]) {
    for value in values.iter().map(|value| value.raw()).filter(|value| value.is_finite()) {
        (*min, *max) = (min.min(value), max.max(value));
    }
}

/// Extends the range by the finite non-zero magnitudes, compared as bits: positive floats are ordered like integers.
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
