//! One lane on the screen, with the run that it belongs to.

use crate::config::{LaneConfig, RunConfig};
use crate::event::LaneHeader;
use crate::history::{History, LaneHistory};
use crate::units::LayerId;

/// One lane on the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaneRef<'a> {
    /// Index of the run it belongs to.
    pub(crate) run_index: usize,
    /// The run it belongs to.
    pub(crate) run: &'a History,
    /// The settings of that run, if nablatop itself trained it.
    pub(crate) config: Option<&'a RunConfig>,
    /// Its own settings, if nablatop itself trained it.
    pub(crate) settings: Option<&'a LaneConfig>,
    /// What does not change about it.
    pub(crate) header: &'a LaneHeader,
    /// Its steps.
    pub(crate) history: &'a LaneHistory,
}

impl LaneRef<'_> {
    /// The layer at a relative depth.
    #[must_use]
    pub(crate) fn layer_at(&self, depth: f64) -> LayerId {
        let layers = self.history.layers();
        let layer = (depth.clamp(0.0, 1.0) * layers as f64) as usize;
        LayerId(u32::try_from(layer.min(layers.saturating_sub(1))).unwrap_or(u32::MAX))
    }
}
