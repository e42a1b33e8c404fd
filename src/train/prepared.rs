//! A run that is ready to start: its settings make sense, its data is loaded, its weights are initialized.
//!
//! Sinks receive the header before anything begins.

use std::collections::BTreeMap;
use std::ops::Add;
use std::path::Path;
use std::sync::Arc;

use burn::prelude::Device;
use crossbeam_channel::bounded;

use super::checkpoint::{About, Checkpoint, CheckpointError, CheckpointWriter, Ended, Moment, Owner};
use super::dump::{Dump, DumpError, DumpWriter};
use super::error::TrainError;
use super::family::{LanePlan, Resumed};
use super::flight_state::FlightState;
use super::footprint::Footprint;
use super::lane::{self, AnyLane, LaneResumePoint};
use super::oversize::Oversize;
use super::pacer::{Pacer, Start};
use super::schedule::Schedule;
use super::session::{Session, Stopper};
use crate::backend;
use crate::config::setting::SettingError;
use crate::config::{Length, RunConfig};
use crate::data::{self, Batches, Dataset, Subset};
use crate::event::{Event, Note, RunHeader};
use crate::number::count;
use crate::recorder::{self, Recorded, RecorderMessage};
use crate::sink::Fanout;
use crate::units::{LaneId, Step};
use crate::whole_file::Existing;

/// Stack size of a training thread: Burn drops deep graphs recursively (10 000 blocks need more than 512 KiB).
pub(crate) const THREAD_STACK: usize = 64 << 20;

/// A run that has not begun.
pub struct Prepared {
    config: Arc<RunConfig>,
    device: Device,
    steps: u64,
    lanes: Vec<Box<dyn AnyLane>>,
    footprint: Footprint,
    header: Arc<RunHeader>,
    dumps: Arc<DumpWriter>,
    saves: Arc<CheckpointWriter>,
    /// CRC-32C of the data, if it is needed.
    data_crc: u32,
    begun: ResumePoint,
    notes: Vec<String>,
}

/// Where a run begins: at step 1, or after a checkpoint.
#[derive(Debug, Default)]
struct ResumePoint {
    after: Step,
    moment: Moment,
    ended: BTreeMap<LaneId, Ended>,
    /// The states of the lanes' flight recorders.
    flights: BTreeMap<LaneId, FlightState>,
}

/// Loads the data and initializes the weights of one lane after the other.
///
/// # Errors
/// Fails when a setting or the data makes no sense, or the run does not fit into the available memory.
pub fn prepare(config: RunConfig) -> Result<Prepared, TrainError> {
    prepare_sized(config, None, Oversize::Refused)
}

/// Loads the data and restores every lane from a checkpoint; the settings say how long the run continues.
///
/// # Errors
/// Fails as [`prepare`] does; also when no step is left, or the data or a lane differ from those of the checkpoint.
pub fn resume(config: RunConfig, checkpoint: &Checkpoint) -> Result<Prepared, TrainError> {
    prepare_sized(config, Some(checkpoint), Oversize::Refused)
}

/// [`prepare`], or [`resume`] if there is a checkpoint, with a choice of how a run that is too large is handled.
///
/// # Errors
/// Fails as either of them does.
/// As both.
pub fn prepare_sized(
    config: RunConfig,
    checkpoint: Option<&Checkpoint>,
    oversize: Oversize,
) -> Result<Prepared, TrainError> {
    let dataset = load(&config)?;
    let data_crc = if checkpoint.is_some() || config.save_every.is_some() { dataset.fingerprint() } else { 0 };
    let device = backend::training_device(config.backend, config.checkpoint_activations);
    let steps = steps(&config, &dataset);
    if let Some(checkpoint) = checkpoint {
        goes_on(checkpoint, &config, steps)?;
        if checkpoint.manifest().data_crc != data_crc {
            return Err(CheckpointError::Data(config.data.to_string()).into());
        }
    }
    let begun = checkpoint.map(ResumePoint::at).unwrap_or_default();
    let mut notes = Vec::new();
    let mut undrawn = Vec::with_capacity(config.lanes.len());
    for (settings, id) in config.lanes.iter().zip(0..) {
        let resumed = checkpoint.map(|checkpoint| Resumed {
            past: begun.past(LaneId(id)),
            file: checkpoint.lane(usize::from(id)),
            kept: checkpoint.kept(usize::from(id)),
        });
        let (id, data, seed, batch) = (LaneId(id), &config.data, config.seed, config.batch);
        let plan = LanePlan { id, settings, data, steps, batch, seed, device: &device, resumed };
        undrawn.push(plan.lane(&dataset, &mut notes)?);
    }
    let footprints: Vec<Footprint> = undrawn.iter().map(|lane| lane.footprint(&config)).collect();
    let footprint = footprints.iter().copied().fold(Footprint::default(), Footprint::add);
    oversize.judge(&config, &footprints)?;
    let lanes = undrawn.into_iter().map(|lane| lane.drawn(&mut notes)).collect::<Result<Vec<_>, _>>()?;
    let mut header = header(&config, steps, &lanes);
    header.data = Some(data::summary(&config.data, &dataset));
    if let Some(checkpoint) = checkpoint {
        checkpoint.run_id().clone_into(&mut header.run_id);
    }
    let header = Arc::new(header);
    let config = Arc::new(config);
    let dumps = Arc::new(DumpWriter::none(Arc::clone(&header), Arc::clone(&config)));
    let saves = Arc::new(CheckpointWriter::none());
    Ok(Prepared { config, device, steps, lanes, footprint, header, dumps, saves, data_crc, begun, notes })
}

