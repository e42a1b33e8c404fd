//! The two axes of every heatmap. Steps run from left to right, layers from top to bottom.
//!
//! Nothing scrolls: while the whole run is shown, the window covers the steps 1 … k·C, where C is the number of columns
//! and k the smallest power of two that holds the newest step. The heatmap fills from left to right and halves in width
//! when k doubles, so that a frame with one new column changes one column of the terminal. When no more steps can come,
//! the window is 1 … the last step, and the heatmap fills all columns.

use std::ops::Range;

/// Maps steps to columns; every bin holds whole steps, so that a part of the heatmap can be computed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepAxis {
    /// First step in view.
    first: u64,
    /// Columns of cells.
    columns: u16,
    grain: Grain,
}

/// The number of steps per column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    /// A power of two.
    StepsPerColumn(u64),
    /// A power of two.
    ColumnsPerStep(u16),
    /// This many steps, split evenly over all columns.
    Filled(u64),
}

impl StepAxis {
    /// The whole run, from step 1 to the newest, with room to grow.
    #[must_use]
    pub(crate) fn whole(columns: u16, newest: u64) -> Self {
        let columns = columns.max(1);
        let per_column = newest.div_ceil(u64::from(columns)).max(1).checked_next_power_of_two().unwrap_or(1 << 63);
        Self { first: 1, columns, grain: Grain::StepsPerColumn(per_column) }
    }

    /// The whole of a run that has ended, from step 1 to the last.
    #[must_use]
    pub(crate) fn filled(columns: u16, last: u64) -> Self {
        Self { first: 1, columns: columns.max(1), grain: Grain::Filled(last.max(1)) }
    }

    /// At least these steps; the width of a bin is a power of two.
    #[must_use]
    pub(crate) fn of(columns: u16, steps: &Range<u64>) -> Self {
        let columns = columns.max(1);
        let span = steps.end.saturating_sub(steps.start).max(1);
        let wide = u64::from(columns) / span;
        if wide >= 2 {
            let per_step = 1 << wide.ilog2();
            return Self { first: steps.start.max(1), columns, grain: Grain::ColumnsPerStep(per_step) };
        }
        // Bins begin at the same steps as when the whole run is shown, and therefore at the buckets of the history.
        let whole = Self::whole(columns, span);
        let per_bin = whole.steps_per_bin();
        Self { first: steps.start.saturating_sub(1) / per_bin * per_bin + 1, ..whole }
    }

    /// Steps shown.
    #[must_use]
    pub(crate) fn steps(&self) -> Range<u64> {
        let span = match self.grain {
            Grain::StepsPerColumn(steps) => u64::from(self.columns).saturating_mul(steps),
            Grain::ColumnsPerStep(columns) => u64::from(self.columns.div_ceil(columns)),
            Grain::Filled(steps) => steps,
        };
        self.first..self.first.saturating_add(span)
    }

    /// Columns of cells.
    #[must_use]
    pub(crate) fn columns(&self) -> u16 {
        self.columns
    }

    /// Number of bins: that of columns, or fewer if a step is wider than a column.
    #[must_use]
    pub(crate) fn bins(&self) -> usize {
        match self.grain {
            Grain::StepsPerColumn(_) => usize::from(self.columns),
            Grain::ColumnsPerStep(columns) => usize::from(self.columns.div_ceil(columns)),
            Grain::Filled(steps) => steps.min(u64::from(self.columns)) as usize,
        }
    }

    /// Whether all bins hold the same number of steps.
    #[must_use]
    pub(crate) fn is_even(&self) -> bool {
        !matches!(self.grain, Grain::Filled(steps) if !steps.is_multiple_of(self.bins() as u64))
    }

    /// Minimum number of steps in a bin.
    #[must_use]
    pub(crate) fn steps_per_bin(&self) -> u64 {
        match self.grain {
            Grain::StepsPerColumn(steps) => steps,
            Grain::ColumnsPerStep(_) => 1,
            Grain::Filled(steps) => steps / self.bins() as u64,
        }
    }

