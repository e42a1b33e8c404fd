//! The interface through which the payload of a snapshot describes itself.

use super::header::LaneHeader;
use crate::layer::LayerTable;

/// Memory that payloads take in a lane's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Maximum size in bytes of all payloads of the kind.
    pub(crate) budget: usize,
    /// Size of one payload in bytes.
    pub(crate) each: usize,
}

/// The interface of a payload.
pub trait SnapshotPayload: Sized {
    /// The memory that it takes in the history of a lane with these layers.
    fn memory(layers: &LayerTable) -> Memory;

    /// Completes a payload that was read, with what the header says about its lane.
    ///
    /// # Errors
    /// The expectation that the payload violates, if it cannot belong to this lane.
    fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str>;
}
