//! What does not change about a run: its lanes, their layers, what is measured, and the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::settings::{self, Settings};
use crate::layer::LayerTable;
use crate::quantity::Quantity;

/// Version of the event vocabulary and of the trace that stores it.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// Everything about a run that does not change; sent once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunHeader {
    /// What was read of the data set, in one line, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// `FORMAT_VERSION` of the writer.
    pub version: u32,
    /// Identity of the run, unique per start.
    pub run_id: String,
    /// Seconds since 1970 at the start.
    pub started_at: u64,
    /// Lanes in order; [`LaneId`](crate::units::LaneId) is the position.
    pub lanes: Vec<LaneHeader>,
    /// Rows of every [`StepRecord::values`](crate::event::StepRecord::values).
    pub quantities: Vec<Quantity>,
    /// Steps that every lane is to take, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Settings of the whole run, of whatever program trained it.
    #[serde(default, skip_serializing_if = "Settings::is_empty", deserialize_with = "settings::read")]
    pub settings: Settings,
    /// Where it ran.
    pub machine: Machine,
}

impl RunHeader {
    /// A run of these lanes that begins now on this machine and measures every quantity.
    #[must_use]
    pub fn new(lanes: Vec<LaneHeader>) -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            data: None,
            version: FORMAT_VERSION,
            run_id: format!("{:x}-{:x}", started.as_micros(), std::process::id()),
            started_at: started.as_secs(),
            lanes,
            quantities: Quantity::ALL.to_vec(),
            steps: None,
            settings: Settings::new(),
            machine: Machine {
                platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
                threads: std::thread::available_parallelism().map_or(1, usize::from),
                nablatop: env!("CARGO_PKG_VERSION").to_owned(),
                backend: String::new(),
            },
        }
    }
}

/// What does not change about one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LaneHeader {
    /// Unique name.
    pub name: String,
    /// One line about the architecture, such as `mlp 50×64 · relu · default init`.
    pub title: String,
    /// Its rows.
    pub layers: LayerTable,
    /// Settings of this lane, of whatever program trained it.
    #[serde(default, skip_serializing_if = "Settings::is_empty", deserialize_with = "settings::read")]
    pub settings: Settings,
}

impl LaneHeader {
    /// A lane without settings.
    #[must_use]
    pub fn new(name: &str, title: &str, layers: LayerTable) -> Self {
        Self { name: name.to_owned(), title: title.to_owned(), layers, settings: Settings::new() }
    }
}

/// Where a run ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system and processor, such as `linux x86_64`.
    pub platform: String,
    /// Number of hardware threads.
    pub threads: usize,
    /// Version of nablatop.
    pub nablatop: String,
    /// Backend that computed, such as `flex`.
    pub backend: String,
}
