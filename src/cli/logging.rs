//! Where a run is logged: the folder a person named, and folders in it for runs started anew from the screen.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ArgMatches;

use crate::event::RunHeader;
use crate::sink::trace::TraceSink;
use crate::trace::{LogError, OnExisting, TraceStatus, restart_directory};

/// What a person wants written, and where.
#[derive(Clone, Debug)]
pub(super) struct Logging {
    directory: Option<PathBuf>,
    on_existing: OnExisting,
}

impl Logging {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let on_existing = match (matches.get_flag("append"), matches.get_flag("force")) {
            (true, _) => OnExisting::Append,
            (_, true) => OnExisting::Force,
            (false, false) => OnExisting::Refuse,
        };
        Self { directory: matches.get_one::<PathBuf>("log").cloned(), on_existing }
    }

    /// The folder, where one was named.
    pub(super) fn directory(&self) -> Option<&PathBuf> {
        self.directory.as_ref()
    }

    /// The sink of the first run; `None` where nothing is to be written.
    pub(super) fn open(&self, header: &Arc<RunHeader>) -> Result<Option<TraceSink>, LogError> {
        self.directory.as_ref().map(|directory| TraceSink::open(directory, header, self.on_existing)).transpose()
    }

    /// The sink of a run started anew: DIR/2, DIR/3 …, never where one has been written.
    pub(super) fn open_anew(&self, header: &Arc<RunHeader>) -> Result<Option<TraceSink>, LogError> {
        self.directory
            .as_ref()
            .map(|directory| TraceSink::open(&restart_directory(directory), header, OnExisting::Refuse))
            .transpose()
    }
}

/// How the writing goes, as one sentence while something is wrong.
pub(super) fn problem(status: Option<&Arc<TraceStatus>>) -> Option<String> {
    let status = status?;
    let problem = status.problem()?;
    let lost = status.lost_steps();
    Some(if lost == 0 { problem } else { format!("{problem} ({lost} steps are not in the trace)") })
}

/// What a trace that was closed does not have: the end that could not be written, or steps in its middle.
pub(super) fn gap(status: Option<&Arc<TraceStatus>>) -> Option<String> {
    let lost = status?.lost_steps();
    let steps = (lost > 0).then(|| format!("{lost} steps could not be written; a note in it names them"));
    problem(status).or(steps)
}
