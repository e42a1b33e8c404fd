//! What is measured of every tensor of a lane: how its gradient, its weights and its update are sized. Beside the layers'
//! own values, for a block that is opened.

use std::ops::Range;

use crate::grid::Grid;
use crate::units::{LaneId, Step};

/// Rows of [`TensorRecord::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub fn row(self) -> usize {
        self as usize
    }
}

/// The tensors of one lane at one step, those of one layer after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step.
    pub step: Step,
    /// [`TensorNorm::ALL`] × tensors, in the order of the header.
    pub values: Grid,
}

impl TensorRecord {
    /// The norm of several tensors together, √Σ v²; `None` where none of them has a value.
    #[must_use]
    pub fn norm(&self, of: TensorNorm, tensors: &[Range<usize>]) -> Option<f64> {
        let values = self.values.row(of.row());
        let known = tensors.iter().filter_map(|range| values.get(range.clone())).flatten();
        let squares = known.filter_map(|value| value.get()).map(|value| f64::from(value).powi(2));
        squares.reduce(|sum, square| sum + square).map(f64::sqrt)
    }

    /// ‖Δθ‖/‖θ‖ of several tensors together; `None` where ‖θ‖ = 0 (a fresh zero bias).
    #[must_use]
    pub fn update_ratio(&self, tensors: &[Range<usize>]) -> Option<f64> {
        let (weight, update) = (self.norm(TensorNorm::Weight, tensors)?, self.norm(TensorNorm::Update, tensors)?);
        (weight != 0.0).then(|| update / weight)
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
        let record = TensorRecord { lane: LaneId(0), step: Step(1), values };
        assert_eq!(record.norm(TensorNorm::Grad, &[0..3]), Some(5.0));
        assert_eq!(record.norm(TensorNorm::Grad, &[0..1, 1..2]), Some(5.0));
        assert_eq!(record.norm(TensorNorm::Grad, &[2..3]), None);
        assert_eq!(record.update_ratio(&[0..1]), Some(0.5));
        assert_eq!(record.update_ratio(&[1..2]), None);
        assert!(record.update_ratio(&[1..3]).is_some_and(f64::is_nan));
        assert_eq!(record.norm(TensorNorm::Grad, &[2..9]), None);
    }
}
