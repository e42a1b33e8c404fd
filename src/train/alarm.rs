//! Why the flight recorder re-runs steps.

/// Why steps are re-run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cause {
    /// The loss is NaN or infinite.
    NotFinite,
    /// The loss is so many robust deviations above its median of late.
    Leap(f64),
    /// The loss is so many times the largest of the first steps.
    EarlyLeap(f64),
    /// A value of a layer is NaN or infinite, the loss not yet.
    ValueNotFinite,
    /// The user asked.
    Asked,
}
