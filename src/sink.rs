//! Receivers of events. A [`Fanout`] passes each event to every sink in turn.
//!
//! Sinks run on the recorder's thread, never on a training thread.
//!
//! A receiver of one's own is a type with one method:
//!
//! ```
//! use nablatop::event::{Event, Note};
//! use nablatop::sink::memory::MemorySink;
//! use nablatop::sink::{Fanout, Sink};
//! use nablatop::units::Step;
//!
//! struct Print;
//!
//! impl Sink for Print {
//!     fn emit(&mut self, event: &Event) {
//!         if let Event::Note(note) = event {
//!             println!("{}", note.text);
//!         }
//!     }
//! }
//!
//! let memory = MemorySink::new();
//! let mut fanout = Fanout::new().with(Print).with(memory.clone());
//! fanout.emit(&Event::Note(Note { lane: None, step: Step(1), text: "the data set is small".to_owned() }));
//! assert_eq!(memory.take().len(), 1);
//! ```

pub mod channel;
pub mod memory;
pub mod trace;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::Event;

/// A consumer of events.
pub trait Sink: Send {
    /// Receives one event. A sink that cannot store it (full disk, receiver gone) counts or retries; it never panics.
    fn emit(&mut self, event: &Event);

    /// Called at least every 200 ms, and after the last event.
    fn flush(&mut self) {}
}

/// Passes every event to each of its sinks.
#[derive(Default)]
pub struct Fanout {
    sinks: Vec<Box<dyn Sink>>,
}

impl Fanout {
    /// A fanout without sinks.
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

/// A fanout to which sinks can be added during a run. Clones are handles on the same one.
#[derive(Clone, Default)]
pub struct OpenFanout {
    inner: Arc<Mutex<Fanout>>,
}

impl OpenFanout {
    /// A fanout of these sinks, to which more can be added.
    #[must_use]
    pub fn of(sinks: Fanout) -> Self {
        Self { inner: Arc::new(Mutex::new(sinks)) }
    }

    /// Adds a sink. No event is emitted meanwhile: `make` handles all events that its sink will not receive.
    ///
    /// # Errors
    /// Fails when `make` fails; then nothing has changed.
    pub fn attach<S: Sink + 'static, E>(&self, make: impl FnOnce() -> Result<S, E>) -> Result<(), E> {
        let mut inner = self.lock();
        let sink = make()?;
        inner.sinks.push(Box::new(sink));
        Ok(())
    }

    /// A fanout is consistent at all times, also after a panic.
    fn lock(&self) -> MutexGuard<'_, Fanout> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for OpenFanout {
    fn emit(&mut self, event: &Event) {
        self.lock().emit(event);
    }

    fn flush(&mut self) {
        self.lock().flush();
    }
}
