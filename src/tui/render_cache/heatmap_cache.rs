//! The cells of one heatmap. Only columns that changed are recomputed: those of the steps that the lane's history names
//! since the last time, and those that the newest shown step has passed. In every frame the cells equal those computed
//! from scratch, in whatever order the lanes' steps arrived.

use std::ops::Range;

use crate::history::{Cell, LaneHistory, Reduce, Revision, Window};
use crate::quantity::Quantity;
use crate::tui::axis::{LayerAxis, StepAxis};

/// What the cells of a heatmap depend on, except for the newest step.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::tui) struct HeatmapKey {
    pub(in crate::tui) quantity: Quantity,
    pub(in crate::tui) layers: LayerAxis,
    pub(in crate::tui) axis: StepAxis,
    pub(in crate::tui) reduce: Reduce,
}

/// The cells of one heatmap: rows of history × bins of steps.
#[derive(Clone, Debug, Default)]
pub struct HeatmapCache {
    key: Option<HeatmapKey>,
    /// Row-major.
    cells: Vec<Cell>,
    /// The newest step that is shown.
    newest: u64,
    /// The state of the lane's history at that time.
    revision: Revision,
}

impl HeatmapCache {
    /// The cell at a row of pixels and a bin of steps.
    #[must_use]
    pub(crate) fn at(&self, pixel: usize, bin: usize) -> Cell {
        let Some(key) = &self.key else { return Cell::Empty };
        let row = key.layers.row_of_pixel(pixel);
        self.cells.get(row * key.axis.bins() + bin).copied().unwrap_or(Cell::Empty)
    }

    /// Rows of pixels.
    #[must_use]
    pub(crate) fn pixels(&self) -> usize {
        self.key.as_ref().map_or(0, |key| key.layers.pixels)
    }

    /// Bins of steps.
    #[must_use]
    pub(crate) fn bins(&self) -> usize {
        self.key.as_ref().map_or(0, |key| key.axis.bins())
    }

    /// Its axis of layers.
    #[must_use]
    pub(crate) fn layers(&self) -> Option<&LayerAxis> {
        self.key.as_ref().map(|key| &key.layers)
    }

    /// Its axis of steps.
    #[must_use]
    pub fn axis(&self) -> Option<&StepAxis> {
        self.key.as_ref().map(|key| &key.axis)
    }

    /// Recomputes the columns that have changed.
    pub(in crate::tui) fn bring_up_to(&mut self, key: HeatmapKey, newest: u64, history: &LaneHistory) {
        let revision = history.revision();
        if self.key.as_ref() == Some(&key) {
            let changed = history.changed_since(key.quantity, &self.revision);
            // The bin of the former newest step may have gained steps, or lost some by a seek.
            let passed = if newest == self.newest {
                0..0
            } else {
                self.newest.min(newest)..self.newest.max(newest).saturating_add(1)
            };
            for steps in changed.into_iter().chain([passed]).filter(|steps| !steps.is_empty()) {
                fill(&mut self.cells, &key, key.axis.bins_of_steps(&steps), newest, history);
            }
        } else {
            let bins = key.axis.bins();
            self.cells = vec![Cell::Empty; key.layers.rows() * bins];
            fill(&mut self.cells, &key, 0..bins, newest, history);
        }
        self.newest = newest;
        self.revision = revision;
        self.key = Some(key);
    }
}

/// Computes bins; those after the newest step are empty.
fn fill(cells: &mut [Cell], key: &HeatmapKey, stale: Range<usize>, newest: u64, history: &LaneHistory) {
    let bins = key.axis.bins();
    for row in cells.chunks_exact_mut(bins) {
        row.get_mut(stale.clone()).unwrap_or_default().fill(Cell::Empty);
    }
    let end = newest + 1;
    let whole = stale.clone().take_while(|&bin| key.axis.steps_of_bins(bin..bin + 1).end <= end).count();
    let whole = stale.start..stale.start + whole;
    let partial = whole.end..(whole.end + 1).min(stale.end);
    // Several uneven bins cannot be split evenly.
    let parts: Vec<_> = if key.axis.is_even() || whole == (0..bins) {
        vec![whole, partial]
    } else {
        (whole.start..partial.end).map(|bin| bin..bin + 1).collect()
    };
    for part in parts {
        let steps = key.axis.steps_of_bins(part.clone());
        let steps = steps.start..steps.end.min(end);
        if part.is_empty() || steps.is_empty() {
            continue;
        }
        let (rows, columns) = (key.layers.rows(), part.len());
        let window = Window { layers: key.layers.layers.clone(), rows, steps, columns, reduce: key.reduce };
        let found = history.window(key.quantity, &window);
        for (row, found) in cells.chunks_exact_mut(bins).zip(found.chunks_exact(columns)) {
            if let Some(place) = row.get_mut(part.clone()) {
                place.copy_from_slice(found);
            }
        }
    }
}
