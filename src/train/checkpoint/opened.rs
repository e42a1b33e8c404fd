//! An undamaged checkpoint: every checksum is verified before anything is read from it.

use std::path::{Path, PathBuf};

use super::error::CheckpointError;
use super::folder;
use super::layout::{FOLDER, MANIFEST, SETTINGS};
use super::manifest::{self, LaneFiles, Manifest};
use crate::config::RunConfig;
use crate::config::draft::Draft;
use crate::units::Step;

/// A checkpoint that was read and verified.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    manifest: Manifest,
    config: RunConfig,
    lanes: Vec<LaneFiles>,
    passed_over: Option<String>,
}

impl Checkpoint {
    /// Opens the newest undamaged checkpoint in the log folder of a run, or a single checkpoint.
    ///
    /// # Errors
    /// Fails when there is none, or the named one is damaged, from another program, or from a newer version.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        open(path)
    }

    /// Its folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last step.
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

    /// The folder of the trace beside it; `None` if it is elsewhere.
    #[must_use]
    pub fn log_folder(&self) -> Option<PathBuf> {
        folder::log_of(&self.path)
    }

    /// What is wrong with a newer checkpoint that was skipped.
    #[must_use]
    pub fn passed_over(&self) -> Option<&str> {
        self.passed_over.as_deref()
    }

    /// The newest undamaged checkpoint of the same folder that is newer.
    #[must_use]
    pub fn newer(&self) -> Option<PathBuf> {
        let siblings = self.path.parent().map(folder::listed).unwrap_or_default();
        let newer = siblings.into_iter().rev().filter(|(step, _)| *step > self.step());
        newer.map(|(_, path)| path).find(|path| Self::open(path).is_ok())
    }

    pub(in crate::train) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The path and the content of a lane's file; empty for a lane that ended before.
    pub(in crate::train) fn lane(&self, index: usize) -> (PathBuf, &[u8]) {
        let bytes = self.lanes.get(index).map(|files| files.own.as_slice()).unwrap_or_default();
        (self.path.join(manifest::lane_file(index)), bytes)
    }

    /// The files of the states that a lane's flight recorder kept, the newest last.
    pub(in crate::train) fn kept(&self, lane: usize) -> Vec<(PathBuf, &[u8])> {
        let files = self.lanes.get(lane).into_iter().flat_map(|files| &files.kept).enumerate();
        files.map(|(index, bytes)| (self.path.join(manifest::kept_file(lane, index)), bytes.as_slice())).collect()
    }
}

fn open(path: &Path) -> Result<Checkpoint, CheckpointError> {
    std::fs::read_dir(path).map_err(|source| CheckpointError::Unreadable { path: path.to_owned(), source })?;
    if path.join(MANIFEST).exists() || folder::step_of(path).is_some() {
        return read(path).map_err(|error| error.or_older(path));
    }
    let inside = path.join(FOLDER);
    let found = folder::listed(if inside.is_dir() { &inside } else { path });
    let mut first = None;
    for (_, path) in found.into_iter().rev() {
        match read(&path) {
            // If one is damaged, the one before it is used.
            Err(error) if error.is_of_one() => drop(first.get_or_insert(error)),
            Err(error) => return Err(error),
            Ok(found) => return Ok(Checkpoint { passed_over: first.map(|error| error.problem()), ..found }),
        }
    }
    Err(first.unwrap_or_else(|| CheckpointError::None(path.to_owned())))
}

fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let manifest = Manifest::read(path)?;
    let (settings, lanes) = manifest.files(path)?;
    let config = config(&path.join(SETTINGS), &settings)?;
    let names = |config: &RunConfig| config.lanes.iter().map(|lane| lane.name.clone()).collect::<Vec<_>>();
    if !names(&config).iter().eq(manifest.lanes.iter().map(|lane| &lane.name)) {
        return Err(CheckpointError::damaged(path.join(MANIFEST), "its lanes differ from those of the settings"));
    }
    Ok(Checkpoint { path: path.to_owned(), manifest, config, lanes, passed_over: None })
}

/// Parses the settings of a file.
pub(super) fn config(file: &Path, bytes: &[u8]) -> Result<RunConfig, CheckpointError> {
    let mut draft = Draft::new();
    let text = String::from_utf8_lossy(bytes);
    let read = draft.read_text(file, &text).and_then(|()| draft.finish());
    read.map_err(|error| CheckpointError::damaged(file.to_owned(), error.to_string()))
}

impl CheckpointError {
    /// Names the newest undamaged checkpoint before the one at a path, if that is damaged.
    fn or_older(self, path: &Path) -> Self {
        if !self.is_of_one() {
            return self;
        }
        let siblings = path.parent().map(folder::listed).unwrap_or_default();
        let this = folder::step_of(path);
        let mut older = siblings.into_iter().rev().filter(|(step, _)| this.is_none_or(|this| *step < this));
        self.with_older(older.find(|(_, path)| read(path).is_ok()).map(|(_, path)| path))
    }
}
