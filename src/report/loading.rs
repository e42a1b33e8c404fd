//! Reads a trace into a history.

use crate::event::Event;
use crate::history::History;
use crate::trace::{Trace, TraceError};

/// Reads a whole trace into a history; if several runs were appended to each other, the last one.
///
/// # Errors
/// Fails when the trace cannot be read.
pub fn load(trace: &mut Trace) -> Result<History, TraceError> {
    let mut history = History::new(trace.header().clone());
    for event in trace {
        match event? {
            Event::RunStarted(header) => history = History::new(header),
            event => history.push(&event),
        }
    }
    Ok(history)
}
