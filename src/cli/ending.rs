//! The end of a run on request: it is announced at once, happens within two seconds, and is written to the trace in any
//! case.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::messages::note;
use crate::signals::Farewell;
use crate::train::Stopper;

/// A run that ends sooner than this is not announced.
pub(super) const AT_ONCE: Duration = Duration::from_millis(100);
/// Time for the last lines of the trace when the process ends at once.
const LAST_LINES: Duration = Duration::from_millis(250);

/// Stops the current run, which changes when the screen restarts it.
#[derive(Clone, Debug)]
pub(super) struct EndOfRun(Arc<Mutex<Stopper>>);

impl EndOfRun {
    pub(super) fn of(stopper: Stopper) -> Self {
        Self(Arc::new(Mutex::new(stopper)))
    }

    /// Makes another run the one that is stopped.
    #[cfg(feature = "tui")]
    pub(super) fn replace(&self, stopper: Stopper) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stopper;
    }

    fn stopper(&self) -> Stopper {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Farewell for EndOfRun {
    fn stop(&mut self) {
        self.stopper().stop();
    }

    fn end_now(&mut self) {
        let stopper = self.stopper();
        stopper.stop_now();
        let _ = stopper.wait(LAST_LINES);
    }
}

/// What would end the run at once, as the sentence names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A signal, or Ctrl-C.
    Signal,
    /// A key.
    #[cfg(feature = "tui")]
    Key,
}

/// Prints what the end of the run waits for.
pub(super) fn say_what_is_awaited(stopper: &Stopper, asked: Asked) {
    let again = match asked {
        Asked::Signal => "again",
        #[cfg(feature = "tui")]
        Asked::Key => "Ctrl-C",
    };
    note(&format!("finishing step {}; {again} to stop now", stopper.current()));
}
