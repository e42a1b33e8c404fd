//! One step's measurements of one lane: a dense table [quantity × layer] in which *absent* is not NaN.
//!
//! ```text
//!               stem  block 1 … block D  head
//! grad_norm      ·       ·         ·       ·
//! signal_norm    –       ·         ·       ·      – = absent
//! ```
//!
//! ```
//! use nablatop::grid::{Grid, Value};
//!
//! let mut grid = Grid::absent(2, 3);
//! grid.row_mut(1)[2] = Value::new(f32::NAN);
//! assert!(grid.row(1)[2].get().is_some_and(f32::is_nan), "measured: not a number");
//! assert_eq!(grid.row(1)[0].get(), None, "not measured");
//! ```

use std::fmt;

/// One cell: a measured `f32` (NaN and ±Inf included) or nothing at all.
///
/// Absent is stored as one reserved NaN payload, so that a cell costs four bytes; every measured NaN is
/// normalized to another payload on the way in. Equality is by meaning: NaN equals NaN, absent equals absent.
#[derive(Clone, Copy)]
pub struct Value(f32);

/// A payload that no arithmetic produces; [`Value::new`] normalizes every NaN that it receives.
const ABSENT_BITS: u32 = 0x7fc0_ab5e;

impl Value {
    /// "This layer has no such quantity at this step."
    pub(crate) const ABSENT: Self = Self(f32::from_bits(ABSENT_BITS));

    /// A measured value; NaN and ±Inf are data.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self(f32::NAN) } else { Self(value) }
    }

    /// The measured value, `None` when absent.
    #[must_use]
    pub fn get(self) -> Option<f32> {
        (self.0.to_bits() != ABSENT_BITS).then_some(self.0)
    }

    /// The stored number: a NaN if absent. For loops that select instead of branching.
    pub(crate) fn raw(self) -> f32 {
        self.0
    }

    /// Whether nothing was measured.
    #[must_use]
    pub(crate) fn is_absent(self) -> bool {
        self.0.to_bits() == ABSENT_BITS
    }
}

impl From<Option<f32>> for Value {
    fn from(value: Option<f32>) -> Self {
        value.map_or(Self::ABSENT, Self::new)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Value {}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => write!(f, "{value:e}"),
            None => f.write_str("absent"),
        }
    }
}

/// A dense table [quantity × layer]; the rows follow [`crate::event::RunHeader::quantities`].
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Grid {
    layers: usize,
    values: Vec<Value>,
}

impl Grid {
    /// A table of absent cells, shape [quantities, layers].
    #[must_use]
    pub fn absent(quantities: usize, layers: usize) -> Self {
        Self { layers, values: vec![Value::ABSENT; quantities * layers] }
    }

    /// Number of layers (columns).
    #[must_use]
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// Number of quantities (rows).
    #[must_use]
    pub(crate) fn quantities(&self) -> usize {
        self.values.len().checked_div(self.layers).unwrap_or(0)
    }

    /// One quantity over all layers; empty when the row does not exist.
    #[must_use]
    pub fn row(&self, quantity: usize) -> &[Value] {
        self.values.get(quantity * self.layers..(quantity + 1) * self.layers).unwrap_or(&[])
    }

    /// One quantity over all layers, to be filled; empty when the row does not exist.
    pub fn row_mut(&mut self, quantity: usize) -> &mut [Value] {
        self.values.get_mut(quantity * self.layers..(quantity + 1) * self.layers).unwrap_or(&mut [])
    }

    /// All cells, quantity by quantity.
    #[must_use]
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_is_not_nan() {
        assert_eq!(Value::ABSENT.get(), None);
        assert!(Value::new(f32::from_bits(ABSENT_BITS)).get().is_some_and(f32::is_nan));
        assert_ne!(Value::new(f32::NAN), Value::ABSENT);
        assert_eq!(Value::new(f32::NAN), Value::new(-f32::NAN));
    }

    #[test]
    fn rows_outside_the_table_are_empty() {
        let grid = Grid::absent(2, 3);
        assert_eq!((grid.quantities(), grid.row(1).len(), grid.row(2).len()), (2, 3, 0));
        assert_eq!(Grid::absent(2, 0).quantities(), 0);
    }
}
