//! The end of a run on request: said at once, over within two seconds, and in the trace in any case.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::messages::note;
use crate::signals::Farewell;
use crate::train::Stopper;

/// An end that comes sooner needs no words.
pub(super) const AT_ONCE: Duration = Duration::from_millis(100);
/// Time that a trace is given for its last lines when the process ends at once.
const LAST_LINES: Duration = Duration::from_millis(250);

/// What stops the run of the moment: the screen may restart it.
#[derive(Clone, Debug)]
pub(super) struct EndOfRun(Arc<Mutex<Stopper>>);

impl EndOfRun {
    pub(super) fn of(stopper: Stopper) -> Self {
        Self(Arc::new(Mutex::new(stopper)))
    }

    /// From now on it is another run that is stopped.
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

/// What ends the run at once, as the sentence says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// By a signal, or Ctrl-C.
    Signal,
    /// By a key.
    #[cfg(feature = "tui")]
    Key,
}

/// Says what the end waits for.
pub(super) fn say_what_is_awaited(stopper: &Stopper, asked: Asked) {
    let again = match asked {
        Asked::Signal => "again",
        #[cfg(feature = "tui")]
        Asked::Key => "Ctrl-C",
    };
    note(&format!("finishing step {}; {again} to stop now", stopper.current()));
}
