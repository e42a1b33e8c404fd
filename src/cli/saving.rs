//! Checkpoints of a run, and resumed runs: `--save-every N`, `--resume DIR`.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use color_eyre::eyre::{Report, Result};

use super::exit::Usage;
use super::logging::Logging;
use super::messages::note;
use crate::text;
use crate::trace::TraceStatus;
use crate::train::checkpoint::Owner;
use crate::train::{Checkpoint, CheckpointError, CheckpointWriter, Prepared};
use crate::whole_file::Existing;

/// The checkpoint of `--resume`.
pub(super) fn resumed(matches: &ArgMatches) -> Result<Option<Checkpoint>> {
    let Some(path) = matches.get_one::<PathBuf>("resume") else { return Ok(None) };
    let checkpoint = Checkpoint::open(path)?;
    if let Some(problem) = checkpoint.passed_over() {
        note(&format!("skipped a newer checkpoint: {problem}"));
    }
    Ok(Some(checkpoint))
}

/// Prepares the checkpoints beside the trace. A run that continues in its own folder must start from its newest
/// checkpoint.
pub(super) fn prepare(prepared: Prepared, logging: &Logging, checkpoint: Option<&Checkpoint>) -> Result<Prepared> {
    let log = logging.folder().map(PathBuf::as_path);
    let own = checkpoint.filter(|checkpoint| is_same(checkpoint.log_folder().as_deref(), log));
    if let Some(checkpoint) = own
        && let Some(newer) = checkpoint.newer()
    {
        return Err(CheckpointError::NotTheNewest { newer, step: checkpoint.step() }.into());
    }
    let owner = if own.is_some() { Owner::ThisRun } else { Owner::Another };
    prepared.saving(log, owner, logging.existing()).map_err(refused)
}

fn refused(error: CheckpointError) -> Report {
    match error {
        CheckpointError::NoFolder => Usage(format!("--save-every: {error}")).into(),
        other => other.into(),
    }
}

fn is_same(one: Option<&Path>, other: Option<&Path>) -> bool {
    let real = |path: Option<&Path>| std::fs::canonicalize(path?).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Prints from which checkpoint the run continues, when nothing can prevent it any more.
pub(super) fn tell_of_the_start(checkpoint: Option<&Checkpoint>) {
    if let Some(checkpoint) = checkpoint {
        note(&format!("continuing after step {} of {}", checkpoint.step(), text::path(checkpoint.path())));
    }
}

/// Prints how to resume the run after it has ended, unless its trace was removed.
pub(super) fn tell(saves: &CheckpointWriter, trace: Option<&TraceStatus>) {
    if trace.is_some_and(TraceStatus::is_gone) {
        return;
    }
    if let Some(sentence) = saves.note() {
        note(&sentence);
    }
}

impl Logging {
    /// Whether existing files are kept or replaced.
    fn existing(&self) -> Existing {
        if self.replaces() { Existing::Replace } else { Existing::Keep }
    }
}
