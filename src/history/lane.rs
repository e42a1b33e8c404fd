//! One lane's history: the first steps and the newest exactly, all steps in buckets.

mod held;
mod moment;
pub(super) mod revision;
mod snapshots;

use std::ops::Range;
use std::sync::Arc;

use self::snapshots::Snapshots;
use super::bucket::{CELL_BYTES, GridBucket};
use super::health::Ceiling;
use super::ranges::Ranges;
use super::recent::Recent;
use super::scalars::{ScalarValues, Scalars};
use super::share::Share;
use super::slope::Blocks;
use super::timeline::Timeline;
use super::window::{Gathered, Window};
use super::{Cell, Reduce, Scalar, ScalarBucket};
use crate::event::{Dated, EvalRecord, LaneEnd, Snapshot, SnapshotOf, StepRecord};
use crate::grid::Grid;
use crate::layer::LayerTable;
use crate::measurement::Measurement;
use crate::quantity::{Axis, Quantity};
use crate::units::Step;

/// Share of a lane's bytes for exact records; the rest is for buckets.
const RECENT_SHARE: usize = 4;
/// Minimum number of buckets: with fewer a heatmap shows nothing useful.
const LEAST_BUCKETS: usize = 32;
/// The same minimum if many other lanes are shown.
const FEWEST_BUCKETS: usize = 4;
/// Maximum number of buckets: four times the columns of a wide terminal.
const MOST_BUCKETS: usize = 2048;
/// Buckets of per-step values; 168 bytes each.
const SCALAR_BUCKETS: usize = 4096;
/// Number of evaluations that are kept, the newest.
const MOST_EVALS: usize = 4096;

/// Steps of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneHistory {
    quantities: Vec<Quantity>,
    axes: Vec<Axis>,
    layers: usize,
    blocks: Blocks,
    recent: Recent,
    grids: Timeline<GridBucket>,
    scalars: Timeline<Scalars>,
    ranges: Ranges,
    snapshots: Snapshots,
    evals: Vec<EvalRecord>,
    first_step: Option<Step>,
    /// The loss above which it has blown up, known after the first loss.
    ceiling: Option<Ceiling>,
    first_measured: Option<Arc<StepRecord>>,
    /// Steps that were measured again in more detail.
    reruns: u64,
    end: Option<LaneEnd>,
}

impl LaneHistory {
    /// An empty history that takes about its share of bytes when full.
    pub(super) fn new(quantities: &[Quantity], layers: &LayerTable, share: Share) -> Self {
        let cells = quantities.len() * layers.len();
        let recent = share.bytes / RECENT_SHARE;
        let buckets = (share.bytes - recent) / (cells * CELL_BYTES).max(1);
        let least = share.of(LEAST_BUCKETS, FEWEST_BUCKETS);
        // With a power of two the columns of a heatmap never divide a bucket.
        let capacity = (buckets.clamp(least, MOST_BUCKETS) + 1).next_power_of_two() / 2;
        Self {
            quantities: quantities.to_vec(),
            axes: quantities.iter().map(|quantity| quantity.definition().axis).collect(),
            layers: layers.len(),
            blocks: Blocks::of(layers),
            recent: Recent::new(Share { bytes: recent, ..share }, StepRecord::bytes(cells)),
            grids: Timeline::new(capacity),
            scalars: Timeline::new(SCALAR_BUCKETS),
            snapshots: Snapshots::new(layers, share),
            ranges: Ranges::new(quantities.len()),
            evals: Vec::new(),
            first_step: None,
            ceiling: None,
            first_measured: None,
            reruns: 0,
            end: None,
        }
    }

    /// Adds a step; a step that is not newer than the newest is ignored (a trace that was written twice).
    pub(super) fn push(&mut self, record: &Arc<StepRecord>) {
        if self.last_step().is_some_and(|last| record.step <= last) {
            return;
        }
        self.first_step.get_or_insert(record.step);
        if let Some(loss) = record.loss {
            self.ceiling.get_or_insert_with(|| Ceiling::over(loss));
        }
        self.recent.push(record);
        let scalars = self.scalars_of(record);
        self.scalars.bucket_mut(record.step, Scalars::new).push(scalars);
        if record.is_measured() {
            self.first_measured.get_or_insert_with(|| Arc::clone(record));
            self.take_in(record, &record.values);
        }
    }

