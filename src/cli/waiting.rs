//! A message about a run that takes long to prepare, while there is no screen yet.
//!
//! The terminal is still the shell's, no file is open, and signals keep their default effect: the process ends at once
//! and has nothing to restore.

use std::io::{self, IsTerminal};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::messages::note;

/// A shorter wait is not announced.
const LONG: Duration = Duration::from_secs(1);

/// Announces the wait until it is dropped.
pub(super) struct Waiting {
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// Starts waiting. The message appears only on a terminal.
    pub(super) fn for_the_run() -> Self {
        let (sender, over) = bounded(0);
        let is_seen = io::stderr().is_terminal();
        let spawn = || Builder::new().name("waiting".to_owned()).spawn(move || say_when_long(&over)).ok();
        Self { over: Some(sender), thread: is_seen.then(spawn).flatten() }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.over.take());
        // Later output starts on a new line.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn say_when_long(over: &Receiver<()>) {
    if over.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
        note("preparing the run: reading data, initializing weights; Ctrl-C ends it");
    }
}
