//! A run that could start: its settings make sense, its data is loaded, its initial weights are drawn.
//!
//! Whoever writes the run somewhere learns what it will look like before anything begins.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use burn::prelude::Device;
use crossbeam_channel::bounded;

use super::dump::{Dump, DumpError, Dumps};
use super::lane::{self, Lane};
use super::pacer::Pacer;
use super::schedule::Schedule;
use super::stepper::Stepper;
use super::{Session, TrainError, WeightsError, recorder, weights};
use crate::backend;
use crate::config::setting::SettingError;
use crate::config::{LaneConfig, Length, RunConfig};
use crate::data::{self, Batches, Dataset};
use crate::event::{Event, FORMAT_VERSION, LaneHeader, Machine, RunHeader};
use crate::quantity::Quantity;
use crate::sink::Fanout;
use crate::stack::Mlp;
use crate::stack::mlp::Task;
use crate::units::LaneId;
use crate::whole_file::Existing;

/// Events that wait for the recorder at most; training waits when the disk is slower than that.
const RECORDER_CAPACITY: usize = 64;
/// Stack of a training thread: Burn drops deep graphs recursively (10 000 blocks need more than 512 KiB).
const THREAD_STACK: usize = 64 << 20;

/// A run that has not begun.
pub struct Prepared {
    config: Arc<RunConfig>,
    dataset: Arc<Dataset>,
    device: Device,
    steps: u64,
    lanes: Vec<Lane<Mlp>>,
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
    let task = Task { features: dataset.features, classes: dataset.classes.len() };
    let mut notes = Vec::new();
    let mut lanes = Vec::with_capacity(config.lanes.len());
    for (settings, id) in config.lanes.iter().zip(0..) {
        let model = started(Mlp::new(settings, task, config.seed, &device), settings, &mut notes)?;
        let stepper = Stepper::new(model, settings, &device);
        lanes.push(Lane { id: LaneId(id), settings: settings.clone(), stepper, steps });
    }
    let header = Arc::new(header(&config, steps, &lanes));
    let dumps = Arc::new(Dumps::none(Arc::clone(&header)));
    let (config, dataset) = (Arc::new(config), Arc::new(dataset));
    Ok(Prepared { config, dataset, device, steps, lanes, header, dumps, notes })
}

/// The model with the weights that a person gave, where they did.
fn started(model: Mlp, settings: &LaneConfig, notes: &mut Vec<String>) -> Result<Mlp, WeightsError> {
    let Some(path) = &settings.init_from else { return Ok(model) };
    let loaded = weights::load(model, &settings.name, path)?;
    notes.extend(loaded.note);
    Ok(loaded.model)
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
        let Self { config, dataset, device, steps, lanes, header, dumps, .. } = self;
        let pacer = Arc::new(Pacer::new(lanes.len(), threads(&config)));
        let schedule = Arc::new(Schedule::new(&config));
        let (sender, receiver) = bounded(RECORDER_CAPACITY);
        let recorder = recorder::spawn(receiver, sinks, Event::RunStarted(Arc::clone(&header)), lanes.len())
            .map_err(|source| TrainError::Thread { lane: "recorder".to_owned(), source })?;
        let session = Session { header, steps, pacer: Arc::clone(&pacer), dumps, recorder: Some(recorder) };
        for lane in lanes {
            let run = lane::Run {
                config: Arc::clone(&config),
                dataset: Arc::clone(&dataset),
                device: device.clone(),
                pacer: Arc::clone(&pacer),
                schedule: Arc::clone(&schedule),
                dumps: Arc::clone(&session.dumps),
                sender: sender.clone(),
            };
            let name = lane.settings.name.clone();
            // Dropping the session stops and joins the lanes that did start.
            lane::spawn(lane, run, THREAD_STACK).map_err(|source| TrainError::Thread { lane: name, source })?;
        }
        Ok(session)
    }
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

fn steps(config: &RunConfig, dataset: &Dataset) -> u64 {
    match config.length {
        Length::Steps(steps) => steps,
        Length::Epochs(epochs) => {
            let batches = Batches::new(config.seed, dataset.training.rows(), config.batch);
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

fn header(config: &RunConfig, steps: u64, lanes: &[Lane<Mlp>]) -> RunHeader {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    RunHeader {
        version: FORMAT_VERSION,
        run_id: format!("{:x}-{:x}", started.as_micros(), std::process::id()),
        started_at: started.as_secs(),
        lanes: lanes
            .iter()
            .map(|lane| LaneHeader {
                name: lane.settings.name.clone(),
                title: lane.settings.title(),
                layers: lane.stepper.map().table().clone(),
            })
            .collect(),
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
