//! The order in which a step computes what the rules read, and the first value in that order that is no number.
//!
//! ```text
//! forward, stem → head    act_rms, then the loss
//! backward, head → stem   signal_norm, grad_norm
//! update, stem → head     weight_norm, update_ratio
//! ```

use crate::grid::Value;
use crate::quantity::Quantity;
use crate::units::LayerId;

/// The quantities in the order in which a step computes them, each with the direction of its pass.
pub(crate) const ORDER: [(Quantity, PassDirection); 5] = [
    (Quantity::ActRms, PassDirection::Forward),
    (Quantity::SignalNorm, PassDirection::Backward),
    (Quantity::GradNorm, PassDirection::Backward),
    (Quantity::WeightNorm, PassDirection::Forward),
    (Quantity::UpdateRatio, PassDirection::Forward),
];

/// The direction in which a pass goes through the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PassDirection {
    /// From the stem to the head.
    Forward,
    /// From the head to the stem.
    Backward,
}

impl PassDirection {
    /// Rows in the order in which they are computed.
    pub(crate) fn along(self, rows: usize) -> impl Iterator<Item = usize> {
        (0..rows).map(move |index| if self == Self::Forward { index } else { rows - 1 - index })
    }
}

/// The first value that is NaN or infinite; `None` if all are finite. `row` returns a quantity over all rows, empty if
/// it was not measured.
pub(crate) fn first_not_finite<'a>(row: impl Fn(Quantity) -> &'a [Value]) -> Option<(Quantity, LayerId, f32)> {
    ORDER.iter().find_map(|(quantity, way)| {
        let values = row(*quantity);
        way.along(values.len()).find_map(|layer| {
            let value = values[layer].get().filter(|value| !value.is_finite())?;
            Some((*quantity, LayerId(u32::try_from(layer).unwrap_or(u32::MAX)), value))
        })
    })
}
