//! One measured step of a lane, as a rule reads it.

use super::loss_trend::LossTrend;
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
    pub(super) loss: &'a LossTrend,
}

impl LaneStep<'_> {
    /// How bad it is that something was found: an error if the loss suffers.
    pub(super) fn severity(&self) -> Severity {
        if self.loss.suffers() { Severity::Error } else { Severity::Warning }
    }

    /// One quantity over all rows; `None` if the run does not measure it.
    pub(super) fn row(&self, quantity: Quantity) -> Option<&[Value]> {
        let place = self.quantities.iter().position(|measured| *measured == quantity)?;
        Some(self.record.values.row(place))
    }

    /// One quantity over the depth of the stack, in forward order; `None` if the run does not measure it.
    pub(super) fn over_depth(&self, quantity: Quantity) -> Option<Vec<Option<f32>>> {
        let row = self.row(quantity)?;
        Some(self.depth.iter().map(|layer| row.get(layer.index()).and_then(|value| value.get())).collect())
    }
}
