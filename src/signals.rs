//! Signals as messages: the receiver restores the terminal and closes traces.
//!
//! ```text
//! first request ─► Farewell::stop ─► message ─► answered: closing in order
//!                                       └─ not answered within GRACE ─┐
//! second request ─────────────────────────────────────────────────────┴─► Farewell::end_now, exit
//! ```
//!
//! A process that is asked to end and does not end (a write blocks because its terminal is not read) is ended after two
//! seconds; a second request ends it at once. What must be done in either case, such as closing a trace and restoring
//! the terminal, is a [`Farewell`], which runs on the threads of this module. A hangup never counts as the second
//! request: the kernel sends one when a terminal closes, and the shell another.
//!
//! ```
//! use nablatop::signals::{JobControl, Signals};
//!
//! let signals = Signals::listen(JobControl::Default)?;
//! assert!(signals.try_next().is_none(), "no signal arrived yet");
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::low_level;
use signal_hook::{flag, iterator};

/// Time for a thread to react to a request to end. Together with the time of [`Farewell::end_now`] it makes two
/// seconds.
const GRACE: Duration = Duration::from_millis(1700);

/// A request of the system to the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// Ctrl-C, or SIGINT from elsewhere.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    Hangup,
    /// SIGTSTP: Ctrl-Z from elsewhere.
    Suspend,
    /// SIGCONT.
    Continue,
}

impl Signal {
    /// Exit status of a process that ended because of this signal, by the convention of shells: 128 + its number.
    #[must_use]
    pub(crate) fn exit_code(self) -> u8 {
        128 + u8::try_from(self.number()).unwrap_or_default()
    }

    fn number(self) -> i32 {
        match self {
            Self::Interrupt => SIGINT,
            Self::Terminate => SIGTERM,
            Self::Hangup => SIGHUP,
            Self::Suspend => SIGTSTP,
            Self::Continue => SIGCONT,
        }
    }

    fn of(number: i32) -> Option<Self> {
        [Self::Interrupt, Self::Terminate, Self::Hangup, Self::Suspend, Self::Continue]
            .into_iter()
            .find(|signal| signal.number() == number)
    }

    fn ends(self) -> bool {
        matches!(self, Self::Interrupt | Self::Terminate | Self::Hangup)
    }
}

/// How the process takes part in job control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobControl {
    /// The system stops and continues the process, like any other.
    Default,
    /// Stop and continue are messages: the terminal must be restored first.
    Messages,
}

/// What is done when the process is asked to end, whatever its other threads are waiting for.
pub trait Farewell: Send {
    /// Handles the first request: begins to end, without waiting.
    fn stop(&mut self);

    /// The process ends when this returns, which must be soon.
    fn end_now(&mut self);
}

/// The receiving end.
#[derive(Debug)]
pub struct Signals {
    receiver: Receiver<Signal>,
    request: Arc<Request>,
}

/// How far the process has come in ending.
#[derive(Default)]
struct Request {
    asked: AtomicBool,
    answered: AtomicBool,
    farewells: Mutex<Vec<Box<dyn Farewell>>>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("asked", &self.asked).field("answered", &self.answered).finish_non_exhaustive()
    }
}

impl Signals {
    /// Starts to listen.
    ///
    /// # Errors
    /// Fails when the system refuses a handler or a thread.
    pub fn listen(job_control: JobControl) -> io::Result<Self> {
        let numbers: &[i32] = match job_control {
            JobControl::Default => &[SIGINT, SIGTERM, SIGHUP],
            JobControl::Messages => &[SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT],
        };
        let mut source = iterator::Signals::new(numbers)?;
        let (sender, receiver) = bounded(16);
        let request = Arc::new(Request::default());
        let seen = Arc::clone(&request);
        Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in source.forever().filter_map(Signal::of) {
                pass_on(&sender, signal, &seen);
            }
        })?;
        Ok(Self { receiver, request })
    }

    /// Adds something that must be done in any case. They are done in the order in which they were added.
    pub fn at_end(&self, farewell: impl Farewell + 'static) {
        self.request.farewells().push(Box::new(farewell));
    }

    /// The next signal, if one is waiting.
    #[must_use]
    pub fn try_next(&self) -> Option<Signal> {
        self.receiver.try_recv().ok()
    }

    /// The receiver, to wait on together with other channels.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<Signal> {
        &self.receiver
    }

    /// Confirms that the process is ending, asked by a signal or otherwise: an orderly end may take any time, and the
    /// next request ends the process at once.
    pub fn answer(&self) {
        self.request.asked.store(true, Ordering::Release);
        self.request.answered.store(true, Ordering::Release);
    }
}

impl Request {
    fn farewells(&self) -> MutexGuard<'_, Vec<Box<dyn Farewell>>> {
        self.farewells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_now(&self, signal: Signal) -> ! {
        self.farewells().iter_mut().for_each(|farewell| farewell.end_now());
        low_level::exit(signal.exit_code().into())
    }
}

fn pass_on(sender: &Sender<Signal>, signal: Signal, request: &Arc<Request>) {
    let is_first = signal.ends() && !request.asked.swap(true, Ordering::AcqRel);
    if signal.ends() && !is_first && signal != Signal::Hangup {
        request.end_now(signal);
    }
    // This comes before anything is stopped, so that the reason for the end is known. A full channel means that its
    // receiver does not listen; then the watchdog ends the process.
    let _ = sender.try_send(signal);
    if is_first {
        request.farewells().iter_mut().for_each(|farewell| farewell.stop());
        watch(signal, request);
    }
}

/// Gives a process that was asked to end two seconds for its last output, since its terminal may not be read.
pub fn end_soon(signal: Signal) {
    watch(signal, &Arc::default());
}

/// Ends the process after [`GRACE`], unless the request is answered by then.
fn watch(signal: Signal, request: &Arc<Request>) {
    let watched = Arc::clone(request);
    let watchdog = Builder::new().name("watchdog".to_owned()).spawn(move || {
        std::thread::sleep(GRACE);
        if !watched.answered.load(Ordering::Acquire) {
            watched.end_now(signal);
        }
    });
    if watchdog.is_err() {
        request.end_now(signal);
    }
}

/// Makes a write beyond the limit on file sizes fail like one on a full disk; by default it ends the process.
///
/// # Errors
/// Fails when the system refuses the handler.
pub fn limits_are_errors() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Stops the process as Ctrl-Z does; returns when it is continued.
pub fn suspend() {
    if let Err(error) = low_level::emulate_default_handler(SIGTSTP) {
        tracing::warn!(%error, "cannot stop this process");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says whether the message was there when it was told to stop.
    struct Looks(Receiver<Signal>, Sender<bool>);

    impl Farewell for Looks {
        fn stop(&mut self) {
            let _ = self.1.send(!self.0.is_empty());
        }

        fn end_now(&mut self) {}
    }

    #[test]
    fn the_message_is_there_before_anything_is_stopped() {
        let (sender, receiver) = bounded(16);
        let (said, heard) = bounded(1);
        let request = Arc::new(Request::default());
        request.farewells().push(Box::new(Looks(receiver, said)));
        request.answered.store(true, Ordering::Release);
        pass_on(&sender, Signal::Interrupt, &request);
        assert_eq!(heard.try_recv(), Ok(true));
    }
}
