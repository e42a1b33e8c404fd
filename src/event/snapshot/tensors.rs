//! Norms of every tensor of a lane: gradient, weights and update. They are shown beside the layers' own values when a
//! block is opened.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::event::header::LaneHeader;
use crate::event::numbers::{NonFinite, NumberRows, Numbers};
use crate::event::snapshot_payload::{Memory, SnapshotPayload};
use crate::grid::{Grid, Value};
use crate::layer::LayerTable;

/// Maximum size in bytes of all records of a lane.
const BUDGET: usize = 4 << 20;

/// Rows of [`TensorNorms::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorNorm {
    /// ‖g‖, before clipping.
    Grad,
    /// ‖θ‖ before the step.
    Weight,
    /// ‖Δθ‖ of the step.
    Update,
}

impl TensorNorm {
    /// All of them in the order of the rows, with their names in a trace.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Grad, "grad_norm"), (Self::Weight, "weight_norm"), (Self::Update, "update_norm")];

    /// Its row.
    #[must_use]
    pub(crate) fn row(self) -> usize {
        self as usize
    }
}

/// The tensors of one lane at one step, those of one layer after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct TensorNorms {
    /// [`TensorNorm::ALL`] × tensors, in the order of the header.
    pub values: Grid,
}

impl TensorNorms {
    /// The norm of several tensors together, √Σ v²; `None` if none of them has a value.
    #[must_use]
    pub fn norm(&self, of: TensorNorm, tensors: &[Range<usize>]) -> Option<f64> {
        let values = self.values.row(of.row());
        let known = tensors.iter().filter_map(|range| values.get(range.clone())).flatten();
        let squares = known.filter_map(|value| value.get()).map(|value| f64::from(value).powi(2));
        squares.reduce(|sum, square| sum + square).map(f64::sqrt)
    }

    /// ‖Δθ‖/‖θ‖ of several tensors together; `None` if ‖θ‖ = 0 (a new zero bias).
    #[must_use]
    pub fn update_ratio(&self, tensors: &[Range<usize>]) -> Option<f64> {
        let (weight, update) = (self.norm(TensorNorm::Weight, tensors)?, self.norm(TensorNorm::Update, tensors)?);
        (weight != 0.0).then(|| update / weight)
    }
}

/// The fields of a line in the trace: an array per norm of which at least one tensor has a value.
#[derive(Serialize, Deserialize)]
struct Fields {
    values: NumberRows,
    #[serde(flatten)]
    non_finite: NonFinite,
}

impl From<TensorNorms> for Fields {
    fn from(TensorNorms { values }: TensorNorms) -> Self {
        let (mut rows, mut non_finite) = (NumberRows::default(), NonFinite::default());
        for (norm, name) in TensorNorm::ALL {
            let row = values.row(norm.row());
            if row.iter().any(|value| !value.is_absent()) {
                non_finite.note(name, row);
                rows.0.push((name.to_owned(), Numbers(row.to_vec())));
            }
        }
        Self { values: rows, non_finite }
    }
}

impl TryFrom<Fields> for TensorNorms {
    type Error = String;

    fn try_from(Fields { values: NumberRows(rows), non_finite }: Fields) -> Result<Self, String> {
        // Names from a newer version are skipped.
        let named = |name: &str| rows.iter().find(|(of, _)| of == name).map(|(_, Numbers(row))| row.as_slice());
        let tensors = TensorNorm::ALL.iter().find_map(|(_, name)| named(name)).map_or(0, <[Value]>::len);
        let mut values = Grid::absent(TensorNorm::ALL.len(), tensors);
        for (norm, name) in TensorNorm::ALL {
            let row = values.row_mut(norm.row());
            if let Some(numbers) = named(name) {
                if numbers.len() != row.len() {
                    return Err(format!("expected {LENGTH}"));
                }
                row.copy_from_slice(numbers);
            }
            non_finite.restore(name, row)?;
        }
        Ok(Self { values })
    }
}

/// The required length of an array.
const LENGTH: &str = "an array of one number per tensor of the lane";

impl SnapshotPayload for TensorNorms {
    fn memory(layers: &LayerTable) -> Memory {
        Memory { budget: BUDGET, each: TensorNorm::ALL.len() * size_of::<Value>() * layers.tensors() }
    }

    fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str> {
        let tensors = lane.layers.tensors();
        if self.values.values().is_empty() {
            // No norm has a value.
            self.values = Grid::absent(TensorNorm::ALL.len(), tensors);
        }
        if self.values.layers() == tensors { Ok(()) } else { Err(LENGTH) }
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // ranges of tensors, not lists of numbers
mod tests {
    use super::*;
    use crate::grid::Value;

    #[test]
    fn norms_combine_by_the_root_of_their_squares_and_a_zero_weight_has_no_ratio() {
        let mut values = Grid::absent(3, 3);
        values.row_mut(0)[..2].copy_from_slice(&[Value::new(3.0), Value::new(4.0)]);
        values.row_mut(1).copy_from_slice(&[Value::new(2.0), Value::new(0.0), Value::new(f32::NAN)]);
        values.row_mut(2).fill(Value::new(1.0));
        let record = TensorNorms { values };
        assert_eq!(record.norm(TensorNorm::Grad, &[0..3]), Some(5.0));
        assert_eq!(record.norm(TensorNorm::Grad, &[0..1, 1..2]), Some(5.0));
        assert_eq!(record.norm(TensorNorm::Grad, &[2..3]), None);
        assert_eq!(record.update_ratio(&[0..1]), Some(0.5));
        assert_eq!(record.update_ratio(&[1..2]), None);
        assert!(record.update_ratio(&[1..3]).is_some_and(f64::is_nan));
        assert_eq!(record.norm(TensorNorm::Grad, &[2..9]), None);
    }
}
