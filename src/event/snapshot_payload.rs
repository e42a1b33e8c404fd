//! What the payload of a snapshot says about itself.

use super::header::LaneHeader;
use crate::layer::LayerTable;

/// What a payload takes in a lane's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes for all of the kind.
    pub budget: usize,
    /// Bytes of one.
    pub each: usize,
}

/// What a payload says about itself.
pub trait SnapshotPayload: Sized {
    /// What it takes in the history of a lane with these layers.
    fn memory(layers: &LayerTable) -> Memory;

    /// Fits one that was read to its lane.
    ///
    /// # Errors
    /// What was expected, where it cannot belong to this lane.
    fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str>;
}
