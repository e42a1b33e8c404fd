//! Errors of a trace that is read: what is wrong, where, and what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::counts::count;
use crate::text;
use crate::units::Step;

/// A line of a file, shown as `DIR/trace.jsonl:17`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceLine {
    /// The file.
    pub(crate) path: PathBuf,
    /// The line, from 1.
    pub(crate) line: u64,
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", text::path(&self.path), self.line)
    }
}

/// A trace that cannot be read, or not further.
///
/// Torn tails and damaged lines are not errors but [`super::Warnings`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TraceError {
    /// There is no trace.
    #[error("there is no trace at {}: give the folder that a run wrote with --log", text::path(path))]
    NotFound {
        /// The path that was requested.
        path: PathBuf,
    },
    /// The system cannot read the file.
    #[error("cannot read {}: {source}", text::path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is empty.
    #[error("{} is empty: the run ended before it wrote its first line", text::path(path))]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The first line is torn off.
    #[error(
        "{} ends within its first line: the run was killed when it started, and nothing was recorded",
        text::path(path)
    )]
    NoHeader {
        /// The file.
        path: PathBuf,
    },
    /// The first line's checksum is wrong.
    #[error("the first line of {} is damaged, and no other line can be read without it", text::path(path))]
    DamagedHeader {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a trace of nablatop.
    #[error("{} is not a trace of nablatop: it looks like {looks_like}", text::path(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        looks_like: &'static str,
    },
    /// Written by a newer nablatop.
    #[error(
        "{} has format version {found}, and this nablatop reads up to version {known}: update nablatop",
        text::path(path)
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// The steps of a lane do not ascend.
    #[error("step {step} comes after step {after} in {place}: are these two runs in one file?")]
    OutOfOrder {
        /// The line.
        place: TraceLine,
        /// The step there.
        step: Step,
        /// The lane's previous step.
        after: Step,
    },
    /// A line with a correct checksum makes no sense.
    #[error("{place}: {fault}: was this line written by another program?")]
    Line {
        /// The line.
        place: TraceLine,
        /// What is wrong.
        fault: Fault,
    },
}

/// What is wrong with a line whose checksum is correct.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The JSON does not follow the format.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A required field is missing.
    #[error("field '{0}' is missing")]
    Missing(&'static str),
    /// The header does not have this lane.
    #[error("lane {found}, but the header has {lanes}")]
    Lane {
        /// The lane, from 0.
        found: u16,
        /// Number of lanes in the header.
        lanes: usize,
    },
    /// An array that does not fit its lane.
    #[error("{quantity} has {} values, but lane '{lane}' has {} layers", count(*found as u64), count(*layers as u64))]
    Length {
        /// Name of the array.
        quantity: String,
        /// Its length.
        found: usize,
        /// The lane.
        lane: String,
        /// Number of its layers.
        layers: usize,
    },
    /// An index in `nan`, `pinf` or `ninf` is out of range.
    #[error("index {index} of '{name}' is out of range")]
    Index {
        /// Name of the array or number.
        name: String,
        /// The index.
        index: usize,
    },
    /// A rare line that serde cannot parse.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}
