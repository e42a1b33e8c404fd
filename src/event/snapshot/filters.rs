//! The filters of a lane's first convolution as pictures: one k×k picture per filter and colour of the input.
//!
//! A weight is stored as one of 255 shades of its filter's largest weight, which is enough for a picture: w ≈ shade/127
//! · largest.

use serde::{Deserialize, Serialize};

use crate::event::header::LaneHeader;
use crate::event::snapshot_payload::{Memory, SnapshotPayload};
use crate::layer::LayerTable;

/// Maximum size in bytes of all records of a lane.
const BUDGET: usize = 1 << 20;
/// Size in bytes of the largest usual filters: 7×7 of three colours.
const BYTES: usize = MOST_FILTERS * 3 * 7 * 7;

/// Maximum number of filters that are shown.
pub const MOST_FILTERS: usize = 64;
/// The shade of a filter's largest weight.
pub const FULL_SHADE: i8 = 127;

/// The filters of one lane before the update of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterShades {
    /// Index of each filter with a NaN or infinite weight: all its shades are 0.
    pub shape: [usize; 4],
    /// Per filter whether one of its weights is NaN or infinite: then all its shades are 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<usize>,
    /// Shades −127 … 127, outermost dimension first.
    pub shades: Vec<i8>,
}

impl FilterShades {
    /// The shades of a convolution's weights, `[filters, colours, rows, columns]`, outermost dimension first.
    #[must_use]
    pub fn of(shape: [usize; 4], weights: &[f32]) -> Self {
        let [filters, colours, rows, columns] = shape;
        let size = (colours * rows * columns).max(1);
        let shown = filters.min(MOST_FILTERS);
        let mut broken = Vec::new();
        let mut shades = Vec::with_capacity(shown * size);
        for (index, filter) in weights.chunks_exact(size).take(shown).enumerate() {
            let largest = filter.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
            let is_finite = filter.iter().all(|weight| weight.is_finite());
            if !is_finite {
                broken.push(index);
            }
            let scaled = |weight: &f32| {
                if is_finite && largest > 0.0 { (weight / largest * f32::from(FULL_SHADE)).round() as i8 } else { 0 }
            };
            shades.extend(filter.iter().map(scaled));
        }
        Self { shape: [shown, colours, rows, columns], broken, shades }
    }

    /// Whether the numbers are consistent: when they are read from a file, they may not be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let elements = self.shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side));
        elements == Some(self.shades.len())
            && !self.shades.is_empty()
            && self.shape[0] <= MOST_FILTERS
            && self.broken.iter().all(|filter| *filter < self.shape[0])
    }

    /// −1 … 1 at a place of a filter; `None` outside.
    #[must_use]
    pub fn at(&self, [filter, colour, row, column]: [usize; 4]) -> Option<f32> {
        let [filters, colours, rows, columns] = self.shape;
        let is_inside = filter < filters && colour < colours && row < rows && column < columns;
        let index = ((filter * colours + colour) * rows + row) * columns + column;
        let shade = self.shades.get(index).filter(|_| is_inside)?;
        Some(f32::from(*shade) / f32::from(FULL_SHADE))
    }
}

impl SnapshotPayload for FilterShades {
    fn memory(_: &LayerTable) -> Memory {
        Memory { budget: BUDGET, each: BYTES }
    }

    fn fit(&mut self, _: &LaneHeader) -> Result<(), &'static str> {
        if self.is_sound() { Ok(()) } else { Err("as many shades as the shape says, of at most 64 filters") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_has_its_own_scale_and_zero_is_in_the_middle() {
        let record = FilterShades::of([3, 1, 1, 2], &[1.0, -2.0, 1e-9, 0.0, 0.0, 0.0]);
        assert_eq!(record.shades, [64, -127, 127, 0, 0, 0]);
        assert_eq!((record.at([0, 0, 0, 1]), record.at([2, 0, 0, 0])), (Some(-1.0), Some(0.0)));
        assert_eq!((record.at([3, 0, 0, 0]), record.at([0, 0, 0, 2])), (None, None));
        assert!(record.is_sound());
    }

    #[test]
    fn a_filter_that_is_not_finite_says_so_and_leaves_the_others_alone() {
        let record = FilterShades::of([2, 1, 1, 2], &[f32::NAN, 1.0, 4.0, -4.0]);
        assert_eq!((record.broken, record.shades), (vec![0], vec![0, 0, 127, -127]));
    }

    #[test]
    fn of_a_wide_convolution_the_first_filters_are_kept() {
        let record = FilterShades::of([100, 1, 1, 1], &[1.0; 100]);
        assert_eq!((record.shape, record.shades.len()), ([MOST_FILTERS, 1, 1, 1], MOST_FILTERS));
    }

    #[test]
    fn inconsistent_numbers_are_recognized() {
        let record = FilterShades::of([2, 1, 1, 1], &[1.0; 2]);
        assert!(!FilterShades { shape: [3, 1, 1, 1], ..record.clone() }.is_sound());
        assert!(!FilterShades { shape: [usize::MAX, 2, 2, 2], ..record.clone() }.is_sound());
        assert!(!FilterShades { broken: vec![2], ..record }.is_sound());
    }
}
