//! What a window into history is made of: cells of a heatmap and buckets of a curve.

/// One cell of a heatmap: a value on the quantity's axis (log₁₀ |v| or v), or what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// No step of the run lies here (not reached yet, or before its start).
    Empty,
    /// The layer has no such quantity.
    Absent,
    /// At least one NaN.
    Nan,
    /// At least one +∞ or −∞, no NaN.
    Infinite,
    /// Exactly zero throughout.
    Zero,
    /// The bucket's representative, on the quantity's axis.
    Value(f32),
}

/// How many values become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduce {
    /// Whichever of minimum and maximum lies farther from the mean (of the logarithm): a one-step spike stays visible.
    #[default]
    Extreme,
    /// The mean (of the logarithm).
    Mean,
}

/// A per-step value of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Mean loss over the batch.
    Loss,
    /// Share classified right.
    Accuracy,
    /// Learning rate.
    LearningRate,
    /// ‖g‖₂ over all parameters.
    GlobalGradNorm,
    /// Seconds of the whole step.
    StepSeconds,
    /// Seconds of it that measuring took.
    MeasureSeconds,
}

/// Several steps of a scalar in one; plain values, not logarithms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScalarBucket {
    /// Least finite value; NaN when there is none.
    pub min: f32,
    /// Largest finite value; NaN when there is none.
    pub max: f32,
    /// Mean of the finite values; NaN when there is none.
    pub mean: f32,
    /// Newest value, finite or not.
    pub last: f32,
    /// Number of values.
    pub count: u32,
    /// Number of them that were NaN or ±Inf.
    pub non_finite: u32,
}
