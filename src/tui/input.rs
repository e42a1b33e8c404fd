//! Keys, the mouse and changes of size, read on a thread of their own.
//!
//! crossterm's reader never comes back from a terminal that went away (it reads nothing, over and over), so that the
//! screen's thread, which has to close everything in order then, must not wait in it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use ratatui::crossterm::event::{self, Event};

/// Events that wait for the screen at most; further ones wait in the terminal.
const CAPACITY: usize = 64;
/// Time after which the thread looks whether anybody still listens.
const LOOK: Duration = Duration::from_millis(50);
/// Time that the thread is given to begin: a terminal that went away never lets it.
const GREETING: Duration = Duration::from_millis(500);
/// Time that the thread is given to end.
const FAREWELL: Duration = Duration::from_millis(200);

/// The receiving end. Dropping it ends the thread, so that what is typed from then on is the shell's.
#[derive(Debug)]
pub(super) struct Input {
    receiver: Receiver<io::Result<Event>>,
    over: Arc<AtomicBool>,
}

impl Input {
    /// Starts to read. Comes back once changes of size are heard: one between the first frame and that would be
    /// missed, and its rows never drawn again.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn listen() -> io::Result<Self> {
        let (sender, receiver) = bounded(CAPACITY);
        let over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&over);
        let (ears, heard) = bounded::<()>(0);
        Builder::new().name("input".to_owned()).spawn(move || {
            // crossterm listens for changes of size from its first call on.
            let _ = event::poll(Duration::ZERO);
            drop(ears);
            pass_on(&sender, &seen);
        })?;
        let _ = heard.recv_timeout(GREETING);
        Ok(Self { receiver, over })
    }

    /// The next event, if one comes in time.
    ///
    /// # Errors
    /// When the terminal went away.
    pub(super) fn next(&self, wait: Duration) -> io::Result<Option<Event>> {
        match self.receiver.recv_timeout(wait) {
            Ok(event) => event.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Until the thread drops its end. It never does where the terminal went away, and is not waited for then.
        while self.receiver.recv_timeout(FAREWELL).is_ok() {}
    }
}

fn pass_on(sender: &Sender<io::Result<Event>>, over: &AtomicBool) {
    while !over.load(Ordering::Acquire) {
        let event = match event::poll(LOOK) {
            Ok(false) => continue,
            Ok(true) => event::read(),
            Err(error) => Err(error),
        };
        let is_last = event.is_err();
        if sender.send(event).is_err() || is_last {
            return;
        }
    }
}
