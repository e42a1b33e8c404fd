//! A run that could start: its settings make sense, its data is loaded, its initial weights are drawn.
//!
//! Whoever writes the run somewhere learns what it will look like before anything begins.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use burn::prelude::Device;
use crossbeam_channel::bounded;

use super::dump::{Dump, DumpError, Dumps};
use super::family::Plan;
use super::lane::{self, AnyLane};
use super::pacer::Pacer;
use super::schedule::Schedule;
use super::{Session, TrainError, recorder};
use crate::backend;
use crate::config::setting::SettingError;
use crate::config::{Length, RunConfig};
use crate::data::{self, Batches, Dataset, Part};
use crate::event::{Event, FORMAT_VERSION, Machine, RunHeader};
use crate::quantity::Quantity;
use crate::sink::Fanout;
use crate::units::LaneId;
use crate::whole_file::Existing;

/// Events that wait for the recorder at most; training waits when the disk is slower than that.
const RECORDER_CAPACITY: usize = 64;
/// Stack of a training thread: Burn drops deep graphs recursively (10 000 blocks need more than 512 KiB).
const THREAD_STACK: usize = 64 << 20;

/// A run that has not begun.
pub struct Prepared {
    config: Arc<RunConfig>,
    device: Device,
    steps: u64,
    lanes: Vec<Box<dyn AnyLane>>,
    header: Arc<RunHeader>,
    dumps: Arc<Dumps>,
    notes: Vec<String>,
}

/// Loads the data and draws the initial weights of one lane after the other.
///
/// # Errors
/// When a setting or the data makes no sense.
pub fn prepare(config: RunConfig) -> Result<Prepared, TrainError> {
    let dataset = load(&config)?;
    let device = backend::device(config.backend).autodiff();
    let steps = steps(&config, &dataset);
    let mut notes = Vec::new();
    let mut lanes = Vec::with_capacity(config.lanes.len());
    for (settings, id) in config.lanes.iter().zip(0..) {
        let plan = Plan { id: LaneId(id), settings, data: &config.data, steps, seed: config.seed, device: &device };
        lanes.push(plan.lane(&dataset, &mut notes)?);
    }
    let header = Arc::new(header(&config, steps, &lanes));
    let dumps = Arc::new(Dumps::none(Arc::clone(&header)));
    Ok(Prepared { config: Arc::new(config), device, steps, lanes, header, dumps, notes })
}

impl Prepared {
    /// What will not change about the run.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// What a person should know about the weights that they gave, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The same run, with these steps written down.
    ///
    /// # Errors
    /// When the run has no such step, or a file cannot be written.
    pub fn dumping(mut self, dumps: Vec<Dump>, existing: Existing) -> Result<Self, DumpError> {
        self.dumps = Arc::new(Dumps::new(dumps, existing, Arc::clone(&self.header), self.steps)?);
        Ok(self)
    }

    /// Trains all lanes at once.
    ///
    /// # Errors
    /// When the system gives no thread; then no sink has seen anything.
    pub fn start(self, sinks: Fanout) -> Result<Session, TrainError> {
        let Self { config, device, steps, lanes, header, dumps, .. } = self;
        let pacer = Arc::new(Pacer::new(lanes.len(), threads(&config)));
        let schedule = Arc::new(Schedule::new(&config));
        let (sender, receiver) = bounded(RECORDER_CAPACITY);
        let recorder = recorder::spawn(receiver, sinks, Event::RunStarted(Arc::clone(&header)), lanes.len())
            .map_err(|source| TrainError::Thread { lane: "recorder".to_owned(), source })?;
        let session = Session { header, steps, pacer: Arc::clone(&pacer), dumps, recorder: Some(recorder) };
        for (lane, about) in lanes.into_iter().zip(&session.header.lanes) {
            let run = lane::Run {
                config: Arc::clone(&config),
                device: device.clone(),
                pacer: Arc::clone(&pacer),
                schedule: Arc::clone(&schedule),
                dumps: Arc::clone(&session.dumps),
                sender: sender.clone(),
            };
            // Dropping the session stops and joins the lanes that did start.
            lane.spawn(run, THREAD_STACK).map_err(|source| TrainError::Thread { lane: about.name.clone(), source })?;
        }
        Ok(session)
    }
}

fn load(config: &RunConfig) -> Result<Dataset, TrainError> {
    config.check()?;
    let dataset = data::load(config)?;
    let rows = dataset.rows(Part::Training);
    if config.batch > rows {
        let (batch, examples) = (config.batch, dataset.examples());
        let problem = format!("{batch} is larger than the {rows} training {examples}: write {rows} or less");
        return Err(SettingError { key: "batch".to_owned(), problem }.into());
    }
    Ok(dataset)
}

fn steps(config: &RunConfig, dataset: &Dataset) -> u64 {
    match config.length {
        Length::Steps(steps) => steps,
        Length::Epochs(epochs) => {
            let batches = Batches::new(config.seed, dataset.rows(Part::Training), config.batch);
            epochs.saturating_mul(batches.per_epoch())
        }
    }
}

fn threads(config: &RunConfig) -> usize {
    config.threads.unwrap_or_else(hardware_threads)
}

fn hardware_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn header(config: &RunConfig, steps: u64, lanes: &[Box<dyn AnyLane>]) -> RunHeader {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    RunHeader {
        version: FORMAT_VERSION,
        run_id: format!("{:x}-{:x}", started.as_micros(), std::process::id()),
        started_at: started.as_secs(),
        lanes: lanes.iter().map(|lane| lane.header()).collect(),
        quantities: Quantity::ALL.to_vec(),
        steps: Some(steps),
        config: Some(config.clone()),
        machine: Machine {
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            threads: hardware_threads(),
            gradtop: env!("CARGO_PKG_VERSION").to_owned(),
            backend: config.backend.to_string(),
        },
    }
}
