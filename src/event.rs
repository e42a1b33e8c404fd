//! What a run reports: plain data, the same live, followed, replayed and headless.
//!
//! First comes `RunStarted`, then a `Step` per lane and step, at times a `Snapshot`, an `Eval`, a `Note` or
//! `LaneEnded`, and at the end `RunEnded`.
//!
//! ```
//! use nablatop::event::{Event, Note};
//! use nablatop::units::Step;
//!
//! let note = Event::Note(Note { lane: None, step: Step(7), text: "the learning rate was halved".to_owned() });
//! assert_eq!((note.lane(), note.step()), (None, Some(Step(7))));
//! ```

mod header;
mod numbers;
mod settings;
pub(crate) mod snapshot;
mod snapshot_payload;
mod step;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use header::FORMAT_VERSION;
pub use header::{LaneHeader, Machine, RunHeader};
pub use settings::Settings;
pub(crate) use settings::read as read_settings;
pub use snapshot::{
    Dated, Denoising, FULL_SHADE, FilterShades, Histograms, MOST_FILTERS, Payload, Samples, Snapshot, SnapshotKind,
    SnapshotOf, TensorNorm, TensorNorms, TimeSpan,
};
pub(crate) use snapshot_payload::Memory;
pub use snapshot_payload::SnapshotPayload;
pub use step::StepRecord;

use crate::grid::Value;
use crate::units::{LaneId, Step};

/// One message of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Sent first, once: everything that does not change.
    RunStarted(Arc<RunHeader>),
    /// One lane finished one step.
    Step(Arc<StepRecord>),
    /// A step that was reported before, in more detail: the flight recorder re-ran it.
    Rerun(Arc<StepRecord>),
    /// Something that is measured of a lane on some of its steps.
    Snapshot(Arc<Snapshot>),
    /// One lane was evaluated on the held-out split.
    Eval(EvalRecord),
    /// A note for the user: a gap in the trace, a skipped measurement.
    Note(Note),
    /// Steps that a lane made before its trace began.
    Gap(Gap),
    /// One lane will send no more steps.
    LaneEnded(LaneEnd),
    /// Sent last, once, on every path, also after a panic.
    RunEnded(RunEnd),
}

impl Event {
    /// The lane of the event, if it concerns one.
    #[must_use]
    pub fn lane(&self) -> Option<LaneId> {
        match self {
            Self::Step(record) | Self::Rerun(record) => Some(record.lane),
            Self::Snapshot(snapshot) => Some(snapshot.lane),
            Self::Eval(eval) => Some(eval.lane),
            Self::Note(note) => note.lane,
            Self::Gap(gap) => Some(gap.lane),
            Self::LaneEnded(end) => Some(end.lane),
            Self::RunStarted(_) | Self::RunEnded(_) => None,
        }
    }

    /// The step of the event; for a gap the step after it. `None` for the start and the end of a run.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        match self {
            Self::Step(record) | Self::Rerun(record) => Some(record.step),
            Self::Snapshot(snapshot) => Some(snapshot.step),
            Self::Eval(eval) => Some(eval.step),
            Self::Note(note) => Some(note.step),
            Self::Gap(gap) => Some(gap.last.next()),
            Self::LaneEnded(end) => Some(end.step),
            Self::RunStarted(_) | Self::RunEnded(_) => None,
        }
    }

    /// Whether a newer event may replace it when there is no room.
    #[must_use]
    pub(crate) fn gives_way(&self) -> bool {
        matches!(self, Self::Step(_) | Self::Rerun(_) | Self::Snapshot(_))
    }
}

/// Results of one lane on the held-out split. Equality is by meaning: NaN equals NaN.
#[derive(Clone, Copy, Debug)]
pub struct EvalRecord {
    /// The lane.
    pub lane: LaneId,
    /// The last step before the evaluation.
    pub step: Step,
    /// Mean loss.
    pub loss: f32,
    /// Share classified correctly, 0 … 1; `None` if there are no classes.
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

/// A note for the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The lane that the note concerns, if any.
    pub lane: Option<LaneId>,
    /// The step that the note concerns.
    pub step: Step,
    /// One sentence.
    pub text: String,
}

/// Steps of a lane that a trace lacks, both ends included; the event comes before the step that follows them.
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
    /// Its last step; 0 if it made none.
    pub step: Step,
    /// The way it ended.
    pub outcome: Outcome,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// The way it ended: `Diverged` only when every lane diverged.
    pub outcome: Outcome,
}

/// How a lane or a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "message", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// All steps were made.
    Completed,
    /// The user or a signal stopped it.
    Stopped,
    /// The loss was no longer finite.
    Diverged,
    /// An error or a panic.
    Failed(String),
}

/// Requests from the screen to a run. A restart is a new run and therefore left to the caller that started this one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Control {
    /// Make no further step.
    Pause,
    /// Continue.
    Resume,
    /// Make one step, then pause.
    StepOnce,
    /// Set the base learning rate of every lane.
    SetLearningRate(f64),
    /// Re-run the last steps of every lane in detail.
    Rerun,
    /// Multiply the base learning rate of each lane.
    ScaleLearningRate(f64),
    /// End the run in order.
    Stop,
}
