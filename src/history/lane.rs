//! One lane's history (skeleton: signatures that the screen relies on).

use std::ops::Range;
use std::sync::Arc;

use super::{Cell, Reduce, Scalar, ScalarBucket};
use crate::event::{EvalRecord, LaneEnd, StepRecord};
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

/// Steps of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneHistory {
    quantities: Vec<Quantity>,
    layers: usize,
    end: Option<LaneEnd>,
    evals: Vec<EvalRecord>,
    recent: Vec<Arc<StepRecord>>,
}

impl LaneHistory {
    pub(super) fn new(quantities: &[Quantity], layers: usize) -> Self {
        Self { quantities: quantities.to_vec(), layers, end: None, evals: Vec::new(), recent: Vec::new() }
    }
    pub(super) fn push(&mut self, record: &Arc<StepRecord>) {
        self.recent.push(Arc::clone(record));
    }
    pub(super) fn push_eval(&mut self, eval: EvalRecord) {
        self.evals.push(eval);
    }
    pub(super) fn finish(&mut self, end: LaneEnd) {
        self.end = Some(end);
    }
    /// Number of layers, stem and head included.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.layers
    }
    /// First step seen.
    #[must_use]
    pub fn first_step(&self) -> Option<Step> {
        self.recent.first().map(|record| record.step)
    }
    /// Newest step seen.
    #[must_use]
    pub fn last_step(&self) -> Option<Step> {
        self.recent.last().map(|record| record.step)
    }
    /// Newest record.
    #[must_use]
    pub fn latest(&self) -> Option<&StepRecord> {
        self.recent.last().map(Arc::as_ref)
    }
    /// The newest *measured* record at or before `step` (or of all, when `None`) that is still held exactly.
    #[must_use]
    pub fn record(&self, step: Option<Step>) -> Option<&StepRecord> {
        let _ = step;
        self.latest()
    }
    /// Exact value at a step while it is recent; `None` = absent or no longer exact.
    #[must_use]
    pub fn value(&self, quantity: Quantity, layer: LayerId, step: Step) -> Option<f32> {
        let _ = (quantity, layer, step);
        None
    }
    /// Heatmap window, row-major [rows × columns]: `layers` split evenly over `rows`, `steps` over `columns`.
    /// A window with more rows than layers repeats layers.
    #[must_use]
    pub fn window(
        &self,
        quantity: Quantity,
        layers: Range<usize>,
        rows: usize,
        steps: Range<u64>,
        columns: usize,
        reduce: Reduce,
    ) -> Vec<Cell> {
        let _ = (quantity, layers, steps, reduce);
        vec![Cell::Empty; rows * columns]
    }
    /// One quantity over all layers at (the bucket of) a step, on the quantity's axis.
    #[must_use]
    pub fn profile(&self, quantity: Quantity, step: Step) -> Vec<Cell> {
        let _ = (quantity, step);
        vec![Cell::Empty; self.layers]
    }
    /// Least and largest finite non-zero value ever seen on the quantity's axis (log₁₀ |v| or v).
    #[must_use]
    pub fn range(&self, quantity: Quantity) -> Option<(f32, f32)> {
        let _ = quantity;
        None
    }
    /// A per-step value over a window of steps.
    #[must_use]
    pub fn scalar(&self, scalar: Scalar, steps: Range<u64>, columns: usize) -> Vec<Option<ScalarBucket>> {
        let _ = (scalar, steps);
        vec![None; columns]
    }
    /// Evaluations on the held-out split.
    #[must_use]
    pub fn evals(&self) -> &[EvalRecord] {
        &self.evals
    }
    /// How the lane ended, once it did.
    #[must_use]
    pub fn end(&self) -> Option<&LaneEnd> {
        self.end.as_ref()
    }
}
