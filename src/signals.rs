//! Signals as messages: the terminal is given back and traces are closed by whoever receives them.
//!
//! A process that is asked to end and does not (its terminal is not read, so that a write blocks) is ended after
//! two seconds; the second request ends it at once. The trace is flushed every 200 ms, so nothing older is lost.
//! A hangup never counts as the second request: the kernel sends one when a terminal closes, and the shell another.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGXFSZ};
use signal_hook::low_level;
use signal_hook::{flag, iterator};

/// How long whoever is asked to end may take to react.
const GRACE: Duration = Duration::from_secs(2);

/// What the system asks of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C, or SIGINT from elsewhere.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal went away.
    Hangup,
    /// SIGTSTP: Ctrl-Z from elsewhere.
    Suspend,
    /// SIGCONT.
    Continue,
}

impl Signal {
    /// Exit status of a process that ended because of it, as shells count: 128 + its number.
    #[must_use]
    pub fn exit_code(self) -> u8 {
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

/// Who takes part in job control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobControl {
    /// The system stops and continues the process, as any other.
    Default,
    /// Stop and continue are messages: the terminal must be given back first.
    Messages,
}

/// The receiving end.
#[derive(Debug)]
pub struct Signals {
    receiver: Receiver<Signal>,
    answered: Arc<AtomicBool>,
}

impl Signals {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the system refuses a handler or a thread.
    pub fn listen(job_control: JobControl) -> io::Result<Self> {
        let numbers: &[i32] = match job_control {
            JobControl::Default => &[SIGINT, SIGTERM, SIGHUP],
            JobControl::Messages => &[SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT],
        };
        // A limit on the size of files is a full disk like any other: the write must fail, not the process.
        flag::register(SIGXFSZ, Arc::default())?;
        let mut source = iterator::Signals::new(numbers)?;
        let (sender, receiver) = bounded(16);
        let answered = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&answered);
        Builder::new().name("signals".to_owned()).spawn(move || {
            let mut asked = false;
            for signal in source.forever().filter_map(Signal::of) {
                pass_on(&sender, signal, &seen, &mut asked);
            }
        })?;
        Ok(Self { receiver, answered })
    }

    /// The next signal, if one waits.
    #[must_use]
    pub fn try_next(&self) -> Option<Signal> {
        self.receiver.try_recv().ok()
    }

    /// The receiver, to wait on together with other channels.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<Signal> {
        &self.receiver
    }

    /// The request to end is being followed: closing in order may take as long as it takes.
    pub fn answer(&self) {
        self.answered.store(true, Ordering::Release);
    }
}

fn pass_on(sender: &Sender<Signal>, signal: Signal, answered: &Arc<AtomicBool>, asked: &mut bool) {
    if signal.ends() {
        if !*asked {
            *asked = true;
            watch(signal, Arc::clone(answered));
        } else if signal != Signal::Hangup {
            low_level::exit(signal.exit_code().into());
        }
    }
    // A full channel means that nobody listens; the watchdog sees to it.
    let _ = sender.try_send(signal);
}

/// Gives the last words of a process that was asked to end two seconds: nobody may be reading them.
pub fn end_soon(signal: Signal) {
    watch(signal, Arc::default());
}

/// Ends the process after [`GRACE`], unless the request is answered by then.
fn watch(signal: Signal, answered: Arc<AtomicBool>) {
    let watchdog = Builder::new().name("watchdog".to_owned()).spawn(move || {
        std::thread::sleep(GRACE);
        if !answered.load(Ordering::Acquire) {
            low_level::exit(signal.exit_code().into());
        }
    });
    if watchdog.is_err() {
        low_level::exit(signal.exit_code().into());
    }
}

/// Stops the process as Ctrl-Z does; returns when it is continued.
pub fn suspend() {
    if let Err(error) = low_level::emulate_default_handler(SIGTSTP) {
        tracing::warn!(%error, "cannot stop this process");
    }
}
