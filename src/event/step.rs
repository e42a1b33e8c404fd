//! One step of one lane: loss, learning rate, times, and the measured values of its layers.

use crate::grid::{Grid, Value};
use crate::units::{LaneId, Step};

/// One step of one lane. Equality is by meaning: NaN equals NaN.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// The lane.
    pub lane: LaneId,
    /// The step; the first is 1.
    pub step: Step,
    /// Pass over the training data, from 1.
    pub epoch: u32,
    /// Mean loss over the batch.
    pub loss: Option<f32>,
    /// Share of the batch classified correctly, 0 … 1; `None` if there are no classes.
    pub accuracy: Option<f32>,
    /// Learning rate of this step.
    pub learning_rate: Option<f64>,
    /// ‖g‖₂ over all parameters of the lane, before clipping; `None` on a step that was not measured.
    pub global_grad_norm: Option<f32>,
    /// Factor by which clipping multiplied the gradient, 1 if it left it unchanged; `None` if the lane does not clip.
    pub clip_scale: Option<f32>,
    /// Share of the lane's steps so far on which clipping made the gradient smaller; `None` if the lane does not clip.
    pub clip_rate: Option<f32>,
    /// Time of the whole step, measuring included, nanoseconds.
    pub step_ns: u64,
    /// Part of the step's time that measuring took, nanoseconds.
    pub measure_ns: u64,
    /// [quantity × layer]; shape [0, 0] on a step that was not measured.
    pub values: Grid,
}

impl StepRecord {
    /// Size in bytes of a record with this many values.
    pub(crate) const fn bytes(values: usize) -> usize {
        size_of::<Self>() + values * size_of::<Value>()
    }

    /// Whether the layers were measured on this step.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        !self.values.values().is_empty()
    }

    /// Everything but the table, with floats as values that compare by meaning.
    fn scalars(&self) -> impl PartialEq + use<> {
        let floats = [self.loss, self.accuracy, self.global_grad_norm, self.clip_scale, self.clip_rate];
        let floats = floats.map(Value::from);
        (self.lane, self.step, self.epoch, floats, self.learning_rate.map(f64::to_bits), self.step_ns, self.measure_ns)
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
            loss: Some(1.0),
            accuracy: None,
            learning_rate: Some(0.1),
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
