//! The parts of a window into history: cells of a heatmap and buckets of a curve.

use std::ops::Range;

use crate::event::StepRecord;
use crate::units::Step;

/// One cell of a heatmap: a value on the quantity's axis (log₁₀ |v| or v), or the reason why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// The cell covers no step of the run (not reached yet, or before its start).
    Empty,
    /// The layer has no such quantity.
    Absent,
    /// At least one NaN.
    Nan,
    /// At least one +∞ or −∞, no NaN.
    Infinite,
    /// Exactly zero for all values; under [`Reduce::Extreme`] also if a single zero is the farthest from the mean.
    Zero,
    /// The bucket's representative, on the quantity's axis.
    Value(f32),
}

/// How several values are reduced to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduce {
    /// Whichever of minimum and maximum lies farther from the mean (of the logarithm): a one-step spike stays visible.
    #[default]
    Extreme,
    /// The mean (of the logarithm).
    Mean,
}

/// A per-step value of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scalar {
    /// Mean loss over the batch.
    Loss,
    /// Share classified correctly.
    Accuracy,
    /// Learning rate.
    LearningRate,
    /// ‖g‖₂ over all parameters.
    GlobalGradNorm,
    /// Factor by which clipping multiplied the gradient.
    ClipScale,
    /// Share of the steps so far that were clipped.
    ClipRate,
    /// Seconds of the whole step.
    StepSeconds,
    /// Seconds of it that measuring took.
    MeasureSeconds,
    /// The signal's factor per block on its way back, fitted over the blocks of a measured step.
    Rho,
}

impl Scalar {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 9] = [
        Self::Loss,
        Self::Accuracy,
        Self::LearningRate,
        Self::GlobalGradNorm,
        Self::ClipScale,
        Self::ClipRate,
        Self::StepSeconds,
        Self::MeasureSeconds,
        Self::Rho,
    ];

    /// Its value in the record of one step; `None` if the record does not have it, as for ρ, which needs a lane's
    /// blocks.
    #[must_use]
    pub(crate) fn of(self, record: &StepRecord) -> Option<f32> {
        const NANOSECONDS: f32 = 1e-9;
        match self {
            Self::Loss => record.loss,
            Self::Accuracy => record.accuracy,
            Self::LearningRate => record.learning_rate.map(|rate| rate as f32),
            Self::GlobalGradNorm => record.global_grad_norm,
            Self::ClipScale => record.clip_scale,
            Self::ClipRate => record.clip_rate,
            Self::StepSeconds => Some(record.step_ns as f32 * NANOSECONDS),
            Self::MeasureSeconds => Some(record.measure_ns as f32 * NANOSECONDS),
            Self::Rho => None,
        }
    }
}

/// Several steps of a scalar, summarized; plain values, not logarithms.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ScalarBucket {
    /// Least finite value; NaN when there is none.
    pub(crate) min: f32,
    /// Largest finite value; NaN when there is none.
    pub(crate) max: f32,
    /// Mean of the finite values; NaN when there is none.
    pub(crate) mean: f32,
    /// Newest value, finite or not.
    pub last: f32,
    /// Number of values.
    pub count: u32,
    /// Number of them that were NaN or ±Inf.
    pub(crate) non_finite: u32,
}

impl ScalarBucket {
    pub(super) const EMPTY: Self =
        Self { min: f32::NAN, max: f32::NAN, mean: f32::NAN, last: f32::NAN, count: 0, non_finite: 0 };

    pub(super) fn push(&mut self, value: f32) {
        let is_finite = value.is_finite();
        let finite = if is_finite { value } else { f32::NAN };
        let non_finite = u32::from(!is_finite);
        self.merge(Self { min: finite, max: finite, mean: finite, last: value, count: 1, non_finite });
    }

    /// Adds the values of a later bucket.
    pub(super) fn merge(&mut self, later: Self) {
        // `f32::min` and `max` prefer a number to NaN.
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
        let (ours, theirs) = (self.count - self.non_finite, later.count - later.non_finite);
        if ours == 0 {
            self.mean = later.mean;
        } else if theirs > 0 {
            self.mean += (later.mean - self.mean) * (theirs as f32 / (ours as f32 + theirs as f32));
        }
        if later.count > 0 {
            self.last = later.last;
        }
        self.count = self.count.saturating_add(later.count);
        self.non_finite = self.non_finite.saturating_add(later.non_finite);
    }
}

/// Equality is by meaning: NaN equals NaN.
impl PartialEq for ScalarBucket {
    fn eq(&self, other: &Self) -> bool {
        let bits = |bucket: &Self| [bucket.min, bucket.max, bucket.mean, bucket.last].map(crate::grid::Value::new);
        bits(self) == bits(other) && (self.count, self.non_finite) == (other.count, other.non_finite)
    }
}

/// One cell of a bucket of time, with plain values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Steps that the bucket covers.
    pub(crate) steps: Range<u64>,
    /// Least finite value (magnitude, on a logarithmic axis); `None` when there is none.
    pub(crate) min: Option<f32>,
    /// Largest finite value (magnitude, on a logarithmic axis); `None` when there is none.
    pub(crate) max: Option<f32>,
    /// Mean (geometric, on a logarithmic axis); `None` when there is no finite value.
    pub(crate) mean: Option<f32>,
    /// Newest value, finite or not; `None` = absent throughout.
    pub(crate) last: Option<f32>,
    /// Number of measured values.
    pub(crate) count: u32,
    /// Number of them that were NaN or ±Inf.
    pub(crate) non_finite: u32,
}

/// What the history holds of one cell at a step.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CellValue {
    /// The exact value.
    Exactly(f32),
    /// The summary of its bucket.
    Roughly(Summary),
}

/// The step on which a shown value was measured, which may be an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuredAt {
    /// On one step.
    At(Step),
    /// Between these two steps, both included.
    Within(Step, Step),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_bucket_is_right_for_one_value_a_constant_and_non_finite_ones() {
        let fill = |values: &[f32]| {
            let mut bucket = ScalarBucket::EMPTY;
            for value in values {
                bucket.push(*value);
            }
            bucket
        };
        let one = fill(&[3.0]);
        assert_eq!((one.min, one.max, one.mean, one.last, one.count), (3.0, 3.0, 3.0, 3.0, 1));
        assert_eq!(fill(&[2.0; 9]).mean, 2.0);
        let odd = fill(&[1.0, f32::NAN, 3.0, f32::INFINITY]);
        assert_eq!((odd.min, odd.max, odd.mean, odd.count, odd.non_finite), (1.0, 3.0, 2.0, 4, 2));
        assert_eq!(odd.last, f32::INFINITY);
        assert_eq!(fill(&[f32::NAN]), fill(&[f32::NAN]));
    }
}
