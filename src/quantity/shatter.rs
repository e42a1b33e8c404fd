//! Shattered gradients: 1 − cosine between an example's δ_l and that of the same example with 1 % noise added to its
//! input, mean over the batch; 0 = smooth, 1 = white noise.
//!
//! The loss is one fixed logit, so that its curvature has no influence; normalizations work as in evaluation.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "shatter",
    symbol: "shatter",
    ascii: "shatter",
    meaning: "how much a little noise at the input changes the signal: 0 = smooth, 1 = white noise",
    formula: "1 − mean cos(δ_l(x), δ_l(x + noise)), noise of 1 % of the input's rms, loss = one fixed logit",
    edge_cases: "absent for the stem; an example whose δ is 0 is left out. Batch normalization goes by its running \
                 statistics here: for some fifty steps, until they have settled, the value says nothing",
    healthy: "near 0. With batch normalization a deep plain stack comes near 1, and the same residual stack stays near 0.1; \
              without one that takes depth and width (0.96 at 1,000 blocks of 256). In a narrow stack all examples \
              collapse onto one direction, the noise with them, and it stays near 0.2: that is no sign of health",
    source: "Balduzzi et al. 2017, The Shattered Gradients Problem",
    axis: Axis::Linear,
    measured_with: Measurement::Costly,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.shatter
}

/// Noise relative to the root mean square of the inputs.
pub const NOISE: f64 = 0.01;

/// 1 − mean cosine of the rows of both, shape [B, width] each; `None` if no row has a direction.
#[must_use]
pub fn shatter(still: &[f32], noisy: &[f32], rows: usize) -> Option<f64> {
    let width = still.len().checked_div(rows).filter(|width| *width > 0)?;
    let (mut cosines, mut count) = (0.0, 0.0);
    for (a, b) in still.chunks_exact(width).zip(noisy.chunks_exact(width)) {
        let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let norms = product(a, a).sqrt() * product(b, b).sqrt();
        if norms != 0.0 {
            cosines += product(a, b) / norms;
            count += 1.0;
        }
    }
    // Rounding may give a cosine of 1 + 1e-16; NaN stays.
    (count > 0.0).then(|| { let found = 1.0 - cosines / count; if found < 0.0 { 0.0 } else { found } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_smooth_the_opposite_is_two_and_a_right_angle_is_noise() {
        let rows = [1.0, 2.0, -3.0, 0.5];
        assert!((0.0..1e-12).contains(&shatter(&rows, &rows, 2).expect("two rows")));
        assert!((shatter(&rows, &rows.map(|value| -value), 2).expect("two rows") - 2.0).abs() < 1e-12);
        assert!((shatter(&[1.0, 0.0], &[0.0, 1e-20], 1).expect("a row") - 1.0).abs() < 1e-12);
    }

    #[test]
    fn rows_without_a_signal_are_left_out_and_nan_stays() {
        assert_eq!(shatter(&[0.0; 4], &[1.0; 4], 2), None);
        assert_eq!(shatter(&[], &[], 0), None);
        assert!(shatter(&[1.0, f32::NAN], &[1.0, 1.0], 1).is_some_and(f64::is_nan));
    }
}
