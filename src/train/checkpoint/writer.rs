//! Writes the checkpoints of a run in progress. Its lanes may be two steps apart: each writes its own file, and the
//! last lane gives the folder its name.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::layout::{FOLDER, MANIFEST, SETTINGS, VERSION};
use super::manifest::{Ended, FileSum, Manifest, SavedLane, kept_file, lane_file};
use super::{CheckpointError, folder, opened};
use crate::config::RunConfig;
use crate::config::draft::Commented;
use crate::event::Outcome;
use crate::measurement::LastMeasured;
use crate::text;
use crate::train::flight_state::FlightState;
use crate::train::pacer::Rate;
use crate::train::stepper::saved::SaveError;
use crate::units::{LaneId, Step};
use crate::whole_file::Existing;

/// What is the same in all checkpoints of a run.
#[derive(Clone, Debug)]
pub(in crate::train) struct About {
    pub(in crate::train) config: RunConfig,
    pub(in crate::train) run_id: String,
    pub(in crate::train) data_crc: u32,
    /// The last step of the run.
    pub(in crate::train) last: Step,
    /// Lanes that had ended before.
    pub(in crate::train) ended: BTreeMap<LaneId, Ended>,
}

/// The owner of the checkpoints that are already in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Owner {
    /// The run that is continued there.
    ThisRun,
    /// Another run, if there are any checkpoints.
    Another,
}

/// Writes the checkpoints of a run.
#[derive(Debug)]
pub struct CheckpointWriter {
    plan: Option<SavePlan>,
    /// The folder with the checkpoints of a run that this one replaces, if this one saves none itself.
    replaced: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct SavePlan {
    every: u64,
    folder: PathBuf,
    owner: Owner,
    about: About,
}

#[derive(Debug, Default)]
struct State {
    gathering: BTreeMap<Step, PendingCheckpoint>,
    ended: BTreeMap<LaneId, Ended>,
    /// The earliest last step of a lane that was stopped: a later checkpoint cannot be complete.
    stopped_after: Option<Step>,
    newest: Option<PathBuf>,
    /// Why the last checkpoint that was due is missing.
    problem: Option<String>,
}

/// A checkpoint that is being written.
#[derive(Debug, Default)]
struct PendingCheckpoint {
    files: BTreeMap<LaneId, LaneSums>,
    /// The states of their flight recorders.
    flights: BTreeMap<LaneId, FlightState>,
    /// The state of the run as the last lane reported it.
    moment: Moment,
    problem: Option<String>,
}

/// The checksums of a lane's own file and of its kept states.
#[derive(Debug)]
struct LaneSums {
    own: FileSum,
    kept: Vec<FileSum>,
}

/// The state of the run at a step, as a lane knows it.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::train) struct Moment {
    pub(in crate::train) rate: Rate,
    pub(in crate::train) looked: LastMeasured,
}

/// The state of a lane.
pub(in crate::train) struct LaneState<K> {
    /// Its parameters and its optimizer's state.
    pub(in crate::train) file: Result<Vec<u8>, SaveError>,
    pub(in crate::train) flight: FlightState,
    /// The states that its flight recorder keeps; each is encoded when it is written.
    pub(in crate::train) kept: K,
}

impl CheckpointWriter {
    /// A writer that saves nothing.
    pub(in crate::train) fn none() -> Self {
        Self { plan: None, replaced: None, state: Mutex::default() }
    }

    /// A writer of checkpoints beside a trace, if the settings ask for them. It writes nothing yet.
    pub(in crate::train) fn new(
        about: About,
        log: Option<&Path>,
        owner: Owner,
        existing: Existing,
    ) -> Result<Self, CheckpointError> {
        let Some(every) = about.config.save_every else {
            let is_replaced = owner == Owner::Another && existing == Existing::Replace;
            let replaced = log.filter(|_| is_replaced).map(|log| log.join(FOLDER));
            return Ok(Self { replaced, ..Self::none() });
        };
        let folder = log.ok_or(CheckpointError::NoFolder)?.join(FOLDER);
        let settings = Commented(&about.config).to_string();
        let read = opened::config(Path::new(SETTINGS), settings.as_bytes());
        if read.map_err(|error| CheckpointError::Settings(error.to_string()))? != about.config {
            return Err(CheckpointError::Settings("they read back differently".to_owned()));
        }
        let is_occupied = owner == Owner::Another && !folder::listed(&folder).is_empty();
        if is_occupied && existing == Existing::Keep {
            return Err(CheckpointError::Occupied(folder));
        }
        let state = Mutex::new(State { ended: about.ended.clone(), ..State::default() });
        Ok(Self { plan: Some(SavePlan { every, folder, owner, about }), replaced: None, state })
    }

    /// Makes room: removes the checkpoints of a run that is replaced, and what a killed process left unfinished.
    pub(in crate::train) fn begin(&self) -> Result<(), CheckpointError> {
        if let Some(folder) = &self.replaced {
            let failed = |source| CheckpointError::Unwritable { path: folder.clone(), source };
            return folder::clear(folder).map_err(failed);
        }
        let Some(plan) = &self.plan else { return Ok(()) };
        let failed = |source| CheckpointError::Unwritable { path: plan.folder.clone(), source };
        folder::make(&plan.folder).map_err(failed)?;
        folder::tidy(&plan.folder);
        if plan.owner == Owner::Another {
            folder::clear(&plan.folder).map_err(failed)?;
        }
        Ok(())
    }

    /// Whether lanes must save their state after a step.
    pub(in crate::train) fn is_wanted(&self, step: Step) -> bool {
        self.plan.as_ref().is_some_and(|plan| step.0.is_multiple_of(plan.every) || step == plan.about.last)
    }

