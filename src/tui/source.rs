//! Where the screen's events come from: a live run or traces.
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

/// What can be done with a source from the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// A run in this process: pause, step and restart reach it, quitting ends it.
    Live,
    /// Traces: pause, seek and speed are the screen's own business.
    Traces,
}

/// A source of events.
pub trait Source {
    /// Live or traces.
    fn kind(&self) -> SourceKind;

    /// The next event and the index of its run, if one waits; never blocks. A `RunStarted` for an index that is already
    /// known replaces that run (a restart, or a trace that was written again).
    fn poll(&mut self) -> Option<(usize, Event)>;

    /// Passes a request on; a source that cannot fulfil it ignores it.
    fn control(&mut self, control: Control);

    /// Prepares another run with these settings while the live one goes on; [`Source::prepared`] returns the result.
    fn prepare(&mut self, config: RunConfig);

    /// The result of preparing, returned once: the other run can begin, or one sentence for the user on what is wrong and
    /// what to change. Never blocks.
    fn prepared(&mut self) -> Option<Result<(), String>>;

    /// Ends the live run, and then starts the one that was prepared. Does not wait for the end: what goes wrong after it
    /// is returned by [`Source::prepared`].
    ///
    /// # Errors
    /// One sentence for the user; then the live run goes on.
    fn begin(&mut self) -> Result<(), String>;

    /// Drops the other run, prepared or not.
    fn give_up(&mut self);

    /// Writes the live run into a folder from now on, after all that its history holds.
    ///
    /// # Errors
    /// One sentence for the user: what is wrong and what to write instead.
    fn log(&mut self, directory: &Path, history: &History) -> Result<(), String> {
        let _ = (directory, history);
        Err("there is nothing to log here".to_owned())
    }

    /// Steps that were dropped because the screen was slower than training.
    fn dropped(&self) -> u64;

    /// What is wrong with the origin of the events, one sentence each; empty while all is well.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// Why nothing further can be read, one sentence for each run that is broken; empty while all is well.
    fn errors(&self) -> Vec<String> {
        Vec::new()
    }

    /// How many runs it has.
    fn runs(&self) -> usize {
        1
    }

    /// Whether quitting now would lose something (a live run that is not over and is not logged).
    fn would_lose(&self) -> bool;

    /// Whether what there is of the live run, over or not, stands in no trace.
    fn is_unsaved(&self) -> bool {
        false
    }
}
