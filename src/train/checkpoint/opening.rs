//! From a path to a checkpoint that is whole: every sum is checked before anything is made of it.

use std::path::Path;

use super::manifest::Manifest;
use super::{Checkpoint, CheckpointError, FOLDER, MANIFEST, SETTINGS, folder};
use crate::config::RunConfig;
use crate::config::draft::Draft;

pub(super) fn open(path: &Path) -> Result<Checkpoint, CheckpointError> {
    std::fs::read_dir(path).map_err(|source| CheckpointError::Unreadable { path: path.to_owned(), source })?;
    if path.join(MANIFEST).exists() || folder::step_of(path).is_some() {
        return read(path).map_err(|error| error.or_older(path));
    }
    let inside = path.join(FOLDER);
    let found = folder::listed(if inside.is_dir() { &inside } else { path });
    let mut first = None;
    for (_, path) in found.into_iter().rev() {
        match read(&path) {
            // One that is damaged has another before it.
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
        return Err(CheckpointError::damaged(path.join(MANIFEST), "its lanes are not those of the settings"));
    }
    Ok(Checkpoint { path: path.to_owned(), manifest, config, lanes, passed_over: None })
}

/// The settings of a file.
pub(super) fn config(file: &Path, bytes: &[u8]) -> Result<RunConfig, CheckpointError> {
    let mut draft = Draft::new();
    let text = String::from_utf8_lossy(bytes);
    let read = draft.read_text(file, &text).and_then(|()| draft.finish());
    read.map_err(|error| CheckpointError::damaged(file.to_owned(), error.to_string()))
}

impl CheckpointError {
    /// Names the newest whole checkpoint before the one at a path, where that is damaged.
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