    /// Receives a lane's file of a step; the last lane's thread publishes the checkpoint.
    pub(in crate::train) fn take<K>(&self, lane: LaneId, step: Step, moment: Moment, state: LaneState<K>)
    where
        K: Iterator<Item = Result<Vec<u8>, SaveError>>,
    {
        let Some(plan) = &self.plan else { return };
        if self.locked().stopped_after.is_some_and(|last| step > last) {
            return;
        }
        let LaneState { file, flight, kept } = state;
        let written = |name: String, bytes: Result<Vec<u8>, SaveError>| {
            let bytes = bytes.map_err(|error| error.to_string())?;
            let beside = folder::begin(&plan.folder, step);
            let written = beside.and_then(|beside| folder::write(&beside, &name, &bytes));
            written.map(|()| FileSum::of(&bytes)).map_err(|error| plan.refusal(&error))
        };
        let written = written(lane_file(lane.index()), file).and_then(|own| {
            let kept = kept.enumerate().map(|(index, bytes)| written(kept_file(lane.index(), index), bytes));
            Ok(LaneSums { own, kept: kept.collect::<Result<_, _>>()? })
        });
        let mut state = self.locked();
        let gathering = state.gathering.entry(step).or_default();
        gathering.moment = moment;
        gathering.flights.insert(lane, flight);
        match written {
            Ok(sums) => drop(gathering.files.insert(lane, sums)),
            Err(problem) => {
                gathering.files.insert(lane, LaneSums { own: FileSum::of(&[]), kept: Vec::new() });
                gathering.problem = Some(problem);
            }
        }
        plan.close(&mut state, step);
    }

    /// A lane makes no more steps.
    pub(in crate::train) fn leave(&self, lane: LaneId, last: Step, outcome: &Outcome) {
        let Some(plan) = &self.plan else { return };
        let mut state = self.locked();
        let awaited: Vec<Step> = state.gathering.keys().copied().filter(|step| *step > last).collect();
        if matches!(outcome, Outcome::Stopped | Outcome::Completed) {
            // The lane was stopped: a checkpoint without it would belong to a different run.
            state.stopped_after = Some(state.stopped_after.map_or(last, |earlier| earlier.min(last)));
            for step in awaited {
                state.gathering.remove(&step);
                let _ = std::fs::remove_dir_all(plan.folder.join(format!(".{}", folder::name(step))));
            }
            return;
        }
        state.ended.insert(lane, Ended { step: last, outcome: outcome.clone() });
        for step in awaited {
            plan.close(&mut state, step);
        }
    }

    /// Why the last checkpoint that was due was not saved.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.locked().problem.as_ref().map(|problem| format!("the last checkpoint is lost: {problem}"))
    }

    /// How to resume the run, as a sentence; `None` if the checkpoint was removed since.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let newest = self.locked().newest.clone().filter(|path| folder::is_checkpoint(path))?;
        Some(format!("saved {}: continue with --resume", text::path(&newest)))
    }

    /// A lane that panicked while it saved its state leaves the rest intact.
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SavePlan {
    /// Publishes the checkpoint when every lane has saved its state or ended.
    fn close(&self, state: &mut State, step: Step) {
        let lanes = self.about.config.lanes.len();
        let Some(gathering) = state.gathering.get(&step) else { return };
        let ended = state.ended.values().filter(|ended| ended.step < step).count();
        if gathering.files.is_empty() || gathering.files.len() + ended < lanes {
            return;
        }
        let Some(gathering) = state.gathering.remove(&step) else { return };
        let published = match gathering.problem {
            Some(problem) => Err(problem),
            None => self.publish(&gathering, &state.ended, step).map_err(|error| self.refusal(&error)),
        };
        match published {
            Ok(path) => (state.newest, state.problem) = (Some(path), None),
            Err(problem) => {
                // An incomplete checkpoint would only fill the disk.
                let _ = std::fs::remove_dir_all(self.folder.join(format!(".{}", folder::name(step))));
                state.problem = Some(problem);
            }
        }
    }

    fn publish(
        &self,
        gathering: &PendingCheckpoint,
        ended: &BTreeMap<LaneId, Ended>,
        step: Step,
    ) -> io::Result<PathBuf> {
        let beside = folder::begin(&self.folder, step)?;
        let About { config, run_id, data_crc, .. } = &self.about;
        let settings = Commented(config).to_string();
        let lane = |(settings, index): (&crate::config::LaneConfig, u16)| SavedLane {
            name: settings.name.clone(),
            file: gathering.files.get(&LaneId(index)).map(|sums| sums.own),
            kept: gathering.files.get(&LaneId(index)).map(|sums| sums.kept.clone()).unwrap_or_default(),
            ended: ended.get(&LaneId(index)).filter(|ended| ended.step < step).cloned(),
            flight: gathering.flights.get(&LaneId(index)).cloned().unwrap_or_default(),
        };
        let manifest = Manifest {
            format: Manifest::format(),
            version: VERSION,
            nablatop: env!("CARGO_PKG_VERSION").to_owned(),
            run_id: run_id.clone(),
            step,
            seed: config.seed,
            data_crc: *data_crc,
            rate: gathering.moment.rate,
            looked: gathering.moment.looked,
            settings: FileSum::of(settings.as_bytes()),
            lanes: config.lanes.iter().zip(0..).map(lane).collect(),
        };
        folder::write(&beside, SETTINGS, settings.as_bytes())?;
        folder::write(&beside, MANIFEST, &manifest.line()?)?;
        let path = folder::publish(&self.folder, &beside, step)?;
        folder::prune(&self.folder, step)?;
        Ok(path)
    }

    fn refusal(&self, error: &io::Error) -> String {
        format!("cannot write {}: {error}", text::path(&self.folder))
    }
}
