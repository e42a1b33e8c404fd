//! What one lane's history knows about one step.
//!
//! A quantity that is not measured on every step has the value of the newest measurement at or before;
//! [`LaneHistory::taken`] gives the step of that measurement.

use super::super::window::Gathered;
use super::super::{Cell, CellValue, MeasuredAt, Reduce, Summary};
use super::LaneHistory;
use crate::quantity::{Axis, Quantity};
use crate::units::{LayerId, Step};

impl LaneHistory {
    /// Exact value at (the newest measured step at or before) a step while it is held; `None` = absent or no longer
    /// exact, which [`Self::summary`] distinguishes.
    #[must_use]
    pub fn value(&self, quantity: Quantity, layer: LayerId, step: Step) -> Option<f32> {
        let row = self.row(quantity)?;
        self.recent.newest(step, |record| self.holds(record, row))?.values.row(row).get(layer.index())?.get()
    }

    /// The summary of one cell in the bucket of a step; `None` if nothing was measured before.
    #[must_use]
    pub fn summary(&self, quantity: Quantity, layer: LayerId, step: Step) -> Option<Summary> {
        let index = self.row(quantity)?;
        let (first, bucket) = self.grids.newest(step, |bucket| self.bucket_holds(bucket, index))?;
        let row = bucket.row(index);
        let cell = layer.index();
        let count = *row.count.get(cell)?;
        let (non_finite, _) = row.non_finite(cell);
        let finite = |value: f32| (count > non_finite).then_some(value);
        let mean = match quantity.definition().axis {
            Axis::Log => row.mean[cell].exp2(),
            Axis::Linear => row.mean[cell],
        };
        Some(Summary {
            steps: first.0..first.0 + self.grids.width(),
            min: finite(row.min[cell]),
            max: finite(row.max[cell]),
            mean: finite(mean),
            last: row.last[cell].get(),
            count,
            non_finite,
        })
    }

    /// The value of one cell at a step: exact while it is held, then the summary of its bucket; `None` = absent.
    #[must_use]
    pub fn known(&self, quantity: Quantity, layer: LayerId, step: Step) -> Option<CellValue> {
        let row = self.row(quantity)?;
        if self.recent.newest(step, |record| self.holds(record, row)).is_some() {
            return self.value(quantity, layer, step).map(CellValue::Exactly);
        }
        self.summary(quantity, layer, step).map(CellValue::Roughly)
    }

    /// The step on which the shown value of a quantity was measured; `None` if it was not measured until then.
    #[must_use]
    pub fn taken(&self, quantity: Quantity, step: Step) -> Option<MeasuredAt> {
        let row = self.row(quantity)?;
        if let Some(record) = self.recent.newest(step, |record| self.holds(record, row)) {
            return Some(MeasuredAt::At(record.step));
        }
        let (first, _) = self.grids.newest(step, |bucket| self.bucket_holds(bucket, row))?;
        let last = self.last_step()?.0.min(first.0 + self.grids.width() - 1);
        Some(if last == first.0 { MeasuredAt::At(first) } else { MeasuredAt::Within(first, Step(last)) })
    }

    /// One quantity over all layers at a step (the mean of its bucket if it is no longer exact), on the quantity's
    /// axis.
    #[must_use]
    pub fn profile(&self, quantity: Quantity, step: Step) -> Vec<Cell> {
        let Some(row) = self.row(quantity) else { return vec![Cell::Empty; self.layers] };
        let axis = self.axes[row];
        let exact = self.recent.newest(step, |record| self.holds(record, row)).map(|record| record.values.row(row));
        let bucket = self.grids.newest(step, |bucket| self.bucket_holds(bucket, row));
        let bucket = bucket.map(|(_, bucket)| bucket.row(row));
        let nothing = if self.grids.newest(step, |_| true).is_some() { Cell::Absent } else { Cell::Empty };
        (0..self.layers)
            .map(|layer| {
                let mut cell = Gathered::NOTHING;
                match (exact, &bucket) {
                    (Some(values), _) => cell.take_step(values, layer..layer + 1, axis),
                    (None, Some(bucket)) => cell.take_bucket(bucket, layer..layer + 1),
                    (None, None) => return nothing,
                }
                cell.cell(axis, Reduce::Mean)
            })
            .collect()
    }
}
