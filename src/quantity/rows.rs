//! Names of the rows without a layer in an exported table. The table is written with them, and `explain` finds the
//! terms by them.

/// Mean loss over the batch.
pub(crate) const LOSS: &str = "loss";
/// Share of the batch classified correctly.
pub(crate) const ACCURACY: &str = "accuracy";
/// Mean loss over the held-out split.
pub(crate) const EVAL_LOSS: &str = "eval_loss";
/// Share of the held-out split classified correctly.
pub(crate) const EVAL_ACCURACY: &str = "eval_accuracy";
/// Learning rate of the step.
pub(crate) const LEARNING_RATE: &str = "learning_rate";
/// Norm of the gradient of all parameters together.
pub(crate) const GLOBAL_GRAD_NORM: &str = "global_grad_norm";
/// Factor by which clipping multiplied the gradient.
pub(crate) const CLIP_SCALE: &str = "clip_scale";
/// Share of the steps so far that were clipped.
pub(crate) const CLIP_RATE: &str = "clip_rate";
/// Time of the step, nanoseconds.
pub(crate) const STEP_NS: &str = "step_ns";
/// Part of the step's time that measuring took, nanoseconds.
pub(crate) const MEASURE_NS: &str = "measure_ns";
/// Factor per block of the line fitted to the signal.
pub(crate) const RHO: &str = "rho";
/// Goodness of that fit.
pub(crate) const RHO_R_SQUARED: &str = "rho_r_squared";
/// Share of the signal that is left over all blocks, by the line.
pub(crate) const ATTENUATION: &str = "attenuation";
/// Share of the signal that is left over all blocks, as measured.
pub(crate) const FIRST_LAST: &str = "first_last";
/// Block in which the signal becomes too small for a 32-bit float.
pub(crate) const UNDERFLOW: &str = "underflow";
