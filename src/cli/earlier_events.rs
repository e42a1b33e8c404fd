//! What the trace of a run that goes on already holds of it, for the screen or the progress line.

use std::path::Path;

use crate::event::Event;
use crate::trace::{Trace, read_last};

/// Events up to the checkpoint, the header first; none of a run that begins.
#[derive(Debug, Default)]
pub(super) struct EarlierEvents {
    trace: Option<Trace>,
    /// How many of its events were there before the run went on.
    left: u64,
}

impl EarlierEvents {
    /// The first so many events of the run in a folder. What cannot be read is not shown.
    pub(super) fn of(directory: &Path, events: u64) -> Self {
        Self { trace: read_last(directory).ok(), left: events }
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0 || self.trace.is_none()
    }
}

impl Iterator for EarlierEvents {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.left = self.left.checked_sub(1)?;
        let next = self.trace.as_mut()?.next().and_then(Result::ok);
        if next.is_none() {
            self.trace = None;
        }
        next
    }
}
