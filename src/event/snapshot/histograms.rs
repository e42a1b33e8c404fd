//! The distribution of the gradients of every layer, before clipping.

use serde::{Deserialize, Serialize};

use crate::event::header::LaneHeader;
use crate::event::snapshot_payload::{Memory, SnapshotPayload};
use crate::histogram::{BINS, Histogram};
use crate::layer::LayerTable;

/// Maximum size in bytes of all histograms of a lane.
const BUDGET: usize = 8 << 20;
/// Size of one layer in bytes: counts of two signs.
const LAYER_BYTES: usize = 2 * BINS * size_of::<u64>();

/// One histogram per layer; `None` for a layer without a gradient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histograms {
    /// The layers from the stem to the head.
    pub layers: Vec<Option<Histogram>>,
}

impl SnapshotPayload for Histograms {
    fn memory(layers: &LayerTable) -> Memory {
        Memory { budget: BUDGET, each: LAYER_BYTES * layers.len() }
    }

    fn fit(&mut self, lane: &LaneHeader) -> Result<(), &'static str> {
        let fits = |found: &Histogram| found.positive.len().max(found.negative.len()) <= BINS;
        if self.layers.len() == lane.layers.len() && self.layers.iter().flatten().all(fits) {
            Ok(())
        } else {
            Err("counts of every layer, at most 80 of each sign")
        }
    }
}
