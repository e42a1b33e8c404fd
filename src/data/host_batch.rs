//! The rows of one step on the host, from which a stack makes its tensors.

/// Rows of numbers with a class each.
#[derive(Clone, Debug, PartialEq)]
pub struct HostBatch {
    /// Row-major, shape [B, features].
    pub(crate) inputs: Vec<f32>,
    /// Numbers per row.
    pub(crate) features: usize,
    /// Class of every row, shape `[B]`.
    pub(crate) targets: Vec<usize>,
}
