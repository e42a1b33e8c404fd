//! The settings of a run on the screen, read once from its header.

use crate::config::{LaneConfig, RunConfig};
use crate::event::RunHeader;

/// What is known of a run's settings.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownSettings {
    /// Those of the whole run, if nablatop itself trained it.
    pub(super) run: Option<RunConfig>,
    /// Those of each lane, if nablatop itself trained it.
    pub(super) lanes: Vec<Option<LaneConfig>>,
}

impl KnownSettings {
    /// Reads a header. The reader of a trace warns of a setting that is unknown here.
    pub(super) fn of(header: &RunHeader) -> Self {
        let lanes = header.lanes.iter().map(|lane| LaneConfig::read_from(lane).ok().flatten()).collect();
        Self { run: RunConfig::read_from(header).ok().flatten(), lanes }
    }
}
