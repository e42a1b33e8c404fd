//! Why the flight recorder re-runs steps.

/// Why steps are re-run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cause {
    /// The loss is NaN or infinite.
    NotFinite,
    /// The loss is this many robust deviations above its recent median.
    Leap(f64),
    /// The loss is this many times the largest of the first steps.
    EarlyLeap(f64),
    /// A value of a layer is NaN or infinite, but not the loss.
    ValueNotFinite,
    /// The user requested it.
    Asked,
}
