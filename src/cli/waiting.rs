//! A word on a run that takes long to prepare: there is no screen yet, and the shell's says nothing.
//!
//! The terminal is not taken over meanwhile, no file is opened, and signals do what they do by default: the process ends at
//! once, and nothing need be given back.

use std::io::{self, IsTerminal};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::messages::note;

/// A wait that is shorter needs no words.
const LONG: Duration = Duration::from_secs(1);

/// What is waited for until it is dropped.
pub(super) struct Waiting {
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waiting {
    /// From now on; said on a terminal alone: a file is not waited at.
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
        // What is said next comes behind it.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn say_when_long(over: &Receiver<()>) {
    if over.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
        note("preparing the run: reading data, initializing weights; Ctrl-C ends it");
    }
}
