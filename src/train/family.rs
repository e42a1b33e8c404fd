//! Turns the name of a family into a lane with its initial weights.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::prelude::Device;

use super::checkpoint::CheckpointError;
use super::footprint::{Extent, Footprint};
use super::lane::{AnyLane, Lane, LaneResumePoint, SourceOf};
use super::stepper::Stepper;
use super::{TrainError, weights};
use crate::config::setting::SettingError;
use crate::config::{DataSource, FamilySettings, Init, LaneConfig, RunConfig};
use crate::data::{Batches, Classified, Dataset, Shape, Source, Subset};
use crate::number::count;
use crate::probe::ParameterMap;
use crate::random::StepRng;
use crate::stack::diffusion::{self, Pictures};
use crate::stack::transformer::Language;
use crate::stack::{
    Dense, Diffusion, Examples, Highway, Mlp, Stack, Task, Transformer, preresnet, resnet, unit_variance, vgg,
};
use crate::text;
use crate::units::{LaneId, Step};

/// Smaller pictures are resized to this number of rows and columns: the nets halve them up to five times.
const LEAST_SIDE: usize = 32;

/// The plan of a lane.
#[derive(Clone)]
pub(super) struct LanePlan<'a> {
    pub(super) id: LaneId,
    pub(super) settings: &'a LaneConfig,
    /// The source of the data set.
    pub(super) data: &'a DataSource,
    pub(super) steps: u64,
    /// Rows per step.
    pub(super) batch: usize,
    pub(super) seed: u64,
    pub(super) device: &'a Device,
    pub(super) resumed: Option<Resumed<'a>>,
}

/// What a checkpoint holds of a lane.
#[derive(Clone, Debug)]
pub(super) struct Resumed<'a> {
    pub(super) past: LaneResumePoint,
    /// The path and the content of its file; empty for a lane that has ended.
    pub(super) file: (PathBuf, &'a [u8]),
    /// The same for the states that its flight recorder kept, the newest last.
    pub(super) kept: Vec<(PathBuf, &'a [u8])>,
}

impl<'a> LanePlan<'a> {
    /// The lane on a data set, before its weights are initialized; adds remarks for the user to `notes`.
    pub(super) fn lane(
        &self,
        dataset: &Dataset,
        notes: &mut Vec<String>,
    ) -> Result<Box<dyn Uninitialized + 'a>, TrainError> {
        let Self { settings, seed, device, .. } = *self;
        match (settings.family, dataset) {
            (FamilySettings::Mlp { .. }, Dataset::Classified(data)) => {
                Ok(self.with(Mlp::new(settings, Task::of(data), seed, device), data))
            }
            (FamilySettings::Highway, Dataset::Classified(data)) => {
                Ok(self.with(Highway::new(settings, Task::of(data), seed, device), data))
            }
            (FamilySettings::Dense, Dataset::Classified(data)) => {
                let data = self.pictures(data, notes)?;
                Ok(self.with(Dense::new(settings, Task::of(&data), seed, device), &data))
            }
            (
                family @ (FamilySettings::Vgg { .. } | FamilySettings::Resnet { .. } | FamilySettings::Preresnet),
                Dataset::Classified(data),
            ) => {
                let data = self.pictures(data, notes)?;
                let build = match family {
                    FamilySettings::Vgg { .. } => vgg,
                    FamilySettings::Preresnet => preresnet,
                    _ => resnet,
                };
                Ok(self.with(build(settings, Task::of(&data), seed, device), &data))
            }
            (FamilySettings::Diffusion(own), Dataset::Classified(data)) => {
                let pictures = Arc::new(Pictures::of(&*self.drowned(data, notes)?, own.noise_schedule));
                Ok(self.with(Diffusion::new(settings, pictures.shape(), seed, device), &pictures))
            }
            (FamilySettings::Transformer(_), Dataset::Text(text)) => {
                Ok(self.with(Transformer::new(settings, Language::of(text), seed, device), text))
            }
            (family, Dataset::Classified(_) | Dataset::Text(_)) => {
                let problem = family.model().incompatible(self.data).unwrap_or_default();
                Err(SettingError { key: "data".to_owned(), problem }.into())
            }
        }
    }

    /// The data as pictures of a size for convolutional nets.
    fn pictures(&self, data: &Arc<Classified>, notes: &mut Vec<String>) -> Result<Arc<Classified>, TrainError> {
        self.sized(data, notes, |side| side.max(LEAST_SIDE))
    }

    /// The data as pictures that a U-Net can halve.
    fn drowned(&self, data: &Arc<Classified>, notes: &mut Vec<String>) -> Result<Arc<Classified>, TrainError> {
        self.sized(data, notes, |side| side.next_multiple_of(diffusion::SIDE_UNIT))
    }

    /// The data as pictures of the right size; a note says when the user's own pictures are resized.
    fn sized(
        &self,
        data: &Arc<Classified>,
        notes: &mut Vec<String>,
        wanted: impl Fn(usize) -> usize,
    ) -> Result<Arc<Classified>, TrainError> {
        let Shape { height, width, .. } = data.shape;
        if !data.shape.is_picture() {
            let problem = format!(
                "{} needs pictures, but the data are rows of {} numbers: write --model mlp, or --data digits",
                self.settings.model(),
                count(data.shape.numbers() as u64)
            );
            return Err(SettingError { key: "model".to_owned(), problem }.into());
        }
        let [tall, wide] = [height, width].map(wanted);
        if [tall, wide] == [height, width] {
            return Ok(Arc::clone(data));
        }
        if *self.data != DataSource::Digits {
            let Self { settings, .. } = self;
            let sizes = format!("from {height}×{width} to {tall}×{wide}");
            notes.push(format!(
                "{}: pictures are resized {sizes}, because {} must be able to halve them",
                settings.name,
                settings.model()
            ));
        }
        Ok(Arc::new(data.resized(tall, wide)))
    }

    fn with<S: Stack + 'static>(&self, model: S, source: &Arc<SourceOf<S>>) -> Box<dyn Uninitialized + 'a> {
        Box::new(Planned { plan: self.clone(), model, source: Arc::clone(source) })
    }
}

