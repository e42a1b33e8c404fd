//! Keeps every event in memory: for tests and for short headless measurements.
//!
//! ```
//! use nablatop::event::{Event, Note};
//! use nablatop::sink::Sink;
//! use nablatop::sink::memory::MemorySink;
//! use nablatop::units::Step;
//!
//! let memory = MemorySink::new();
//! memory.clone().emit(&Event::Note(Note { lane: None, step: Step(1), text: "a note".to_owned() }));
//! assert_eq!((memory.take().len(), memory.take().len()), (1, 0), "clones share their events");
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use super::Sink;
use crate::event::Event;

/// A growing list of events, shared between clones.
#[derive(Clone, Default)]
pub struct MemorySink {
    events: Arc<Mutex<Vec<Event>>>,
}

impl MemorySink {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The events so far; leaves the list empty.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sink for MemorySink {
    fn emit(&mut self, event: &Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    }
}
