//! What the panes show, computed before drawing and kept: a frame with one new step costs one column.
//!
//! It is plain data of a [`super::scene::Scene`]: [`super::prepare`] updates it, [`super::render`] only reads it.
//!
//! ```
//! use nablatop::tui::render_cache::RenderCache;
//! use nablatop::tui::scene::Scene;
//! use nablatop::tui::source::SourceKind;
//!
//! let mut scene = Scene::new(SourceKind::Live);
//! scene.cache = RenderCache::default(); // the next frame is computed from scratch
//! assert!(scene.last_step().is_none());
//! ```

mod heatmap_cache;

use std::collections::BTreeMap;

use super::axis::StepAxis;
use crate::history::{Cell, Revision, ScalarBucket};
use crate::profile::Profile;
use crate::quantity::Quantity;
use crate::theory::{NotApplicable, Prediction};
use crate::units::Step;

pub use heatmap_cache::HeatmapCache;
pub(super) use heatmap_cache::HeatmapKey;

/// Everything computed for the panes in view.
#[derive(Clone, Debug, Default)]
pub struct RenderCache {
    /// Heatmaps by lane.
    pub(crate) heatmaps: BTreeMap<usize, HeatmapCache>,
    /// Loss of every lane over the columns of the loss chart, two to a cell.
    pub(crate) losses: Vec<Vec<Option<ScalarBucket>>>,
    /// ρ of every lane over the columns of its chart, two to a cell; empty if that chart is not shown.
    pub(crate) rhos: Vec<Vec<Option<ScalarBucket>>>,
    /// Depth profile of every lane at the cursor's step.
    pub(crate) profiles: Vec<Vec<Cell>>,
    /// Fit of every lane's signal over its blocks at the cursor's step.
    pub(crate) signals: Vec<Profile>,
    /// Theory's prediction for every lane, or why there is none; computed once per lane.
    pub(crate) theories: Vec<Result<Prediction, NotApplicable>>,
    /// The prediction on the axis of the quantity in view, one value per layer; empty if there is none.
    pub(crate) predicted: Vec<Vec<Cell>>,
    /// The values below which the theory expects 2.5 % and 97.5 % of all nets, likewise.
    pub(crate) bands: [Vec<Vec<Cell>>; 2],
    /// Largest |log-ratio|, or difference, shown; 0 if no lanes are compared.
    pub(crate) largest_ratio: f32,
    /// What the curves were computed for.
    pub(super) curves_key: Option<CurvesKey>,
}

/// What losses, ρ, profiles, signals and predictions depend on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CurvesKey {
    pub(super) axis: StepAxis,
    /// Dots across the loss chart.
    pub(super) loss_dots: usize,
    /// Dots across the chart of ρ.
    pub(super) rho_dots: usize,
    pub(super) newest: Option<Step>,
    pub(super) revisions: Vec<Revision>,
    /// The step of every lane whose values are shown.
    pub(super) shown_steps: Vec<Option<Step>>,
    pub(super) quantity: Quantity,
}

impl RenderCache {
    /// The log-ratio of a lane to the first at a pixel of a pane, or the difference on a linear axis; a value that
    /// cannot be compared is returned itself.
    #[must_use]
    pub(crate) fn ratio(&self, lane: usize, pixel: usize, bin: usize) -> Cell {
        let cell = |lane: usize| self.heatmaps.get(&lane).map_or(Cell::Empty, |heatmap| heatmap.at(pixel, bin));
        compare(cell(lane), cell(0))
    }

    /// Largest finite |log-ratio| of what is in view.
    pub(super) fn largest_finite_ratio(&self) -> f32 {
        let mut largest = 0.0f32;
        for (&lane, heatmap) in self.heatmaps.range(1..) {
            for pixel in 0..heatmap.pixels() {
                for bin in 0..heatmap.bins() {
                    if let Cell::Value(ratio) = self.ratio(lane, pixel, bin) {
                        largest = largest.max(ratio.abs());
                    }
                }
            }
        }
        largest
    }
}

/// other ÷ first on a logarithmic axis, other − first on a linear one, where 0 is an ordinary value. If either is
/// special, the more serious one is returned; a value ÷ 0 is infinite, and 0 ÷ 0 is NaN.
fn compare(other: Cell, first: Cell) -> Cell {
    match (other, first) {
        (Cell::Value(other), Cell::Value(first)) => Cell::Value(other - first),
        (Cell::Empty, _) | (_, Cell::Empty) => Cell::Empty,
        (Cell::Nan, _) | (_, Cell::Nan) | (Cell::Zero, Cell::Zero) => Cell::Nan,
        (Cell::Infinite, _) | (_, Cell::Infinite) | (Cell::Value(_), Cell::Zero) => Cell::Infinite,
        (Cell::Absent, _) | (_, Cell::Absent) => Cell::Absent,
        (Cell::Zero, Cell::Value(_)) => Cell::Zero,
    }
}
