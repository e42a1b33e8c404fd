//! The exit code of the process.
//!
//! | code | when |
//! |---|---|
//! | 0 | done |
//! | 1 | an error |
//! | 2 | the command line or a setting makes no sense |
//! | 3 | every lane diverged |
//! | 129, 130, 143 | SIGHUP, SIGINT, SIGTERM |

use std::process::ExitCode;

use color_eyre::eyre::Report;
use thiserror::Error;

use crate::config::draft::DraftError;
use crate::config::setting::SettingError;
use crate::signals::Signal;

/// How the process ends when nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(u8);

/// The command line makes no sense.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// The run could not continue.
#[derive(Debug, Error)]
#[error("the run failed: {0}")]
pub(super) struct Failed(pub(super) String);

/// The trace of the run has a gap.
#[derive(Debug, Error)]
#[error("the trace is not complete: {0}")]
pub(super) struct Incomplete(pub(super) String);

/// A step could not be dumped.
#[derive(Debug, Error)]
#[error("{0}")]
pub(super) struct Undumped(pub(super) String);

/// Fails if anything that should have been written is missing.
pub(super) fn complete(gap: Option<String>, undumped: Option<String>) -> Result<(), Report> {
    match (gap, undumped) {
        (None, None) => Ok(()),
        (Some(gap), None) => Err(Incomplete(gap).into()),
        (None, Some(dump)) => Err(Undumped(dump).into()),
        (Some(gap), Some(dump)) => Err(Report::from(Incomplete(gap)).wrap_err(dump)),
    }
}

impl Exit {
    /// Done.
    pub const DONE: Self = Self(0);
    /// Every lane diverged.
    pub(crate) const DIVERGED: Self = Self(3);
    const FAILED: u8 = 1;
    const USAGE: u8 = 2;

    /// A code that another program chose.
    #[must_use]
    pub(crate) fn code(code: u8) -> Self {
        Self(code)
    }

    /// The code after a signal.
    #[must_use]
    pub(crate) fn signal(signal: Signal) -> Self {
        Self(signal.exit_code())
    }

    /// The code of an error.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self(if is_usage(report) { Self::USAGE } else { Self::FAILED })
    }
}

fn is_usage(report: &Report) -> bool {
    report.chain().any(|cause| {
        cause.is::<Usage>()
            || cause.is::<SettingError>()
            || cause.downcast_ref::<DraftError>().is_some_and(|error| matches!(error, DraftError::Value { .. }))
    })
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}