    /// The bin that a column shows.
    #[must_use]
    pub(crate) fn bin_of_column(&self, column: u16) -> usize {
        match self.grain {
            Grain::StepsPerColumn(_) => usize::from(column),
            Grain::ColumnsPerStep(columns) => usize::from(column / columns),
            Grain::Filled(_) => usize::from(column) * self.bins() / usize::from(self.columns),
        }
    }

    /// The bin that holds a step, unless it is outside.
    #[must_use]
    pub(crate) fn bin_of_step(&self, step: u64) -> Option<usize> {
        self.steps().contains(&step).then(|| match self.grain {
            // The last bin that begins at or before the step.
            Grain::Filled(steps) => {
                let (after, bins) = (u128::from(step - self.first) + 1, self.bins() as u128);
                (after * bins).div_ceil(u128::from(steps)) as usize - 1
            }
            _ => ((step - self.first) / self.steps_per_bin()) as usize,
        })
    }

    /// The bins that hold any of these steps; empty if all are outside.
    #[must_use]
    pub(crate) fn bins_of_steps(&self, steps: &Range<u64>) -> Range<usize> {
        let all = self.steps();
        let (first, end) = (steps.start.max(all.start), steps.end.min(all.end));
        if first >= end {
            return 0..0;
        }
        let bin = |step| self.bin_of_step(step).unwrap_or(0);
        bin(first)..bin(end - 1) + 1
    }

    /// Steps of the bins in a range.
    #[must_use]
    pub(crate) fn steps_of_bins(&self, bins: Range<usize>) -> Range<u64> {
        let first_step_of = |bin: usize| match self.grain {
            Grain::Filled(steps) => self.first + (u128::from(steps) * bin as u128 / self.bins() as u128) as u64,
            _ => self.first.saturating_add((bin as u64).saturating_mul(self.steps_per_bin())),
        };
        first_step_of(bins.start)..first_step_of(bins.end)
    }

    /// The columns that show a step, unless it is outside.
    #[must_use]
    pub(crate) fn columns_of_step(&self, step: u64) -> Option<Range<u16>> {
        let bin = self.bin_of_step(step)? as u16;
        Some(match self.grain {
            Grain::StepsPerColumn(_) => bin..bin + 1,
            Grain::ColumnsPerStep(columns) => bin * columns..(bin + 1).saturating_mul(columns).min(self.columns),
            Grain::Filled(_) => {
                let (columns, bins) = (usize::from(self.columns), self.bins());
                let first_column_of = |bin: usize| (bin * columns).div_ceil(bins) as u16;
                first_column_of(usize::from(bin))..first_column_of(usize::from(bin) + 1)
            }
        })
    }

    /// The last step that a column shows, which a click selects.
    #[must_use]
    pub(crate) fn step_at(&self, column: u16) -> u64 {
        let bin = self.bin_of_column(column);
        self.steps_of_bins(bin..bin + 1).end.saturating_sub(1)
    }
}

/// Maps the layers of one lane to rows of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LayerAxis {
    /// Layers shown.
    pub(crate) layers: Range<usize>,
    /// Rows of pixels.
    pub(crate) pixels: usize,
}

impl LayerAxis {
    /// The part of a lane's `layers` layers within a relative depth; at least one if there are any.
    #[must_use]
    pub(crate) fn new(layers: usize, depth: &Range<f64>, pixels: usize) -> Self {
        let layer_at = |depth: f64| (depth.clamp(0.0, 1.0) * layers as f64).round() as usize;
        let start = layer_at(depth.start).min(layers.saturating_sub(1));
        Self { layers: start..layer_at(depth.end).clamp((start + 1).min(layers), layers), pixels }
    }

    /// Rows to request from the history: that of pixels, or fewer if a layer is taller than a pixel.
    #[must_use]
    pub(crate) fn rows(&self) -> usize {
        self.pixels.min(self.layers.len())
    }

