//! What a run tells the world: plain data, the same live, followed, replayed and headless.
//!
//! `RunStarted`, then per lane and step a `Step`, now and then an `Eval`, `Note` or `LaneEnded`, at last `RunEnded`.

mod diffusion;
mod filters;
mod tensors;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use diffusion::{DenoisingRecord, Samples, SamplesRecord, TimeSpan};
pub use filters::{FULL_SHADE, FilterRecord, MOST_FILTERS};
pub use tensors::{TensorNorm, TensorRecord};

use crate::config::{LaneConfig, RunConfig};
use crate::grid::{Grid, Value};
use crate::histogram::Histogram;
use crate::layer::LayerTable;
use crate::quantity::Quantity;
use crate::units::{LaneId, Step};

/// Version of the event vocabulary and of the trace that stores it.
pub const FORMAT_VERSION: u32 = 1;

/// One message of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// First, once: everything that does not change.
    RunStarted(Arc<RunHeader>),
    /// One lane took one step.
    Step(Arc<StepRecord>),
    /// A step that was told before, once more and in detail: the flight recorder re-ran it.
    Rerun(Arc<StepRecord>),
    /// How the gradients of one lane are spread at one step.
    Histogram(Arc<HistogramRecord>),
    /// How loss and gradients of one lane are spread over denoising time at one step.
    Denoising(Arc<DenoisingRecord>),
    /// Pictures that one lane drew at one step.
    Samples(Arc<SamplesRecord>),
    /// How large gradients, weights and updates of every tensor of one lane are at one step.
    Tensors(Arc<TensorRecord>),
    /// The filters of one lane's first convolution at one step.
    Filters(Arc<FilterRecord>),
    /// One lane was evaluated on the held-out split.
    Eval(EvalRecord),
    /// Something a person should know: a gap in the trace, a skipped measurement.
    Note(Note),
    /// Steps of one lane that were taken and are not told: the one who tells them joined later.
    Gap(Gap),
    /// One lane will send no more steps.
    LaneEnded(LaneEnd),
    /// Last, once, on every path, a panic included.
    RunEnded(RunEnd),
}

impl Event {
    /// Whether it is one of many, which may give way where there is no room: the next of its kind says more.
    pub(crate) fn gives_way(&self) -> bool {
        match self {
            Self::Step(_)
            | Self::Rerun(_)
            | Self::Histogram(_)
            | Self::Tensors(_)
            | Self::Filters(_)
            | Self::Denoising(_)
            | Self::Samples(_) => true,
            Self::RunStarted(_)
            | Self::Eval(_)
            | Self::Note(_)
            | Self::Gap(_)
            | Self::LaneEnded(_)
            | Self::RunEnded(_) => false,
        }
    }
}

/// Everything about a run that does not change; sent once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    /// What was read of the data set, in one line, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// [`FORMAT_VERSION`] of the writer.
    pub version: u32,
    /// Identity of the run, unique per start.
    pub run_id: String,
    /// Seconds since 1970 at the start.
    pub started_at: u64,
    /// Lanes in order; [`LaneId`] is the position.
    pub lanes: Vec<LaneHeader>,
    /// Rows of every [`StepRecord::values`].
    pub quantities: Vec<Quantity>,
    /// Steps that every lane is to take, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Settings, where nablatop itself trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<RunConfig>,
    /// Where it ran.
    pub machine: Machine,
}

impl RunHeader {
    /// Settings of one of its lanes; `None` where nablatop itself did not train it.
    #[must_use]
    pub fn settings_of(&self, lane: &LaneHeader) -> Option<&LaneConfig> {
        self.config.as_ref()?.lanes.iter().find(|settings| settings.name == lane.name)
    }
}

/// What does not change about one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneHeader {
    /// Unique name.
    pub name: String,
    /// One line about the architecture, such as `mlp 50×64 · relu · default init`.
    pub title: String,
    /// Its rows.
    pub layers: LayerTable,
}

/// Where a run ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Operating system and processor, such as `linux x86_64`.
    pub platform: String,
    /// Number of hardware threads.
    pub threads: usize,
    /// Version of nablatop.
    pub nablatop: String,
    /// Backend that computed, such as `flex`.
    pub backend: String,
}

