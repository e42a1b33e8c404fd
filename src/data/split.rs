//! One part of a data set of rows: its numbers and its classes, and batches of them.

use super::HostBatch;

/// Rows of numbers with a class each, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Row-major, shape [rows, features].
    pub inputs: Vec<f32>,
    /// Class of every row, 0 … classes − 1.
    pub targets: Vec<usize>,
}

impl Split {
    /// These rows as they are, `features` numbers each.
    #[must_use]
    pub fn gather(&self, rows: &[usize], features: usize) -> HostBatch {
        let mut inputs = Vec::with_capacity(rows.len() * features);
        for row in rows {
            inputs.extend_from_slice(self.row(*row, features));
        }
        self.batch(rows, inputs)
    }

    /// The numbers of a row; empty beyond the last one.
    pub(super) fn row(&self, row: usize, features: usize) -> &[f32] {
        self.inputs.get(row * features..(row + 1) * features).unwrap_or(&[])
    }

    /// These numbers, row-major, with the classes of the rows.
    pub(super) fn batch(&self, rows: &[usize], inputs: Vec<f32>) -> HostBatch {
        let targets = rows.iter().filter_map(|row| self.targets.get(*row).copied()).collect();
        HostBatch { features: inputs.len() / rows.len().max(1), inputs, targets }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.targets.len()
    }
}
