//! A run in progress, and the handle that stops it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::checkpoint::CheckpointWriter;
use super::dump::DumpWriter;
use super::pacer::Pacer;
use crate::event::{Control, Outcome, RunEnd, RunHeader};
use crate::units::Step;

/// A run in progress.
pub struct Session {
    pub(super) header: Arc<RunHeader>,
    pub(super) steps: u64,
    pub(super) stopper: Stopper,
    pub(super) dumps: Arc<DumpWriter>,
    pub(super) saves: Arc<CheckpointWriter>,
    pub(super) recorder: Option<JoinHandle<RunEnd>>,
}

impl Session {
    /// What does not change about the run.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// Number of steps of every lane.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The dumps of the run.
    #[must_use]
    pub fn dumps(&self) -> &Arc<DumpWriter> {
        &self.dumps
    }

    /// The checkpoints of the run.
    #[must_use]
    pub fn saves(&self) -> &Arc<CheckpointWriter> {
        &self.saves
    }

    /// Passes a request to the lanes; returns at once.
    pub fn control(&self, control: Control) {
        self.stopper.pacer.control(control);
    }

    /// A handle that stops the run from any thread.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Whether every lane has ended and the sinks have everything.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.recorder.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until every lane has ended, or is no longer waited for, and the sinks have everything.
    #[must_use]
    pub fn join(mut self) -> RunEnd {
        self.wait()
    }

    fn wait(&mut self) -> RunEnd {
        let ended = self.recorder.take().map(JoinHandle::join);
        match ended {
            Some(Ok(end)) => end,
            _ => RunEnd { outcome: Outcome::Failed("the recorder panicked".to_owned()) },
        }
    }
}

/// Stops a run from any thread; it outlives its session.
#[derive(Clone, Debug)]
pub struct Stopper {
    pub(super) pacer: Arc<Pacer>,
    /// Disconnected when the sinks have everything.
    pub(super) ended: Receiver<()>,
}

impl Stopper {
    /// Ends lanes after their current step; a lane that takes longer than a second is no longer waited for. Returns at
    /// once.
    pub(crate) fn stop(&self) {
        self.pacer.control(Control::Stop);
    }

    /// Stops waiting for lanes that are in a step. Returns at once.
    pub fn stop_now(&self) {
        self.pacer.stop_now();
    }

    /// Waits at most this long until the sinks have everything; returns whether they do.
    #[must_use]
    pub fn wait(&self, most: Duration) -> bool {
        matches!(self.ended.recv_timeout(most), Err(RecvTimeoutError::Disconnected))
    }

    /// The step of the slowest lane.
    #[must_use]
    pub fn current(&self) -> Step {
        self.pacer.current()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.recorder.is_some() {
            self.stopper.stop();
            let _ = self.wait();
        }
    }
}
