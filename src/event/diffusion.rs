//! What only a diffusion model tells: how its loss and gradients are spread over denoising time, and what it draws.

use serde::{Deserialize, Serialize};

use crate::grid::Value;
use crate::units::{LaneId, Step};

/// One lane at one step, by spans of denoising time, on the pictures of the step's batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenoisingRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step.
    pub step: Step,
    /// From little noise to nothing but noise.
    pub spans: Vec<TimeSpan>,
}

/// The batch as if every picture were of a time within these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// First time, from 1.
    pub first: u32,
    /// Last time.
    pub last: u32,
    /// Mean squared error of the noise.
    pub loss: Value,
    /// ‖∂loss/∂θ‖₂ of every layer; absent for a layer without a gradient.
    pub grad_norms: Vec<Value>,
}

/// Pictures that a lane drew at one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplesRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step before whose update it drew them.
    pub step: Step,
    /// The pictures.
    #[serde(flatten)]
    pub samples: Samples,
}

/// Pictures of one size, 0 black to 255 white.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    /// Colours: 1 or 3.
    pub channels: usize,
    /// Lines.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Picture by picture, colour by colour, line by line.
    pub pixels: Vec<u8>,
}

impl Samples {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pixels.len().checked_div(self.channels * self.height * self.width).unwrap_or(0)
    }

    /// Whether there are pixels, and they are whole pictures of one or three colours.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let sides = self.channels.checked_mul(self.height).and_then(|numbers| numbers.checked_mul(self.width));
        let is_divided = sides
            .is_some_and(|numbers| numbers > 0 && !self.pixels.is_empty() && self.pixels.len().is_multiple_of(numbers));
        is_divided && matches!(self.channels, 1 | 3)
    }
}
