//! The sources of the screen's events: a live run or traces.
//!
//! ```
//! use nablatop::tui::source::SourceKind;
//!
//! assert_ne!(SourceKind::Live, SourceKind::Traces);
//! ```

pub mod traces;

use std::path::Path;

use crate::config::RunConfig;
use crate::event::{Control, Event};
use crate::history::History;

/// What the screen can do with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// A run in this process: it can be paused, stepped and restarted, and quitting ends it.
    Live,
    /// Traces: the screen itself pauses, seeks and changes the speed.
    Traces,
}

/// A source of events.
pub trait Source {
    /// Live or traces.
    fn kind(&self) -> SourceKind;

    /// The next event and the index of its run, if one is waiting; never blocks. A `RunStarted` for a known index
    /// replaces that run (a restart, or a trace that was written again).
    fn poll(&mut self) -> Option<(usize, Event)>;

    /// Passes a request on; a source that cannot fulfil it ignores it.
    fn control(&mut self, control: Control);

    /// Prepares another run with these settings while the live one goes on; [`Source::prepared`] returns the result.
    fn prepare(&mut self, config: RunConfig);

    /// The result of preparing, returned once: the other run can start, or one sentence for the user on what is wrong
    /// and what to change. Never blocks.
    fn prepared(&mut self) -> Option<Result<(), String>>;

    /// Ends the live run, and then starts the one that was prepared. It does not wait for the end: later errors are
    /// returned by [`Source::prepared`].
    ///
    /// # Errors
    /// Returns one sentence for the user; then the live run continues.
    fn begin(&mut self) -> Result<(), String>;

    /// Drops the other run, whether it is prepared or not.
    fn give_up(&mut self);

    /// Logs the live run into a folder from now on, after everything that its history holds.
    ///
    /// # Errors
    /// Returns one sentence for the user: what is wrong and what to write instead.
    fn log(&mut self, folder: &Path, history: &History) -> Result<(), String> {
        let _ = (folder, history);
        Err("there is nothing to log here".to_owned())
    }

    /// Steps that were dropped because the screen was slower than training.
    fn dropped(&self) -> u64;

    /// Problems with the source of the events, one sentence each; empty if there are none.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// Why nothing more can be read, one sentence for each broken run; empty if there are none.
    fn errors(&self) -> Vec<String> {
        Vec::new()
    }

    /// Number of its runs.
    fn runs(&self) -> usize {
        1
    }

    /// Whether quitting now would lose something (a live run that is not over and is not logged).
    fn would_lose(&self) -> bool;

    /// Whether the live run, ended or not, is not logged in a trace.
    fn is_unsaved(&self) -> bool {
        false
    }
}
