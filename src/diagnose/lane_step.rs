//! One measured step of a lane, as a rule reads it.

use super::loss_trend::LossTrend;
use super::missing::Missing;
use super::signal::Signal;
use super::symptom::Severity;
use crate::event::StepRecord;
use crate::grid::Value;
use crate::quantity::Quantity;
use crate::units::LayerId;

/// One measured step of a lane.
pub(super) struct LaneStep<'a> {
    pub(super) record: &'a StepRecord,
    /// The quantities of the record's rows.
    pub(super) quantities: &'a [Quantity],
    /// The rows over which depth is counted, stem and head left out.
    pub(super) depth: &'a [LayerId],
    /// The signal over them, or what is missing to compare it.
    pub(super) signal: Result<Signal, Missing>,
    pub(super) loss: &'a LossTrend,
}

impl<'a> LaneStep<'a> {
    /// Reads a step.
    pub(super) fn new(
        record: &'a StepRecord,
        quantities: &'a [Quantity],
        depth: &'a [LayerId],
        loss: &'a LossTrend,
    ) -> Self {
        let mut step = Self { record, quantities, depth, signal: Err(Missing::Step), loss };
        let row = step.row(Quantity::SignalNorm);
        let value = |layer: &LayerId| row.get(layer.index()).and_then(|value| value.get());
        step.signal = Signal::of(depth.iter().map(value).collect());
        step
    }

    /// How bad it is that something was found: an error if the loss suffers.
    pub(super) fn severity(&self) -> Severity {
        if self.loss.suffers() { Severity::Error } else { Severity::Warning }
    }

    /// One quantity over all rows; empty if it was not measured.
    pub(super) fn row(&self, quantity: Quantity) -> &'a [Value] {
        let place = self.quantities.iter().position(|measured| *measured == quantity);
        place.map_or(&[], |place| self.record.values.row(place))
    }
}
