//! Signal to noise of a layer's gradient over 8 micro-batches at fixed θ: ‖E g‖² / tr Var(g), dimensionless.
//!
//! ```text
//! g_1 … g_n   gradients of the mean loss over each n-th part of the batch
//! E g = Σ g_k / n      tr Var(g) = (Σ ‖g_k‖² − n ‖E g‖²) / (n − 1)
//! ```

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "grad_snr",
    symbol: "SNR",
    ascii: "snr",
    meaning: "how much of the gradient is common to the parts of a batch: below 1 noise dominates",
    formula: "‖E g‖² / tr Var(g) over 8 micro-batches of the batch, at fixed θ",
    edge_cases: "absent for batches below 16 rows and if all parts agree exactly; NaN stays",
    healthy: "above 1 early in training, falling towards the end",
    source: "McCandlish et al. 2018 (noise scale); Liu et al. 2020",
    axis: Axis::Log,
    measured_with: Measurement::Costly,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.grad_snr
}

/// Number of micro-batches.
pub const PARTS: usize = 8;
/// Minimum number of rows in a batch, so that its parts are large enough.
pub const LEAST_ROWS: usize = 16;

/// Sums over the gradients of the parts of a batch.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    sum: Vec<f64>,
    squares: f64,
    parts: u32,
}

impl Spread {
    /// Adds the gradient of one part; all have the same length.
    pub fn take(&mut self, gradient: &[f32]) {
        self.sum.resize(gradient.len(), 0.0);
        for (sum, value) in self.sum.iter_mut().zip(gradient) {
            *sum += f64::from(*value);
            self.squares += f64::from(*value) * f64::from(*value);
        }
        self.parts += 1;
    }

    /// ‖E g‖² / tr Var(g); `None` for fewer than two parts, or if all of them are equal.
    #[must_use]
    pub fn snr(&self) -> Option<f64> {
        let parts = f64::from(self.parts);
        let mean_square = self.sum.iter().map(|sum| (sum / parts).powi(2)).sum::<f64>();
        let variance = (self.squares - parts * mean_square) / (parts - 1.0);
        // Rounding leaves about 1e-16 of the squares if nothing varies.
        let is_nothing = variance.abs() <= 1e-12 * self.squares;
        (self.parts >= 2 && !is_nothing).then(|| mean_square / variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snr(gradients: &[[f32; 2]]) -> Option<f64> {
        let mut spread = Spread::default();
        for gradient in gradients {
            spread.take(gradient);
        }
        spread.snr()
    }

    #[test]
    fn it_equals_mean_square_over_variance_by_hand() {
        // Mean (2, 0), variance of the first (1 + 1)/1 = 2, of the second (1 + 1)/1 = 2.
        assert_eq!(snr(&[[1.0, 1.0], [3.0, -1.0]]), Some(1.0));
    }

    #[test]
    fn one_part_or_parts_that_agree_say_nothing_and_nan_stays() {
        assert_eq!(snr(&[[1.0, 2.0]]), None);
        assert_eq!(snr(&[[0.1, 0.7]; 8]), None);
        assert_eq!(snr(&[[0.0, 0.0]; 8]), None);
        assert!(snr(&[[1.0, f32::NAN], [2.0, 1.0]]).is_some_and(f64::is_nan));
    }
}
