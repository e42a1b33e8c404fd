//! Why a trace cannot be written, known before the first step: what is wrong, where, and what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::error::TraceError;
use crate::counts::count;
use crate::text;

/// A log folder that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogError {
    /// There is a file where the folder should be.
    #[error("{} is a file: give --log a folder", text::path(path))]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// The folder cannot be created.
    #[error("cannot create the folder {}: {source}: give --log another one", text::path(path))]
    CreateFolder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}: give --log a writable folder", text::path(path))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder already holds a trace.
    #[error(
        "{} already holds a trace: add --append to add a run to it, --force to replace it, or give --log another \
         folder",
        text::path(path)
    )]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a `run.json` without a trace, which nablatop must not replace.
    #[error("{} exists but has no trace: add --force to replace it, or give --log another folder", text::path(path))]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process is writing there.
    #[error("another nablatop is writing into {}: wait for its end, or give --log another folder", text::path(path))]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The existing trace cannot be read, so that nothing can be appended.
    #[error("cannot append: {0}: use --force to replace it, or give --log another folder")]
    Unreadable(#[from] TraceError),
    /// The existing trace is of other stacks.
    #[error(
        "cannot append to {}: {difference}: use --force to replace it, or give --log another folder",
        text::path(path)
    )]
    Different {
        /// The folder.
        path: PathBuf,
        /// The first difference.
        difference: Difference,
    },
    /// The trace of a resumed run cannot be read to its end.
    #[error("cannot continue the trace: {0}: give --log another folder")]
    CannotGoOn(TraceError),
    /// The trace beside a checkpoint belongs to another run.
    #[error("{} holds the trace of a different run than the checkpoint: give --log another folder", text::path(path))]
    AnotherRun {
        /// The trace.
        path: PathBuf,
    },
    /// The trace beside a checkpoint has other stacks.
    #[error("cannot continue {}: {difference}: give --log another folder", text::path(path))]
    OtherStacks {
        /// The trace.
        path: PathBuf,
        /// The first difference.
        difference: Difference,
    },
}

/// Why two runs cannot be in one file.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The number of lanes differs.
    #[error("it has {} lanes, this run has {}", count(*there as u64), count(*here as u64))]
    Lanes {
        /// In the file.
        there: usize,
        /// In this run.
        here: usize,
    },
    /// The name of a lane differs.
    #[error("its lane '{there}' is called '{here}' in this run")]
    Name {
        /// In the file.
        there: String,
        /// In this run.
        here: String,
    },
    /// The layers differ.
    #[error("its lane '{lane}' has different layers in this run")]
    Layers {
        /// The lane.
        lane: String,
    },
    /// The quantities differ.
    #[error("it has different quantities than this run")]
    Quantities,
}
