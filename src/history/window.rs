//! Reduces many cells to one: a window of steps × layers becomes the rows and columns of a picture.

use std::ops::Range;

use super::bucket::BucketRow;
use super::logarithm::fast_log2;
use super::{Cell, Reduce};
use crate::grid::Value;
use crate::quantity::Axis;

/// The part of a lane's history to draw, and the size of the picture in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Layers, split evenly over the rows; more rows than layers repeat layers.
    pub layers: Range<usize>,
    /// Rows of the picture.
    pub rows: usize,
    /// Steps, split evenly over the columns; more columns than steps repeat steps.
    pub steps: Range<u64>,
    /// Columns of the picture.
    pub columns: usize,
    /// How several values are reduced to one.
    pub reduce: Reduce,
}

impl Window {
    /// Layers of each row.
    pub(super) fn row_layers(&self) -> Vec<Range<usize>> {
        let layers = self.layers.start as u64..self.layers.end as u64;
        (0..self.rows)
            .map(|row| part(&layers, row, self.rows))
            .map(|part| part.start as usize..part.end as usize)
            .collect()
    }

    /// Steps of a column.
    #[must_use]
    pub(crate) fn column_steps(&self, column: usize) -> Range<u64> {
        part(&self.steps, column, self.columns)
    }
}

/// The `index`-th of `parts` even parts of a range; never empty unless the range is.
fn part(range: &Range<u64>, index: usize, parts: usize) -> Range<u64> {
    let length = u128::from(range.end.saturating_sub(range.start));
    let (index, parts) = (index as u128, parts.max(1) as u128);
    let start = range.start + (length * index / parts) as u64;
    let end = range.start + (length * (index + 1) / parts) as u64;
    start..end.max((start + 1).min(range.end))
}

/// The values gathered so far for one cell of a picture.
#[derive(Clone, Copy)]
pub(super) struct Gathered {
    min: f32,
    max: f32,
    mean_total: f32,
    cells: u32,
    present: bool,
    nan: bool,
    infinite: bool,
}

impl Gathered {
    pub(super) const NOTHING: Self = Self {
        min: f32::INFINITY,
        max: f32::NEG_INFINITY,
        mean_total: 0.0,
        cells: 0,
        present: false,
        nan: false,
        infinite: false,
    };

    /// Adds some layers of a bucket.
    pub(super) fn take_bucket(&mut self, row: &BucketRow<'_>, layers: Range<usize>) {
        for layer in layers {
            let Some(&count) = row.count.get(layer) else { return };
            if count == 0 {
                continue;
            }
            self.present = true;
            let (non_finite, nan) = row.non_finite(layer);
            self.nan |= nan;
            self.infinite |= non_finite > 0 && !nan;
            if count > non_finite {
                self.take(row.min[layer], row.max[layer], row.mean[layer]);
            }
        }
    }

    /// Adds some layers of one step.
    pub(super) fn take_step(&mut self, values: &[Value], layers: Range<usize>, axis: Axis) {
        for value in values.get(layers).unwrap_or(&[]).iter().filter_map(|value| value.get()) {
            self.present = true;
            self.nan |= value.is_nan();
            self.infinite |= value.is_infinite();
            match axis {
                _ if !value.is_finite() => {}
                Axis::Log => self.take(value.abs(), value.abs(), fast_log2(value.abs())),
                Axis::Linear => self.take(value, value, value),
            }
        }
    }

    fn take(&mut self, min: f32, max: f32, mean: f32) {
        self.min = self.min.min(min);
        self.max = self.max.max(max);
        self.mean_total += mean;
        self.cells += 1;
    }

    /// The cell of the picture.
    pub(super) fn cell(self, axis: Axis, reduce: Reduce) -> Cell {
        if self.nan {
            Cell::Nan
        } else if self.infinite {
            Cell::Infinite
        } else if !self.present {
            Cell::Absent
        } else {
            let mean = self.mean_total / self.cells as f32;
            match axis {
                Axis::Log => self.logarithmic(mean, reduce),
                Axis::Linear => {
                    Cell::Value(if reduce == Reduce::Mean { mean } else { farthest(self.min, self.max, mean) })
                }
            }
        }
    }

    fn logarithmic(self, mean: f32, reduce: Reduce) -> Cell {
        /// log₁₀ 2.
        const LOG10_2: f32 = std::f32::consts::LOG10_2;
        if self.max == 0.0 {
            return Cell::Zero;
        }
        match reduce {
            Reduce::Mean => Cell::Value(mean * LOG10_2),
            Reduce::Extreme if self.min == self.max => Cell::Value(self.max.log10()),
            Reduce::Extreme => {
                let low = fast_log2(self.min);
                let position = farthest(low, fast_log2(self.max), mean);
                if self.min == 0.0 && position == low { Cell::Zero } else { Cell::Value(position * LOG10_2) }
            }
        }
    }
}

fn farthest(low: f32, high: f32, mean: f32) -> f32 {
    if high - mean >= mean - low { high } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_range_and_repeat_what_is_short() {
        let parts: Vec<_> = (0..4).map(|index| part(&(0..10), index, 4)).collect();
        assert_eq!(parts, [0..2, 2..5, 5..7, 7..10]);
        assert_eq!((0..4).map(|index| part(&(7..9), index, 4)).collect::<Vec<_>>(), [7..8, 7..8, 8..9, 8..9]);
        assert_eq!(part(&(3..3), 0, 5), 3..3);
    }
}
