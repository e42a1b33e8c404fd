//! `checkpoint.json`: one line of JSON whose last field is a checksum, as in a trace.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::CheckpointError;
use super::layout::{MANIFEST, VERSION};
use crate::event::Outcome;
use crate::measurement::LastMeasured;
use crate::number::count;
use crate::regular_file;
use crate::text;
use crate::trace::checksum;
use crate::train::flight_state::FlightState;
use crate::train::pacer::Rate;
use crate::units::Step;

/// Value of the field `format`.
const FORMAT: &str = "nablatop-checkpoint";

/// Maximum size of a manifest in bytes: one of 65,535 lanes takes half of it.
const LONGEST: u64 = 32 << 20;

/// The description of a checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::train) struct Manifest {
    pub(super) format: String,
    pub(super) version: u32,
    /// Version of the program.
    pub(super) nablatop: String,
    pub(super) run_id: String,
    /// The last step.
    pub(in crate::train) step: Step,
    /// The seed of the run.
    pub(super) seed: u64,
    /// CRC-32C of the data.
    pub(in crate::train) data_crc: u32,
    /// The user's change of the learning rates.
    pub(in crate::train) rate: Rate,
    /// When each part was last measured.
    pub(in crate::train) looked: LastMeasured,
    pub(super) settings: FileSum,
    pub(in crate::train) lanes: Vec<SavedLane>,
}

/// One lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::train) struct SavedLane {
    pub(in crate::train) name: String,
    /// `None` if the lane had ended.
    pub(super) file: Option<FileSum>,
    /// Earlier states that its flight recorder keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) kept: Vec<FileSum>,
    /// How it had ended, if it had.
    pub(in crate::train) ended: Option<Ended>,
    /// The state of its flight recorder; older checkpoints do not have it.
    #[serde(default)]
    pub(in crate::train) flight: FlightState,
}

/// The end of a lane before the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::train) struct Ended {
    pub(in crate::train) step: Step,
    #[serde(flatten)]
    pub(in crate::train) outcome: Outcome,
}

/// Length and CRC-32C of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileSum {
    bytes: u64,
    crc: u32,
}

impl FileSum {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, crc: crc32c::crc32c(bytes) }
    }

    /// What is wrong with a file, if anything.
    fn problem(self, bytes: &[u8]) -> Option<String> {
        let length = bytes.len() as u64;
        if length != self.bytes {
            return Some(format!("it has {} bytes instead of {}", count(length), count(self.bytes)));
        }
        (Self::of(bytes) != self).then(|| "it is damaged: its checksum does not match".to_owned())
    }
}

/// Name of a lane's file.
pub(super) fn lane_file(index: usize) -> String {
    format!("lane-{}.safetensors", index + 1)
}

/// Name of the file of an earlier state of a lane, which its flight recorder keeps.
pub(super) fn kept_file(lane: usize, index: usize) -> String {
    format!("lane-{}-kept-{}.safetensors", lane + 1, index + 1)
}

/// The files of a lane.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneFiles {
    /// Empty for a lane that had ended.
    pub(super) own: Vec<u8>,
    pub(super) kept: Vec<Vec<u8>>,
}

impl Manifest {
    pub(super) fn format() -> String {
        FORMAT.to_owned()
    }

    /// The line of JSON.
    pub(super) fn line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        // The checksum closes the object.
        line.pop();
        checksum::close(&mut line, 0);
        Ok(line)
    }

    /// Reads the manifest of a checkpoint.
    pub(super) fn read(folder: &Path) -> Result<Self, CheckpointError> {
        let file = folder.join(MANIFEST);
        let damaged = |problem: &str| CheckpointError::damaged(file.clone(), problem);
        let bytes = contents(&file, LONGEST)?;
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        if line.is_empty() {
            return Err(damaged("it is empty"));
        }
        let is_ours = line.starts_with(format!("{{\"format\":\"{FORMAT}\"").as_bytes());
        if !is_ours {
            return Err(damaged("it is not a checkpoint of nablatop"));
        }
        let identity = checksum::check(line).and_then(|_| serde_json::from_slice(line).ok());
        let Some(Identity { version }) = identity else {
            return Err(damaged("it is cut short or damaged"));
        };
        if version > VERSION {
            return Err(CheckpointError::Newer { file, found: version, known: VERSION });
        }
        serde_json::from_slice(line).map_err(|error| damaged(&text::clean_message(&error.to_string())))
    }

    /// The files beside it, each as it was written: the settings, then the lanes; empty for a lane that had ended.
    pub(super) fn files(&self, folder: &Path) -> Result<(Vec<u8>, Vec<LaneFiles>), CheckpointError> {
        let whole = |name: &str, sum: FileSum| {
            let file = folder.join(name);
            // A file that is longer than it was written is damaged.
            let bytes = contents(&file, sum.bytes.saturating_add(LONGEST))?;
            match sum.problem(&bytes) {
                Some(problem) => Err(CheckpointError::damaged(file, problem)),
                None => Ok(bytes),
            }
        };
        let settings = whole(super::layout::SETTINGS, self.settings)?;
        let lanes = self.lanes.iter().enumerate();
        let lanes = lanes.map(|(lane, SavedLane { file, kept, .. })| {
            let own = file.map_or(Ok(Vec::new()), |sum| whole(&lane_file(lane), sum))?;
            let kept = kept.iter().enumerate().map(|(index, sum)| whole(&kept_file(lane, index), *sum));
            Ok(LaneFiles { own, kept: kept.collect::<Result<_, _>>()? })
        });
        Ok((settings, lanes.collect::<Result<_, CheckpointError>>()?))
    }
}

#[derive(Deserialize)]
struct Identity {
    version: u32,
}

/// The content of a file; a missing file counts as damaged too.
fn contents(file: &Path, most: u64) -> Result<Vec<u8>, CheckpointError> {
    regular_file::read(file, most)
        .map_err(|error| CheckpointError::damaged(file.to_owned(), format!("it cannot be read: {error}")))
}