    /// The row of history that a pixel shows.
    #[must_use]
    pub(crate) fn row_of_pixel(&self, pixel: usize) -> usize {
        pixel * self.rows() / self.pixels.max(1)
    }

    /// The first layer that a pixel shows.
    #[must_use]
    pub(crate) fn layer_at(&self, pixel: usize) -> usize {
        let row = self.row_of_pixel(pixel);
        self.layers.start + row * self.layers.len() / self.rows().max(1)
    }

    /// The pixels that show a layer; empty if it is outside.
    #[must_use]
    pub(crate) fn pixels_of(&self, layer: usize) -> Range<usize> {
        if !self.layers.contains(&layer) {
            return 0..0;
        }
        let rows = self.rows();
        // Row r holds the layers r·n/rows … (r + 1)·n/rows, so the row of a layer is the last one that starts at or
        // before it.
        let row = ((layer - self.layers.start + 1) * rows).div_ceil(self.layers.len()).saturating_sub(1);
        (row * self.pixels).div_ceil(rows)..((row + 1) * self.pixels).div_ceil(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_run_is_in_view_and_a_bin_is_a_power_of_two() {
        for (newest, per_bin) in [(0, 1), (1, 1), (60, 1), (61, 2), (120, 2), (121, 4), (100_000, 2048)] {
            let axis = StepAxis::whole(60, newest);
            assert_eq!(axis.steps_per_bin(), per_bin);
            assert_eq!(axis.steps(), 1..60 * per_bin + 1);
            assert!(newest == 0 || axis.bin_of_step(newest).is_some());
        }
    }

    #[test]
    fn a_short_window_gives_a_step_several_columns() {
        let axis = StepAxis::of(60, &(100..110));
        assert_eq!((axis.bins(), axis.steps()), (15, 100..115));
        assert_eq!(axis.columns_of_step(101), Some(4..8));
        assert_eq!((axis.step_at(0), axis.step_at(4), axis.bin_of_column(59)), (100, 101, 14));
        assert_eq!(axis.bin_of_step(99), None);
    }

    #[test]
    fn an_ended_run_fills_all_columns_and_steps_and_columns_find_each_other() {
        for (columns, last) in
            [(60, 1), (60, 7), (60, 59), (60, 60), (60, 61), (60, 90), (60, 2000), (1, 5), (7, 10_007)]
        {
            let axis = StepAxis::filled(columns, last);
            assert_eq!(
                (axis.steps(), axis.step_at(0).max(1), axis.step_at(columns - 1)),
                (1..last + 1, axis.step_at(0), last)
            );
            for step in 1..=last {
                let bin = axis.bin_of_step(step).expect("in view");
                assert!(axis.steps_of_bins(bin..bin + 1).contains(&step), "{columns} {last} {step}");
                for column in axis.columns_of_step(step).expect("in view") {
                    assert_eq!(axis.bin_of_column(column), bin);
                }
            }
            let shown = (1..=last).filter_map(|step| axis.columns_of_step(step)).all(|columns| !columns.is_empty());
            assert!(shown && axis.bin_of_step(last + 1).is_none());
        }
    }

    #[test]
    fn every_pixel_and_layer_find_each_other() {
        for (layers, pixels) in [(52, 76), (52, 20), (1002, 80), (3, 9), (1, 1), (7, 7)] {
            let axis = LayerAxis::new(layers, &(0.0..1.0), pixels);
            for pixel in 0..pixels {
                assert!(axis.pixels_of(axis.layer_at(pixel)).contains(&pixel), "{layers} {pixels} {pixel}");
            }
            let covered: usize =
                (0..axis.rows()).map(|row| (0..pixels).filter(|&p| axis.row_of_pixel(p) == row).count()).sum();
            assert_eq!(covered, pixels);
        }
        assert_eq!(LayerAxis::new(0, &(0.0..1.0), 5).layers, 0..0);
        assert_eq!(LayerAxis::new(100, &(0.999..0.9991), 5).layers.len(), 1);
    }
}