    /// Adds values that a step lacks which is still held exactly; values that it has already are kept.
    pub(super) fn rerun(&mut self, record: &Arc<StepRecord>) {
        let Some(held) = self.recent.held(record.step) else { return };
        let (rows, layers) = (self.quantities.len(), self.layers);
        if record.values.layers() != layers || record.values.quantities() != rows {
            return;
        }
        let mut news = Grid::absent(rows, layers);
        let mut together = StepRecord { values: record.values.clone(), ..StepRecord::clone(held) };
        together.accuracy = held.accuracy.or(record.accuracy);
        together.global_grad_norm = held.global_grad_norm.or(record.global_grad_norm);
        for row in 0..rows {
            let told = held.values.row(row);
            if told.iter().all(|value| value.is_absent()) {
                news.row_mut(row).copy_from_slice(record.values.row(row));
            } else {
                together.values.row_mut(row).copy_from_slice(told);
            }
        }
        let (told, mut scalars) = (self.scalars_of(held), self.scalars_of(&together));
        scalars.iter_mut().zip(told).filter(|(_, told)| told.is_some()).for_each(|(scalar, _)| *scalar = None);
        self.scalars.bucket_mut(record.step, Scalars::new).push(scalars);
        self.take_in(&together, &news);
        self.recent.replace(together);
        self.reruns += 1;
    }

    /// Adds the new values of a step.
    fn take_in(&mut self, record: &StepRecord, values: &Grid) {
        let health = self.ceiling.unwrap_or_default().health(record.loss);
        let Self { axes, layers, .. } = self;
        self.grids.take(record.step, || GridBucket::of(values, axes, *layers), |bucket| bucket.push(values, axes));
        self.ranges.take(values, axes, health);
    }

