//! Loss and accuracy on the held-out rows, without a graph and a limited number of rows at a time, whose activations
//! are in memory together.
//!
//! `rows at once = 64 MiB / (4·n)`, n the numbers before or after the widest weight for one row, at most 512.

use std::sync::Arc;

use burn::prelude::Device;

use super::pacer::Interrupt;
use crate::data::{Source, Subset};
use crate::probe::Taps;
use crate::random::StepRng;
use crate::stack::{Examples, Stack};

/// Maximum number of rows that are evaluated.
const MOST_ROWS: usize = 2048;
/// Maximum number of rows that are evaluated at once.
const AT_ONCE: usize = 512;
/// Bytes of the widest layer for all rows at once: a few tensors of this size exist at the same time.
const BYTES_AT_ONCE: usize = 64 << 20;

/// The held-out examples that are evaluated.
pub(super) struct HeldOut<S: Stack> {
    batches: Vec<S::Batch>,
}

/// The results of an evaluation.
pub(super) struct Score {
    pub(super) rows: u64,
    /// Mean loss; NaN for no examples.
    pub(super) loss: f32,
    /// Share classified correctly, if there are classes.
    pub(super) accuracy: Option<f32>,
}

impl<S: Stack> HeldOut<S> {
    /// Gathers the first held-out rows of a source; `widest` is the number of values of the widest layer for one row.
    pub(super) fn gather(
        source: &Arc<<S::Batch as Examples>::Source>,
        widest: usize,
        draw: StepRng,
        device: &Device,
    ) -> Self {
        let rows: Vec<usize> = (0..source.rows(Subset::HeldOut).min(MOST_ROWS)).collect();
        let gather = |chunk| S::Batch::gather(source, Subset::HeldOut, chunk, draw, device);
        Self { batches: rows.chunks(at_once(widest.max(source.outputs()))).map(gather).collect() }
    }

    /// Evaluates all of them; `None` if the run must stop.
    pub(super) fn judge(&self, model: &S, interrupt: &Interrupt) -> Option<Score> {
        let model = model.valid();
        let mut mean = Mean::default();
        for batch in &self.batches {
            if interrupt.is_raised() {
                return None;
            }
            let loss = model.loss(batch, &Taps::off());
            mean.take(batch.rows(), loss.mean.into_scalar::<f32>(), loss.accuracy);
        }
        Some(mean.score())
    }
}

/// Number of rows to evaluate at once, given the values of the widest layer per row.
pub(super) fn at_once(widest: usize) -> usize {
    (BYTES_AT_ONCE / (size_of::<f32>() * widest.max(1))).clamp(1, AT_ONCE)
}

/// A mean over batches of different size.
#[derive(Default)]
struct Mean {
    rows: usize,
    loss: f64,
    accuracy: Option<f64>,
}

impl Mean {
    fn take(&mut self, rows: usize, loss: f32, accuracy: Option<f32>) {
        self.rows += rows;
        self.loss += f64::from(loss) * rows as f64;
        if let Some(accuracy) = accuracy {
            self.accuracy = Some(self.accuracy.unwrap_or(0.0) + f64::from(accuracy) * rows as f64);
        }
    }

    fn score(&self) -> Score {
        let rows = self.rows as f64;
        let accuracy = self.accuracy.map(|accuracy| (accuracy / rows) as f32);
        Score { rows: self.rows as u64, loss: (self.loss / rows) as f32, accuracy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_at_once_follow_from_the_widest_layer() {
        assert_eq!((at_once(10), at_once(1 << 14), at_once(1 << 17)), (512, 512, 128));
        assert_eq!((at_once(usize::MAX >> 3), at_once(0)), (1, 512));
    }
}
