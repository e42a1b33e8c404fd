//! Where events go. A [`Fanout`] hands each event to every sink in turn.
//!
//! Sinks run on the recorder's thread, never on a training thread.

pub mod channel;
pub mod memory;
pub mod trace;

use crate::event::Event;

/// A consumer of events.
pub trait Sink: Send {
    /// Takes one event. A sink that cannot take it (full disk, nobody listening) counts or retries; it never panics.
    fn emit(&mut self, event: &Event);

    /// Called at least every 200 ms, and after the last event.
    fn flush(&mut self) {}
}

/// Hands every event to each of its sinks.
#[derive(Default)]
pub struct Fanout {
    sinks: Vec<Box<dyn Sink>>,
}

impl Fanout {
    /// No sinks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a sink.
    #[must_use]
    pub fn with(mut self, sink: impl Sink + 'static) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }
}

impl Sink for Fanout {
    fn emit(&mut self, event: &Event) {
        for sink in &mut self.sinks {
            sink.emit(event);
        }
    }

    fn flush(&mut self) {
        for sink in &mut self.sinks {
            sink.flush();
        }
    }
}
