//! Training: one thread per lane, in step with the others, telling a recorder what it saw.
//!
//! ```text
//! lane 1 ──┐ bounded channel
//! lane 2 ──┼───────────────► recorder ─► sinks (trace, screen, …)
//! lane n ──┘                    └─ flushes every 200 ms; sends RunEnded on every path
//!    ▲ begin(step) / end(step)
//!  pacer: pause, single step, stop, learning rate, how far lanes may drift apart
//! ```

mod lane;
mod measure;
mod optimizer;
mod pacer;
mod recorder;
mod stepper;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use crossbeam_channel::bounded;
use thiserror::Error;

pub use measure::observe;
pub use stepper::{Look, Stepper, Taken};

use crate::backend;
use crate::config::setting::SettingError;
use crate::config::{Length, RunConfig};
use crate::data::{self, Batches, DataError, Dataset};
use crate::event::{Control, Event, FORMAT_VERSION, LaneHeader, Machine, Outcome, RunEnd, RunHeader};
use crate::quantity::Quantity;
use crate::sink::Fanout;
use crate::stack::Mlp;
use crate::stack::mlp::Task;
use crate::units::LaneId;

use lane::Lane;
use pacer::Pacer;

/// Events that wait for the recorder at most; training waits when the disk is slower than that.
const RECORDER_CAPACITY: usize = 64;
/// Stack of a training thread: Burn drops deep graphs recursively (10 000 blocks need more than 512 KiB).
const THREAD_STACK: usize = 64 << 20;

/// Why a run did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The system gave no thread.
    #[error("cannot start a thread for lane {lane}: {source}")]
    Thread {
        /// Name of the lane.
        lane: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A run in progress.
pub struct Session {
    header: Arc<RunHeader>,
    steps: u64,
    pacer: Arc<Pacer>,
    recorder: Option<JoinHandle<RunEnd>>,
}

/// Whether a run could start with these settings: costs reading the data.
///
/// # Errors
/// When a setting or the data makes no sense.
pub fn check(config: &RunConfig) -> Result<(), TrainError> {
    load(config).map(drop)
}

fn load(config: &RunConfig) -> Result<Dataset, TrainError> {
    config.check()?;
    let dataset = data::load(&config.data, config.seed)?;
    let rows = dataset.training.rows();
    if config.batch > rows {
        let problem = format!("{} is larger than the {rows} training rows: write {rows} or less", config.batch);
        return Err(SettingError { key: "batch".to_owned(), problem }.into());
    }
    Ok(dataset)
}

/// Starts a run: loads the data, draws the initial weights of one lane after the other, then trains all at once.
///
/// # Errors
/// When a setting or the data makes no sense, or the system gives no thread; then no sink has seen anything.
pub fn start(config: RunConfig, sinks: Fanout) -> Result<Session, TrainError> {
    let dataset = Arc::new(load(&config)?);
    let device = backend::device(config.backend).autodiff();
    let steps = steps(&config, &dataset);
    let pacer = Arc::new(Pacer::new(config.lanes.len(), threads(&config)));
    let config = Arc::new(config);
    let task = Task { features: dataset.features, classes: dataset.classes.len() };
    let lanes: Vec<Lane<Mlp>> = config
        .lanes
        .iter()
        .zip(0..)
        .map(|(settings, id)| {
            let stepper = Stepper::new(Mlp::new(settings, task, config.seed, &device), settings, &device);
            Lane { id: LaneId(id), settings: settings.clone(), stepper, steps }
        })
        .collect();
    let header = Arc::new(header(&config, lanes.iter()));
    let (sender, receiver) = bounded(RECORDER_CAPACITY);
    let recorder = recorder::spawn(receiver, sinks, Event::RunStarted(Arc::clone(&header)), config.lanes.len())
        .map_err(|source| TrainError::Thread { lane: "recorder".to_owned(), source })?;
    let session = Session { header, steps, pacer: Arc::clone(&pacer), recorder: Some(recorder) };
    for lane in lanes {
        let run = lane::Run {
            config: Arc::clone(&config),
            dataset: Arc::clone(&dataset),
            device: device.clone(),
            pacer: Arc::clone(&pacer),
            sender: sender.clone(),
        };
        let name = lane.settings.name.clone();
        // Dropping the session stops and joins the lanes that did start.
        lane::spawn(lane, run, THREAD_STACK).map_err(|source| TrainError::Thread { lane: name, source })?;
    }
    Ok(session)
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

    /// Passes a wish on to the lanes; returns at once.
    pub fn control(&self, control: Control) {
        self.pacer.control(control);
    }

    /// Whether every lane has ended and the sinks have everything.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.recorder.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until every lane has ended and the sinks have everything.
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

impl Drop for Session {
    fn drop(&mut self) {
        if self.recorder.is_some() {
            self.pacer.control(Control::Stop);
            let _ = self.wait();
        }
    }
}

fn threads(config: &RunConfig) -> usize {
    config.threads.unwrap_or_else(hardware_threads)
}

fn hardware_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn steps(config: &RunConfig, dataset: &Dataset) -> u64 {
    match config.length {
        Length::Steps(steps) => steps,
        Length::Epochs(epochs) => epochs * Batches::new(config.seed, dataset.training.rows(), config.batch).per_epoch(),
    }
}

fn header<'a>(config: &RunConfig, lanes: impl Iterator<Item = &'a Lane<Mlp>>) -> RunHeader {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    RunHeader {
        version: FORMAT_VERSION,
        run_id: format!("{:x}-{:x}", started.as_micros(), std::process::id()),
        started_at: started.as_secs(),
        lanes: lanes
            .map(|lane| LaneHeader {
                name: lane.settings.name.clone(),
                title: lane.settings.title(),
                layers: lane.stepper.map().table().clone(),
            })
            .collect(),
        quantities: Quantity::ALL.to_vec(),
        config: Some(config.clone()),
        machine: Machine {
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: hardware_threads(),
            gradtop: env!("CARGO_PKG_VERSION").to_owned(),
            backend: config.backend.to_string(),
        },
    }
}
