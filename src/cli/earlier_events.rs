//! The part of a resumed run that its trace already holds, for the screen or the progress line.

use std::path::Path;

use crate::event::Event;
use crate::trace::{Trace, read_last};

/// Events up to the checkpoint, the header first; empty for a new run.
#[derive(Debug, Default)]
pub(super) struct EarlierEvents {
    trace: Option<Trace>,
    /// Number of events that are still to be read.
    left: u64,
}

impl EarlierEvents {
    /// The first `events` events of the run in a folder. Events that cannot be read are not shown.
    pub(super) fn of(folder: &Path, events: u64) -> Self {
        Self { trace: read_last(folder).ok(), left: events }
    }

    /// Whether all events have been read.
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
