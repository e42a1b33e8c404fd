//! Pictures that a diffusion model draws before the update of a step.

use serde::{Deserialize, Serialize};

use crate::event::header::LaneHeader;
use crate::event::snapshot_payload::{Memory, SnapshotPayload};
use crate::layer::LayerTable;

/// Maximum size in bytes of all pictures of a lane.
const BUDGET: usize = 8 << 20;
/// Size in bytes of sixteen pictures of 32² pixels in three colours.
const BYTES: usize = 16 * 3 * 32 * 32;

/// Pictures of one size, from 0 (black) to 255 (white).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    /// Colours: 1 or 3.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Picture by picture, colour by colour, row by row.
    pub pixels: Vec<u8>,
}

impl Samples {
    /// Number of pictures.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pixels.len().checked_div(self.channels * self.height * self.width).unwrap_or(0)
    }

    /// Whether the pixels make whole pictures of one or three colours.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let sides = self.channels.checked_mul(self.height).and_then(|numbers| numbers.checked_mul(self.width));
        let is_divided = sides
            .is_some_and(|numbers| numbers > 0 && !self.pixels.is_empty() && self.pixels.len().is_multiple_of(numbers));
        is_divided && matches!(self.channels, 1 | 3)
    }
}

impl SnapshotPayload for Samples {
    fn memory(_: &LayerTable) -> Memory {
        Memory { budget: BUDGET, each: BYTES }
    }

    fn fit(&mut self, _: &LaneHeader) -> Result<(), &'static str> {
        if self.is_whole() { Ok(()) } else { Err("whole pictures of one or three colours") }
    }
}
