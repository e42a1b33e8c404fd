//! Checkpoints: what a run needs to go on as if it had never stopped, bit by bit.
//!
//! ```text
//! LOG/checkpoints/step-000200/checkpoint.json     what it is, how far the run is, sums of the other files; sealed
//!                             settings.toml       the settings, as --print-config writes them
//!                             lane-1.safetensors  weights, running statistics, optimizer, initial weights, silence
//!                             lane-1-kept-1.safetensors   an earlier state, kept by the flight recorder: the same
//!                                                         without the initial weights
//!                             lane-2.safetensors
//! ```
//!
//! The order of the data and everything random derive from (seed, step), so that nothing more of them is kept. A folder is
//! written under a hidden name beside its own, brought to the disk, and renamed: it is there whole or not at all.
//! `docs/format.md` specifies it.

mod error;
mod folder;
mod manifest;
mod opening;
mod writer;

use std::path::{Path, PathBuf};

pub use error::CheckpointError;
pub use writer::{CheckpointWriter, Owner};

pub(super) use manifest::Ended;
pub(super) use writer::{About, LaneState, Moment};

use crate::config::RunConfig;
use crate::units::Step;
use manifest::{LaneFiles, Manifest};

/// Version of the folder's layout and of the names in its files.
const VERSION: u32 = 1;
/// Folder of the checkpoints beside a trace.
pub const FOLDER: &str = "checkpoints";
/// The file that says what a folder is.
const MANIFEST: &str = "checkpoint.json";
/// The file of the settings.
const SETTINGS: &str = "settings.toml";

/// A checkpoint that was read and found whole.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    manifest: Manifest,
    config: RunConfig,
    lanes: Vec<LaneFiles>,
    passed_over: Option<String>,
}

impl Checkpoint {
    /// Opens the newest whole checkpoint in the log folder of a run, or a single one.
    ///
    /// # Errors
    /// When there is none, or the one that was named is damaged, of another program, or of a newer version.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        opening::open(path)
    }

    /// Its folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last step that was taken.
    #[must_use]
    pub fn step(&self) -> Step {
        self.manifest.step
    }

    /// Identity of the run.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.manifest.run_id
    }

    /// Settings of the run.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// The folder of the trace beside which it lies; `None` where it lies elsewhere.
    #[must_use]
    pub fn log_folder(&self) -> Option<PathBuf> {
        folder::log_of(&self.path)
    }

    /// What is wrong with a newer one, which was passed over.
    #[must_use]
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }

    /// The newest whole checkpoint of the same folder that is newer.
    #[must_use]
    pub fn newer(&self) -> Option<PathBuf> {
        let siblings = self.path.parent().map(folder::listed).unwrap_or_default();
        let newer = siblings.into_iter().rev().filter(|(step, _)| *step > self.step());
        newer.map(|(_, path)| path).find(|path| Self::open(path).is_ok())
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The file of a lane and what is in it; empty for a lane that ended before.
    pub(super) fn lane(&self, index: usize) -> (PathBuf, &[u8]) {
        let bytes = self.lanes.get(index).map(|files| files.own.as_slice()).unwrap_or_default();
        (self.path.join(manifest::lane_file(index)), bytes)
    }

    /// The files of the states that a lane's flight recorder kept, the newest last.
    pub(super) fn kept(&self, lane: usize) -> Vec<(PathBuf, &[u8])> {
        let files = self.lanes.get(lane).into_iter().flat_map(|files| &files.kept).enumerate();
        files.map(|(index, bytes)| (self.path.join(manifest::kept_file(lane, index)), bytes.as_slice())).collect()
    }
}
