//! Several steps of a whole table [quantity × layer] in one: least, largest, mean, last, count, non-finite count a cell.
//!
//! 24 bytes a cell, in arrays of their own so that a heatmap's column reads memory in one sweep. Least, largest and
//! last are exact; the mean is one of logarithms for quantities on a logarithmic axis, with [`fast_log2`] (1e-4 is far
//! below one shade of colour). An exact zero enters it as 2⁻¹⁵⁰, just below the smallest subnormal.

use super::logarithm::fast_log2;
use super::timeline::Merge;
use crate::grid::{Grid, Value};
use crate::quantity::Axis;

/// This bit of `non_finite` is set when one of the values was a NaN.
const NAN_SEEN: u32 = 1 << 31;

/// Size in bytes of one cell of a bucket.
pub(super) const CELL_BYTES: usize = 24;

/// A table of summaries; the rows follow the header's quantities.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GridBucket {
    layers: usize,
    min: Vec<f32>,
    max: Vec<f32>,
    mean: Vec<f32>,
    last: Vec<Value>,
    count: Vec<u32>,
    non_finite: Vec<u32>,
}

/// One row of a bucket: a quantity over the layers.
#[derive(Clone, Copy)]
pub(super) struct BucketRow<'a> {
    pub(super) min: &'a [f32],
    pub(super) max: &'a [f32],
    pub(super) mean: &'a [f32],
    pub(super) last: &'a [Value],
    pub(super) count: &'a [u32],
    non_finite: &'a [u32],
}

impl BucketRow<'_> {
    /// Number of NaN and ±Inf, and whether a NaN was among them.
    pub(super) fn non_finite(&self, layer: usize) -> (u32, bool) {
        let packed = self.non_finite.get(layer).copied().unwrap_or_default();
        (packed & !NAN_SEEN, packed & NAN_SEEN != 0)
    }
}

impl GridBucket {
    fn new(quantities: usize, layers: usize) -> Self {
        let cells = quantities * layers;
        Self {
            layers,
            min: vec![f32::INFINITY; cells],
            max: vec![f32::NEG_INFINITY; cells],
            mean: vec![0.0; cells],
            last: vec![Value::ABSENT; cells],
            count: vec![0; cells],
            non_finite: vec![0; cells],
        }
    }

    /// A table of a bucket's shape as [`Self::new`] and one [`Self::push`] would make it, with each array written once.
    fn fresh(grid: &Grid, axes: &[Axis]) -> Self {
        let mut bucket = Self {
            layers: grid.layers(),
            min: Vec::with_capacity(grid.values().len()),
            max: Vec::with_capacity(grid.values().len()),
            mean: Vec::with_capacity(grid.values().len()),
            last: grid.values().to_vec(),
            count: grid.values().iter().map(|value| u32::from(!value.is_absent())).collect(),
            non_finite: grid.values().iter().map(|value| odd(*value)).collect(),
        };
        for (row, axis) in axes.iter().enumerate() {
            let values = grid.row(row);
            match axis {
                Axis::Log => bucket.extend(values, f32::abs, fast_log2),
                Axis::Linear => bucket.extend(values, |value| value, |value| value),
            }
        }
        bucket
    }

    fn extend(&mut self, values: &[Value], size: impl Fn(f32) -> f32, position: impl Fn(f32) -> f32) {
        let finite_or = |value: &Value, other: f32| if value.raw().is_finite() { size(value.raw()) } else { other };
        self.min.extend(values.iter().map(|value| finite_or(value, f32::INFINITY)));
        self.max.extend(values.iter().map(|value| finite_or(value, f32::NEG_INFINITY)));
        let mean = |value: &Value| {
            let place = position(finite_or(value, 1.0));
            if value.raw().is_finite() { place } else { 0.0 }
        };
        self.mean.extend(values.iter().map(mean));
    }

    /// A bucket of one step.
    pub(super) fn of(grid: &Grid, axes: &[Axis], layers: usize) -> Self {
        if grid.layers() == layers && grid.quantities() == axes.len() {
            return Self::fresh(grid, axes);
        }
        let mut bucket = Self::new(axes.len(), layers);
        bucket.push(grid, axes);
        bucket
    }

    /// Adds one step's table.
    pub(super) fn push(&mut self, grid: &Grid, axes: &[Axis]) {
        for (row, axis) in axes.iter().enumerate() {
            let values = grid.row(row);
            match axis {
                Axis::Log => self.push_row(row, values, f32::abs, fast_log2),
                Axis::Linear => self.push_row(row, values, |value| value, |value| value),
            }
        }
    }

    /// `size` maps a value to its key for comparison, `position` to its position on the axis.
    ///
    /// The loop uses selections instead of branches and arrays of one length, so that it becomes vector instructions.
    fn push_row(&mut self, row: usize, values: &[Value], size: impl Fn(f32) -> f32, position: impl Fn(f32) -> f32) {
        let length = values.len().min(self.layers);
        let cells = row * self.layers..row * self.layers + length;
        let values = &values[..length];
        let (min, max) = (&mut self.min[cells.clone()], &mut self.max[cells.clone()]);
        let (mean, last) = (&mut self.mean[cells.clone()], &mut self.last[cells.clone()]);
        let (count, non_finite) = (&mut self.count[cells.clone()], &mut self.non_finite[cells]);
        for layer in 0..length {
            // An absent value is stored as a NaN.
            let (is_present, raw) = (!values[layer].is_absent(), values[layer].raw());
            let is_finite = raw.is_finite();
            let is_odd = is_present && !is_finite;
            last[layer] = if is_present { values[layer] } else { last[layer] };
            count[layer] = count[layer].wrapping_add(u32::from(is_present));
            let nan = if is_odd & raw.is_nan() { NAN_SEEN } else { 0 };
            non_finite[layer] = non_finite[layer].wrapping_add(u32::from(is_odd)) | nan;
            // A harmless number replaces a missing one, so that nothing has to be skipped.
            let value = size(if is_finite { raw } else { 1.0 });
            min[layer] = if is_finite && value < min[layer] { value } else { min[layer] };
            max[layer] = if is_finite && value > max[layer] { value } else { max[layer] };
            let finite = count[layer].wrapping_sub(non_finite[layer] & !NAN_SEEN);
            let step = (position(value) - mean[layer]) / finite.max(1).cast_signed() as f32;
            mean[layer] += if is_finite { step } else { 0.0 };
        }
    }