/// One lane, one step. Equality is by meaning: NaN equals NaN.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step; the first is 1.
    pub step: Step,
    /// Pass over the training data, from 1.
    pub epoch: u32,
    /// Mean loss over the batch.
    pub loss: f32,
    /// Share of the batch classified right, 0 … 1; `None` where there are no classes.
    pub accuracy: Option<f32>,
    /// Learning rate of this step.
    pub learning_rate: f64,
    /// ‖g‖₂ over all parameters of the lane, before clipping; `None` on a step that was not measured.
    pub global_grad_norm: Option<f32>,
    /// By what clipping multiplied the gradient, 1 where it left it alone; `None` where the lane does not clip.
    pub clip_scale: Option<f32>,
    /// Share of the lane's steps so far on which clipping made the gradient smaller; `None` where it does not clip.
    pub clip_rate: Option<f32>,
    /// Time of the whole step, measuring included, nanoseconds.
    pub step_ns: u64,
    /// Share of it that measuring took, nanoseconds.
    pub measure_ns: u64,
    /// [quantity × layer]; shape [0, 0] on a step that was not measured.
    pub values: Grid,
}

impl StepRecord {
    /// Bytes of a record with so many values.
    pub(crate) const fn bytes(values: usize) -> usize {
        size_of::<Self>() + values * size_of::<Value>()
    }

    /// Whether the layers were looked at on this step.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        !self.values.values().is_empty()
    }

    /// Everything but the table, with floats as values that compare by meaning.
    fn scalars(&self) -> impl PartialEq + use<> {
        let floats = [Some(self.loss), self.accuracy, self.global_grad_norm, self.clip_scale, self.clip_rate];
        let floats = floats.map(Value::from);
        (self.lane, self.step, self.epoch, floats, self.learning_rate.to_bits(), self.step_ns, self.measure_ns)
    }
}

#[cfg(test)]
impl StepRecord {
    /// A step of lane 0 on which nothing was measured.
    pub(crate) fn unmeasured(step: u64) -> Self {
        Self {
            lane: LaneId(0),
            step: Step(step),
            epoch: 1,
            loss: 1.0,
            accuracy: None,
            learning_rate: 0.1,
            global_grad_norm: None,
            clip_scale: None,
            clip_rate: None,
            step_ns: 1,
            measure_ns: 0,
            values: Grid::default(),
        }
    }
}

impl PartialEq for StepRecord {
    fn eq(&self, other: &Self) -> bool {
        self.scalars() == other.scalars() && self.values == other.values
    }
}

/// How the gradients of one lane's layers are spread at one step, before clipping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step.
    pub step: Step,
    /// One entry per layer; `None` for a layer without a gradient.
    pub layers: Vec<Option<Histogram>>,
}

/// One lane on the held-out split. Equality is by meaning: NaN equals NaN.
#[derive(Clone, Copy, Debug)]
pub struct EvalRecord {
    /// The lane.
    pub lane: LaneId,
    /// The last step taken before.
    pub step: Step,
    /// Mean loss.
    pub loss: f32,
    /// Share classified right, 0 … 1; `None` where there are no classes.
    pub accuracy: Option<f32>,
    /// Number of held-out rows.
    pub rows: u64,
}

impl PartialEq for EvalRecord {
    fn eq(&self, other: &Self) -> bool {
        let floats = |eval: &Self| [Some(eval.loss), eval.accuracy].map(Value::from);
        (self.lane, self.step, self.rows) == (other.lane, other.step, other.rows) && floats(self) == floats(other)
    }
}

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The lane it is about, if one.
    pub lane: Option<LaneId>,
    /// The step it is about.
    pub step: Step,
    /// One sentence.
    pub text: String,
}

/// Steps of a lane that were taken and are not told, both ends included; before the step that follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The lane.
    pub lane: LaneId,
    /// The first of them.
    pub first: Step,
    /// The last of them.
    pub last: Step,
}

impl Gap {
    /// How many steps.
    #[must_use]
    pub fn steps(&self) -> u64 {
        (self.last.0 + 1).saturating_sub(self.first.0)
    }
}

/// How a lane ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneEnd {
    /// The lane.
    pub lane: LaneId,
    /// Its last step; 0 when it took none.
    pub step: Step,
    /// How.
    pub outcome: Outcome,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// How: `Diverged` only when every lane diverged.
    pub outcome: Outcome,
}

/// How a lane or a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "message", rename_all = "lowercase")]
pub enum Outcome {
    /// All steps were taken.
    Completed,
    /// A person or a signal stopped it.
    Stopped,
    /// The loss was no longer finite.
    Diverged,
    /// An error, a panic included.
    Failed(String),
}

/// What a screen may ask of a run. A restart is a new run, and so the business of whoever started this one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Control {
    /// Take no further step.
    Pause,
    /// Go on.
    Resume,
    /// Take one step, then pause.
    StepOnce,
    /// Set the base learning rate of every lane.
    SetLearningRate(f64),
    /// Re-run the last steps of every lane in detail.
    Rerun,
    /// Multiply the base learning rate of each lane.
    ScaleLearningRate(f64),
    /// End in order.
    Stop,
}