impl ResumePoint {
    fn at(checkpoint: &Checkpoint) -> Self {
        let manifest = checkpoint.manifest();
        let ended = manifest.lanes.iter().zip(0..).filter_map(|(lane, id)| Some((LaneId(id), lane.ended.clone()?)));
        Self {
            after: manifest.step,
            moment: Moment { rate: manifest.rate, looked: manifest.looked },
            ended: ended.collect(),
            flights: manifest.lanes.iter().zip(0..).map(|(lane, id)| (LaneId(id), lane.flight.clone())).collect(),
        }
    }

    fn past(&self, lane: LaneId) -> LaneResumePoint {
        let ended = self.ended.get(&lane).cloned();
        let flight = self.flights.get(&lane).cloned().unwrap_or_default();
        ended.map_or(LaneResumePoint { step: self.after, outcome: None, flight }, LaneResumePoint::from)
    }
}

/// Checks that the run has steps left.
fn goes_on(checkpoint: &Checkpoint, config: &RunConfig, steps: u64) -> Result<(), SettingError> {
    let taken = checkpoint.step();
    if steps > taken.0 {
        return Ok(());
    }
    let key = if matches!(config.length, Length::Steps(_)) { "steps" } else { "epochs" };
    let problem = format!(
        "the run ends at step {}, but the checkpoint is already at step {taken}: write more to continue",
        count(steps)
    );
    Err(SettingError { key: key.to_owned(), problem })
}

impl Prepared {
    /// What does not change about the run.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// The estimated memory of the run.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        self.footprint
    }

    /// Notes for the user about given weights, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The same run with these dumps.
    ///
    /// # Errors
    /// Fails when the run has no such step, or a file cannot be written.
    pub fn dumping(mut self, dumps: Vec<Dump>, existing: Existing) -> Result<Self, DumpError> {
        if let Some(dump) = dumps.iter().find(|dump| dump.step <= self.begun.after) {
            return Err(DumpError::BeforeTheStart { dump: dump.clone(), after: self.begun.after });
        }
        self.dumps = Arc::new(DumpWriter::new(
            dumps,
            existing,
            (Arc::clone(&self.header), Arc::clone(&self.config)),
            self.steps,
        )?);
        Ok(self)
    }

    /// The same run with checkpoints beside its trace, if the settings ask for them.
    ///
    /// # Errors
    /// Fails when there is no trace, or checkpoints of another run are there and must be kept.
    pub fn saving(mut self, log: Option<&Path>, owner: Owner, existing: Existing) -> Result<Self, CheckpointError> {
        let about = About {
            config: RunConfig::clone(&self.config),
            run_id: self.header.run_id.clone(),
            data_crc: self.data_crc,
            last: Step(self.steps),
            ended: self.begun.ended.clone(),
        };
        self.saves = Arc::new(CheckpointWriter::new(about, log, owner, existing)?);
        Ok(self)
    }

    /// Trains all lanes at once.
    ///
    /// # Errors
    /// Fails when the system cannot start a thread, or checkpoints cannot be written; then no sink has received
    /// anything.
    pub fn start(self, sinks: Fanout) -> Result<Session, TrainError> {
        let Self { config, device, steps, lanes, header, dumps, saves, begun, .. } = self;
        saves.begin()?;
        let ResumePoint { after, moment: Moment { rate, looked }, .. } = begun;
        let pacer = Arc::new(Pacer::new(lanes.len(), threads(&config), Start { after, rate }));
        let schedule = Arc::new(Schedule::resumed(&config, after, looked).ending_with(Step(steps)));
        let (sender, receiver) = bounded(recorder::CAPACITY);
        let (alive, ended) = bounded(0);
        let (started, pacing) = (Event::RunStarted(Arc::clone(&header)), Arc::clone(&pacer));
        let run = Recorded { started, lanes: lanes.len(), after, patience: Box::new(pacing) };
        let recorder = recorder::spawn(receiver, sinks, run, alive)
            .map_err(|source| TrainError::Thread { lane: "recorder".to_owned(), source })?;
        if after > Step(0) {
            let text = format!("resumed after step {after}");
            let _ = sender.send(RecorderMessage::Event(Event::Note(Note { lane: None, step: after, text })));
        }
        let stopper = Stopper { pacer: Arc::clone(&pacer), ended };
        let session = Session { header, steps, stopper, dumps, saves, recorder: Some(recorder) };
        for (lane, about) in lanes.into_iter().zip(&session.header.lanes) {
            let run = lane::Run {
                config: Arc::clone(&config),
                device: device.clone(),
                pacer: Arc::clone(&pacer),
                schedule: Arc::clone(&schedule),
                dumps: Arc::clone(&session.dumps),
                saves: Arc::clone(&session.saves),
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
    let rows = dataset.rows(Subset::Training);
    if config.batch > rows {
        let (batch, examples) = (config.batch, dataset.examples());
        let problem =
            format!("{batch} is larger than the {} training {examples}: write {rows} or less", count(rows as u64));
        return Err(SettingError { key: "batch".to_owned(), problem }.into());
    }
    Ok(dataset)
}

fn steps(config: &RunConfig, dataset: &Dataset) -> u64 {
    match config.length {
        Length::Steps(steps) => steps,
        Length::Epochs(epochs) => {
            let batches = Batches::new(config.seed, dataset.rows(Subset::Training), config.batch);
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
    let mut header = RunHeader::new(lanes.iter().map(|lane| lane.header()).collect());
    header.steps = Some(steps);
    config.write_to(&mut header);
    header.machine.backend = config.backend.to_string();
    header
}
