//! Training: one thread per lane, in step with the others, telling a recorder what it saw.
//!
//! ```text
//! lane 1 ──┐ bounded channel
//! lane 2 ──┼───────────────► recorder ─► sinks (trace, screen, …)
//! lane n ──┘                    └─ flushes every 200 ms; sends RunEnded on every path
//!    ▲ begin(step) / end(step)
//!  pacer: pause, single step, stop, learning rate, how far lanes may drift apart
//! ```

pub mod checkpoint;
mod detail;
mod dump;
mod evaluation;
mod family;
mod file_sum;
mod flight;
mod flight_state;
mod footprint;
mod lane;
mod named;
mod optimizer;
mod optimizer_state;
mod oversize;
mod pacer;
mod prepared;
mod recorder;
mod schedule;
mod stepper;
mod verdict;
mod weights;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use thiserror::Error;

pub use checkpoint::{Checkpoint, CheckpointError, CheckpointWriter};
pub use dump::{Dump, DumpError, DumpWriter};
pub use footprint::Footprint;
pub use oversize::{Oversize, TooLarge};
#[cfg(all(feature = "cli", feature = "tui"))]
pub(crate) use prepared::THREAD_STACK;
pub use prepared::{Prepared, prepare, prepare_sized, resume};
pub use stepper::{StepOutput, Stepper};
pub use weights::WeightsError;

use crate::config::RunConfig;
use crate::config::setting::SettingError;
use crate::data::DataError;
use crate::event::{Control, Outcome, RunEnd, RunHeader};
use crate::sink::Fanout;
use crate::units::Step;

use pacer::Pacer;

/// Why a run did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no data.
    #[error(transparent)]
    Data(DataError),
    /// The weights to start from do not fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint cannot be used, or there is no place for one.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The run does not fit into the memory that there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The system gave no thread.
    #[error("cannot start a thread for lane {lane}: {source}")]
    Thread {
        /// Name of the lane.
        lane: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<DataError> for TrainError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Setting(error) => Self::Setting(error),
            other => Self::Data(other),
        }
    }
}

/// A run in progress.
pub struct Session {
    header: Arc<RunHeader>,
    steps: u64,
    stopper: Stopper,
    dumps: Arc<DumpWriter>,
    saves: Arc<CheckpointWriter>,
    recorder: Option<JoinHandle<RunEnd>>,
}

/// Starts a run in one go: [`prepare`], then [`Prepared::start`].
///
/// # Errors
/// As both of them; then no sink has seen anything.
pub fn start(config: RunConfig, sinks: Fanout) -> Result<Session, TrainError> {
    prepare(config)?.start(sinks)
}

impl Session {
    /// What does not change about the run.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// Steps that every lane is to take.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The steps that are written down.
    #[must_use]
    pub fn dumps(&self) -> &Arc<DumpWriter> {
        &self.dumps
    }

    /// The checkpoints that are saved.
    #[must_use]
    pub fn saves(&self) -> &Arc<CheckpointWriter> {
        &self.saves
    }

    /// Passes a wish on to the lanes; returns at once.
    pub fn control(&self, control: Control) {
        self.stopper.pacer.control(control);
    }

    /// What stops the run from any thread.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Whether every lane has ended and the sinks have everything.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.recorder.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until every lane has ended, or was stopped and given up, and the sinks have everything.
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

/// Stops a run, from whatever thread; outlives its session.
#[derive(Clone, Debug)]
pub struct Stopper {
    pacer: Arc<Pacer>,
    /// Disconnected once the sinks have everything.
    ended: Receiver<()>,
}

impl Stopper {
    /// Lanes end after the step that they are in; one that takes too long over it is given up after a second. Returns at
    /// once.
    pub fn stop(&self) {
        self.pacer.control(Control::Stop);
    }

    /// Lanes that are in a step are given up now. Returns at once.
    pub fn stop_now(&self) {
        self.pacer.stop_now();
    }

    /// Waits until the sinks have everything, for so long at most; says whether they do.
    #[must_use]
    pub fn wait(&self, most: Duration) -> bool {
        matches!(self.ended.recv_timeout(most), Err(RecvTimeoutError::Disconnected))
    }

    /// The step that the slowest lane is in.
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
