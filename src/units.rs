//! Newtypes for the indices that all modules share: lane, layer, step.
//!
//! ```
//! use nablatop::units::{LaneId, Step};
//!
//! assert!(Step::FIRST < Step(2));
//! assert_eq!(LaneId(1).index(), 1);
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::counts;

/// Position of a lane in [`crate::event::RunHeader::lanes`], from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaneId(pub u16);

impl LaneId {
    /// The position as an index into a slice of lanes.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// Position of a layer in its lane's [`crate::layer::LayerTable`], in forward order:
/// 0 = stem, 1 … D = blocks, D + 1 = head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerId(pub u32);

impl LayerId {
    /// The position as an index into a slice of layers.
    #[must_use]
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A training step; the first is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Step(pub u64);

impl Step {
    /// The first step of a run.
    pub const FIRST: Self = Self(1);

    /// The step after this one.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The form for a sentence: `1,204`. Output for programs uses the number itself.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&counts::count(self.0))
    }
}