    /// Adds a snapshot.
    pub(super) fn push_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        self.snapshots.push(snapshot);
    }

    /// The newest kept snapshot of a kind at or before a step.
    #[must_use]
    pub fn snapshot<T: SnapshotOf>(&self, step: Step) -> Option<Dated<'_, T>> {
        self.snapshots.at(step)
    }

    pub(super) fn push_eval(&mut self, eval: EvalRecord) {
        if self.evals.len() == MOST_EVALS {
            self.evals.remove(0);
        }
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

    /// First step in the history.
    #[must_use]
    pub fn first_step(&self) -> Option<Step> {
        self.first_step
    }

    /// Newest step in the history.
    #[must_use]
    pub fn last_step(&self) -> Option<Step> {
        self.recent.latest().map(|record| record.step)
    }

    /// The first measured record, which is always kept: theory starts from it.
    #[must_use]
    pub fn first_measured(&self) -> Option<&StepRecord> {
        self.first_measured.as_deref()
    }

    /// Newest record.
    #[must_use]
    pub fn latest(&self) -> Option<&StepRecord> {
        self.recent.latest()
    }

    /// The newest *measured* record at or before `step` (or of all, when `None`) that is still held exactly.
    #[must_use]
    pub fn record(&self, step: Option<Step>) -> Option<&StepRecord> {
        self.recent.measured_at(step.unwrap_or(Step(u64::MAX)))
    }

    /// Heatmap window, row-major [rows × columns].
    ///
    /// A column without a measured step repeats the measurement before it. Columns finer than a bucket are exact while
    /// their steps are held and repeat the bucket otherwise.
    #[must_use]
    pub fn window(&self, quantity: Quantity, window: &Window) -> Vec<Cell> {
        let mut cells = vec![Cell::Empty; window.rows * window.columns];
        let Some(row) = self.row(quantity) else { return cells };
        let row_layers = window.row_layers();
        let mut gathered = Vec::with_capacity(window.rows);
        for column in 0..window.columns {
            gathered.clear();
            gathered.resize(window.rows, Gathered::NOTHING);
            if self.gather(row, &window.column_steps(column), &row_layers, &mut gathered) {
                for (line, found) in gathered.iter().enumerate() {
                    cells[line * window.columns + column] = found.cell(self.axes[row], window.reduce);
                }
            }
        }
        cells
    }

    /// Gathers one column; `false` if it covers no step.
    fn gather(&self, row: usize, steps: &Range<u64>, layers: &[Range<usize>], gathered: &mut [Gathered]) -> bool {
        let (Some(first), Some(last)) = (self.first_step, self.last_step()) else { return false };
        if steps.is_empty() || steps.end <= first.0 || steps.start > last.0 {
            return false;
        }
        let newest = Step(steps.end - 1);
        let mut found = false;
        if self.recent.holds(steps) && steps.end - steps.start < self.grids.width() {
            let here = self.recent.within(steps).filter(|record| self.holds(record, row));
            let held = || self.recent.newest(newest, |record| self.holds(record, row));
            for record in or_else(here, held) {
                found = true;
                let values = record.values.row(row);
                for (cell, layers) in gathered.iter_mut().zip(layers) {
                    cell.take_step(values, layers.clone(), self.axes[row]);
                }
            }
        }
        if !found {
            let here = self.grids.overlapping(steps).filter(|bucket| self.bucket_holds(bucket, row));
            let held = || self.grids.newest(newest, |bucket| self.bucket_holds(bucket, row)).map(|(_, bucket)| bucket);
            for bucket in or_else(here, held) {
                found = true;
                let values = bucket.row(row);
                for (cell, layers) in gathered.iter_mut().zip(layers) {
                    cell.take_bucket(&values, layers.clone());
                }
            }
        }
        // The step was measured, but without this quantity: absent rather than not reached.
        found || self.grids.newest(newest, |_| true).is_some()
    }

    /// Whether any layer ever had a value of the quantity, finite or not.
    #[must_use]
    pub fn has(&self, quantity: Quantity) -> bool {
        self.row(quantity).is_some_and(|row| self.ranges.has(row))
    }

    /// Least and largest finite value on the quantity's axis (log₁₀ |v| without zeros, or v), for a scale. Steps at
    /// which the lane had blown up do not count unless there are no others.
    #[must_use]
    pub fn range(&self, quantity: Quantity) -> Option<(f32, f32)> {
        let row = self.row(quantity)?;
        self.ranges.of(row, self.axes[row])
    }

    /// The same over all steps.
    #[must_use]
    pub fn extent(&self, quantity: Quantity) -> Option<(f32, f32)> {
        let row = self.row(quantity)?;
        self.ranges.extent(row, self.axes[row])
    }

    /// The loss above which the lane has blown up; ∞ if its first loss allows no comparison.
    #[must_use]
    pub fn loss_ceiling(&self) -> f32 {
        self.ceiling.unwrap_or_default().loss()
    }

    /// A per-step value over a window of steps.
    #[must_use]
    pub fn scalar(&self, scalar: Scalar, steps: Range<u64>, columns: usize) -> Vec<Option<ScalarBucket>> {
        let window = Window { layers: 0..0, rows: 0, steps, columns, reduce: Reduce::Extreme };
        (0..columns).map(|column| self.scalar_within(scalar, &window.column_steps(column))).collect()
    }

    fn scalar_within(&self, scalar: Scalar, steps: &Range<u64>) -> Option<ScalarBucket> {
        let mut together = ScalarBucket::EMPTY;
        if self.recent.holds(steps) && steps.end - steps.start < self.scalars.width() {
            self.recent
                .within(steps)
                .filter_map(|record| self.scalar_of(scalar, record))
                .for_each(|value| together.push(value));
        } else {
            self.scalars
                .overlapping(steps)
                .filter_map(|scalars| scalars.get(scalar))
                .for_each(|bucket| together.merge(bucket));
        }
        (together.count > 0).then_some(together)
    }

    fn scalars_of(&self, record: &StepRecord) -> ScalarValues {
        Scalar::ALL.map(|scalar| self.scalar_of(scalar, record))
    }

    fn scalar_of(&self, scalar: Scalar, record: &StepRecord) -> Option<f32> {
        match scalar {
            Scalar::Rho => self.rho(record),
            other => other.of(record),
        }
    }

    /// The signal's factor per block, fitted over the blocks of a measured step.
    fn rho(&self, record: &StepRecord) -> Option<f32> {
        let row = self.row(Quantity::SignalNorm).filter(|_| record.is_measured())?;
        self.blocks.rho(record.values.row(row))
    }

    /// Evaluations on the held-out split, the newest 4,096.
    #[must_use]
    pub fn evals(&self) -> &[EvalRecord] {
        &self.evals
    }

    /// How the lane ended, once it did.
    #[must_use]
    pub fn end(&self) -> Option<&LaneEnd> {
        self.end.as_ref()
    }

    /// Whether a step has values of a quantity: every measured step has most quantities, and only some have the costly
    /// ones.
    fn holds(&self, record: &StepRecord, row: usize) -> bool {
        record.is_measured() && (self.is_always(row) || record.values.row(row).iter().any(|value| !value.is_absent()))
    }

    fn bucket_holds(&self, bucket: &GridBucket, row: usize) -> bool {
        self.is_always(row) || bucket.row(row).count.iter().any(|count| *count > 0)
    }

    fn is_always(&self, row: usize) -> bool {
        self.quantities.get(row).is_some_and(|quantity| quantity.definition().measured_with == Measurement::Layers)
    }

    fn row(&self, quantity: Quantity) -> Option<usize> {
        self.quantities.iter().position(|other| *other == quantity)
    }
}

/// The items, or `instead` if there are none.
fn or_else<T>(items: impl Iterator<Item = T>, instead: impl FnOnce() -> Option<T>) -> impl Iterator<Item = T> {
    let mut items = items.peekable();
    let instead = if items.peek().is_none() { instead() } else { None };
    items.chain(instead)
}
