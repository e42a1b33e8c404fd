//! Why a checkpoint cannot be used: the file, what is wrong with it, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::text;
use crate::units::Step;

/// A checkpoint that cannot be used or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file or folder cannot be read.
    #[error("cannot read {}: {source}: give --resume the folder of a run, or one of its checkpoints", text::path(path))]
    Unreadable {
        /// The path that was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds no checkpoint.
    #[error(
        "{} holds no checkpoint: give --resume the folder of a run that was logged with --save-every",
        text::path(.0)
    )]
    None(PathBuf),
    /// A file is missing, cut, changed, or not a part of a checkpoint.
    #[error("{}: {problem}{}", text::path(file), remedy(older.as_deref()))]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        problem: String,
        /// The newest undamaged one before it.
        older: Option<PathBuf>,
    },
    /// It was written by a newer nablatop.
    #[error("{} has version {found}, and this nablatop reads up to version {known}: update nablatop", text::path(file))]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// A lane's file is undamaged but does not fit the lane.
    #[error(
        "{} does not fit lane '{lane}': {problem}: was it written by another version of nablatop, or changed?",
        text::path(file)
    )]
    Unfit {
        /// The file.
        file: PathBuf,
        /// Name of the lane.
        lane: String,
        /// The first parts that do not fit.
        problem: String,
    },
    /// The data are different.
    #[error("the data of {0} differ from those of the checkpoint: a resumed run needs the same files")]
    Data(String),
    /// There is no folder for them.
    #[error("checkpoints are saved in the folder of the trace: give --log DIR too, or --save-every off")]
    NoFolder,
    /// The folder holds checkpoints of another run.
    #[error(
        "{} holds checkpoints of another run: add --force to replace them, or give --log another folder",
        text::path(.0)
    )]
    Occupied(PathBuf),
    /// A folder or file cannot be written.
    #[error("cannot write {}: {source}", text::path(path))]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The settings read back differently.
    #[error("the settings cannot be written into a checkpoint: {0}")]
    Settings(String),
    /// Steps after the one that is to be resumed have checkpoints of their own.
    #[error(
        "{} is newer than step {step}: to continue from step {step} anyway, give --log another folder",
        text::path(newer)
    )]
    NotTheNewest {
        /// The newest.
        newer: PathBuf,
        /// The step that was named.
        step: Step,
    },
}

impl CheckpointError {
    /// A file that differs from what was written.
    pub(super) fn damaged(file: PathBuf, problem: impl Into<String>) -> Self {
        Self::Damaged { file, problem: problem.into(), older: None }
    }

    /// What is wrong with it, without the remedy.
    pub(super) fn problem(&self) -> String {
        match self {
            Self::Damaged { file, problem, .. } => format!("{}: {problem}", text::path(file)),
            other => other.to_string(),
        }
    }

    /// Whether an older checkpoint may be undamaged.
    pub(super) fn is_of_one(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    /// The same error, naming the checkpoint that can be used instead.
    pub(super) fn with_older(self, whole: Option<PathBuf>) -> Self {
        match self {
            Self::Damaged { file, problem, .. } => Self::Damaged { file, problem, older: whole },
            other => other,
        }
    }
}

fn remedy(older: Option<&Path>) -> String {
    match older {
        Some(older) => format!(": an older checkpoint is complete: give --resume {}", text::path(older)),
        None => ": no older checkpoint is complete: start a run without --resume".to_owned(),
    }
}