    /// One quantity over the layers; empty when there is no such row.
    pub(super) fn row(&self, row: usize) -> BucketRow<'_> {
        let cells = (row * self.layers).min(self.min.len())..((row + 1) * self.layers).min(self.min.len());
        BucketRow {
            min: &self.min[cells.clone()],
            max: &self.max[cells.clone()],
            mean: &self.mean[cells.clone()],
            last: &self.last[cells.clone()],
            count: &self.count[cells.clone()],
            non_finite: &self.non_finite[cells],
        }
    }
}

/// The value's contribution to [`GridBucket::non_finite`].
fn odd(value: Value) -> u32 {
    let is_odd = !value.is_absent() & !value.raw().is_finite();
    u32::from(is_odd) | if is_odd & value.raw().is_nan() { NAN_SEEN } else { 0 }
}

impl Merge for GridBucket {
    fn merge(&mut self, later: Self) {
        for cell in 0..self.min.len().min(later.min.len()) {
            self.min[cell] = self.min[cell].min(later.min[cell]);
            self.max[cell] = self.max[cell].max(later.max[cell]);
            if !later.last[cell].is_absent() {
                self.last[cell] = later.last[cell];
            }
            let finite = |count: u32, non_finite: u32| count.saturating_sub(non_finite & !NAN_SEEN) as f32;
            let (ours, theirs) =
                (finite(self.count[cell], self.non_finite[cell]), finite(later.count[cell], later.non_finite[cell]));
            if theirs > 0.0 {
                self.mean[cell] += (later.mean[cell] - self.mean[cell]) * theirs / (ours + theirs);
            }
            self.count[cell] = self.count[cell].saturating_add(later.count[cell]);
            let seen = (self.non_finite[cell] | later.non_finite[cell]) & NAN_SEEN;
            let number = (self.non_finite[cell] & !NAN_SEEN) + (later.non_finite[cell] & !NAN_SEEN);
            self.non_finite[cell] = number.min(NAN_SEEN - 1) | seen;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::logarithm::ZERO_LOG2;
    use super::*;

    fn grid(values: &[Option<f32>]) -> Grid {
        let mut grid = Grid::absent(1, values.len());
        for (cell, value) in grid.row_mut(0).iter_mut().zip(values) {
            *cell = Value::from(*value);
        }
        grid
    }

    #[test]
    fn a_cell_keeps_least_largest_mean_last_and_counts() {
        let mut bucket = GridBucket::new(1, 3);
        for values in [[Some(1.0), Some(0.0), None], [Some(4.0), Some(0.0), None], [Some(16.0), Some(f32::NAN), None]] {
            bucket.push(&grid(&values), &[Axis::Log]);
        }
        let row = bucket.row(0);
        assert_eq!((row.min[0], row.max[0], row.last[0].get(), row.count[0]), (1.0, 16.0, Some(16.0), 3));
        assert!((row.mean[0] - 2.0).abs() < 1e-3);
        assert_eq!((row.max[1], row.mean[1], row.non_finite(1)), (0.0, ZERO_LOG2, (1, true)));
        assert_eq!((row.count[2], row.last[2]), (0, Value::ABSENT));
    }

    #[test]
    fn a_bucket_made_of_one_step_is_an_empty_one_that_took_it_in() {
        let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, -3.0, 1e-45, f32::MAX].map(Some);
        let grid = grid(&[&odd[..], &[None]].concat());
        for axis in [Axis::Log, Axis::Linear] {
            let mut bucket = GridBucket::new(1, grid.layers());
            bucket.push(&grid, &[axis]);
            assert_eq!(GridBucket::of(&grid, &[axis], grid.layers()), bucket);
        }
        assert_eq!(GridBucket::of(&Grid::default(), &[Axis::Log], 3), GridBucket::new(1, 3));
    }

    #[test]
    fn merging_two_buckets_equals_pushing_into_one() {
        let steps: Vec<Grid> = [[Some(1.0), Some(3.0)], [Some(8.0), None], [Some(f32::INFINITY), Some(0.5)]]
            .iter()
            .map(|values| grid(values))
            .collect();
        let fill = |steps: &[Grid]| {
            let mut bucket = GridBucket::new(1, 2);
            for step in steps {
                bucket.push(step, &[Axis::Log]);
            }
            bucket
        };
        let mut merged = fill(&steps[..1]);
        merged.merge(fill(&steps[1..]));
        let whole = fill(&steps);
        assert_eq!((&merged.min, &merged.max, &merged.last), (&whole.min, &whole.max, &whole.last));
        assert_eq!((&merged.count, &merged.non_finite), (&whole.count, &whole.non_finite));
        assert!(merged.mean.iter().zip(&whole.mean).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}
