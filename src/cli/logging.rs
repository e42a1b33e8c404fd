//! Where a run is logged: the folder of `--log`, and folders in it for runs restarted from the screen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;

use super::earlier_events::EarlierEvents;
use super::messages::note;
use crate::event::RunHeader;
use crate::number;
use crate::sink::trace::TraceSink;
use crate::text;
use crate::trace::{Carried, Continuation, LogError, OnExisting, TraceStatus, restart_folder};
use crate::train::Checkpoint;

/// What is to be logged, and where.
#[derive(Clone, Debug)]
pub(super) struct Logging {
    folder: Option<PathBuf>,
    on_existing: OnExisting,
    /// What the first run continues.
    continuation: Option<Continuation>,
}

/// Where a run is logged, and what the folder already holds of it.
#[derive(Default)]
pub(super) struct Log {
    /// `None` if the run is not logged.
    pub(super) sink: Option<TraceSink>,
    pub(super) past: EarlierEvents,
}

impl Log {
    /// The log of a new run.
    pub(super) fn of(sink: TraceSink) -> Self {
        Self { sink: Some(sink), past: EarlierEvents::default() }
    }
}

impl Logging {
    pub(super) fn of(matches: &ArgMatches, checkpoint: Option<&Checkpoint>) -> Self {
        let on_existing = match (matches.get_flag("append"), matches.get_flag("force")) {
            (true, _) => OnExisting::Append,
            (_, true) => OnExisting::Force,
            (false, false) => OnExisting::Refuse,
        };
        let source = checkpoint.and_then(Checkpoint::log_folder);
        let folder = matches.get_one::<PathBuf>("log").cloned().or_else(|| source.clone());
        let continuation = checkpoint.map(|checkpoint| Continuation { source, after: checkpoint.step() });
        Self { folder, on_existing, continuation }
    }

    /// The folder, if one was named.
    pub(super) fn folder(&self) -> Option<&PathBuf> {
        self.folder.as_ref()
    }

    /// Whether existing files are replaced.
    pub(super) fn replaces(&self) -> bool {
        self.on_existing == OnExisting::Force
    }

    /// The log of the first run.
    pub(super) fn open(&self, header: &Arc<RunHeader>) -> Result<Log, LogError> {
        let Some(folder) = &self.folder else { return Ok(Log::default()) };
        let Some(continuation) = &self.continuation else {
            return TraceSink::open(folder, header, self.on_existing).map(Log::of);
        };
        let (sink, Carried { cut, events, missing }) =
            TraceSink::resume(folder, header, continuation, self.on_existing)?;
        if let Some((file, lines)) = cut {
            let after = continuation.after;
            note(&format!(
                "{} lines of the trace after step {after} were moved to {}",
                number::count(lines),
                text::path(&file)
            ));
        }
        if let Some(problem) = missing {
            note(&format!("the trace begins after step {}: {problem}", continuation.after));
        }
        Ok(Log { sink: Some(sink), past: EarlierEvents::of(folder, events) })
    }

    /// Logs into a folder from now on; a restarted run is written beside what it holds.
    pub(super) fn go_on_in(&mut self, folder: &Path) {
        *self = Self { folder: Some(folder.to_owned()), on_existing: OnExisting::Refuse, continuation: None };
    }

    /// The folder of a restarted run: DIR/2, DIR/3 …, never one that has been written before.
    pub(super) fn restart_folder(&self) -> Option<PathBuf> {
        self.folder.as_deref().map(restart_folder)
    }
}

/// The trouble with writing, as one sentence while there is any.
pub(super) fn problem(status: Option<&Arc<TraceStatus>>) -> Option<String> {
    let status = status?;
    let problem = status.problem()?;
    let missing = status.missing_steps();
    Some(if missing == 0 { problem } else { format!("{problem} ({} not in the trace)", steps(missing)) })
}

/// A number of steps, counted over all lanes.
pub(super) fn steps(count: u64) -> String {
    let (count, verb) = (number::count(count), if count == 1 { "step of a lane is" } else { "steps of lanes are" });
    format!("{count} {verb}")
}

/// What a closed trace lacks: the end that could not be written, or steps in its middle.
pub(super) fn gap(status: Option<&Arc<TraceStatus>>) -> Option<String> {
    let lost = status?.lost_steps();
    let sentence = || format!("{} not in it because the disk was full; a note in the trace names them", steps(lost));
    problem(status).or_else(|| (lost > 0).then(sentence))
}
