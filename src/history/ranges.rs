//! What values of each quantity a lane has shown: whether there were any, and between which bounds.

use crate::grid::{Grid, Value};
use crate::quantity::Axis;

/// One entry per quantity.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranges {
    /// Least and largest finite value; on a logarithmic axis of the magnitudes other than 0.
    bounds: Vec<(f32, f32)>,
    /// Whether any value has come.
    seen: Vec<bool>,
}

impl Ranges {
    pub(super) fn new(quantities: usize) -> Self {
        Self { bounds: vec![(f32::INFINITY, f32::NEG_INFINITY); quantities], seen: vec![false; quantities] }
    }

    /// Takes the values of a step in, shape [quantities, layers].
    pub(super) fn take(&mut self, values: &Grid, axes: &[Axis]) {
        for (row, ((bounds, seen), axis)) in self.bounds.iter_mut().zip(&mut self.seen).zip(axes).enumerate() {
            let values = values.row(row);
            match axis {
                Axis::Log => widen_magnitude(bounds, values),
                Axis::Linear => widen(bounds, values),
            }
            *seen = *seen || values.iter().any(|value| !value.is_absent());
        }
    }

    /// Whether any value of a row has come.
    pub(super) fn has(&self, row: usize) -> bool {
        self.seen.get(row).copied().unwrap_or(false)
    }

    /// Bounds of a row on its axis: log₁₀ |v|, zeros aside, or v.
    pub(super) fn of(&self, row: usize, axis: Axis) -> Option<(f32, f32)> {
        let (min, max) = *self.bounds.get(row)?;
        match axis {
            _ if min > max => None,
            Axis::Log => Some((min.log10(), max.log10())),
            Axis::Linear => Some((min, max)),
        }
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