/// A lane whose weights are not initialized: no memory of its size is allocated yet.
pub(super) trait Uninitialized {
    /// The estimate of its memory.
    fn footprint(&self, run: &RunConfig) -> Footprint;

    /// The lane with its weights; adds remarks for the user to `notes`.
    fn drawn(self: Box<Self>, notes: &mut Vec<String>) -> Result<Box<dyn AnyLane>, TrainError>;
}

/// A stack with the source of its examples.
struct Planned<'a, S: Stack> {
    plan: LanePlan<'a>,
    model: S,
    source: Arc<SourceOf<S>>,
}

impl<S: Stack + 'static> Uninitialized for Planned<'_, S> {
    fn footprint(&self, run: &RunConfig) -> Footprint {
        let map = ParameterMap::undrawn(&self.model, &self.model.layers());
        let extent = Extent { steps: self.plan.steps, held_out: self.source.rows(Subset::HeldOut) };
        Footprint::of(map.table(), self.plan.settings, run, extent)
    }

    fn drawn(self: Box<Self>, notes: &mut Vec<String>) -> Result<Box<dyn AnyLane>, TrainError> {
        let Self { plan, mut model, source } = *self;
        let LanePlan { id, settings, steps, device, .. } = plan;
        let mut kept = Vec::new();
        let (stepper, past) = if let Some(resumed) = &plan.resumed {
            let stepper = plan.resumed_stepper(model, resumed)?;
            if resumed.past.outcome.is_none() {
                kept = plan.kept(&stepper, resumed)?;
            }
            (stepper, resumed.past.clone())
        } else {
            if let Some(path) = &settings.init_from {
                let loaded = weights::load(model, &settings.name, path)?;
                notes.extend(loaded.note);
                model = loaded.model;
            } else if settings.init == Init::Lsuv {
                model = unit_variance::scaled(model, &plan.first_batch::<S>(&source));
            }
            (Stepper::new(model, settings, device), LaneResumePoint::default())
        };
        Ok(Box::new(Lane { id, settings: settings.clone(), stepper, source, steps, past, kept }))
    }
}

impl LanePlan<'_> {
    /// The batch of the first step.
    fn first_batch<S: Stack>(&self, source: &SourceOf<S>) -> S::Batch {
        let mut batches = Batches::new(self.seed, source.rows(Subset::Training), self.batch);
        let draw = StepRng { seed: self.seed, step: Step::FIRST };
        S::Batch::gather(source, Subset::Training, batches.rows(Step::FIRST), draw, self.device)
    }

    /// The lane in the state of a checkpoint.
    fn resumed_stepper<S: Stack>(&self, model: S, resumed: &Resumed<'_>) -> Result<Stepper<S>, TrainError> {
        let Self { settings, device, .. } = *self;
        if resumed.past.outcome.is_some() {
            return Ok(Stepper::new(model, settings, device));
        }
        let (file, bytes) = &resumed.file;
        Stepper::of_saved(model, settings, device, bytes).map_err(|problem| self.incompatible(file, &problem))
    }

    /// The states that its flight recorder kept.
    fn kept<S: Stack>(&self, stepper: &Stepper<S>, resumed: &Resumed<'_>) -> Result<Vec<Stepper<S>>, TrainError> {
        let state = |(file, bytes): &(PathBuf, &[u8])| {
            stepper.of_saved_beside(bytes).map_err(|problem| self.incompatible(file, &problem))
        };
        resumed.kept.iter().map(state).collect()
    }

    fn incompatible(&self, file: &Path, problem: &str) -> TrainError {
        let (file, lane, problem) = (file.to_owned(), self.settings.name.clone(), text::clean_message(problem));
        CheckpointError::Unfit { file, lane, problem }.into()
    }
}
