//! Agreement between examples of a class: mean cosine of their δ_l over all pairs of the same class in the batch, −1 …
//! 1.
//!
//! ```text
//! u_i = δ_l[i] / ‖δ_l[i]‖      Σ_{i<j} u_i·u_j = (‖Σ u_i‖² − n) / 2      per class of n examples
//! ```
//!
//! Over pairs of all classes it is about 0 because of the softmax residual, and says nothing. Cost O(rows × width).

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "coherence",
    symbol: "coherence",
    ascii: "coherence",
    meaning: "whether the gradients of examples of one class point the same way",
    formula: "mean of cos(δ_l[i], δ_l[j]) over pairs i < j of one class",
    edge_cases: "absent for fewer than 32 pairs; an example with δ = 0 is left out; NaN stays",
    healthy: "above 0.5 if the layer still separates classes",
    source: "Chatterjee 2020, Coherent Gradients",
    axis: Axis::Linear,
    measured_with: Measurement::Costly,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.coherence
}

/// Minimum number of pairs for a meaningful mean.
const LEAST_PAIRS: f64 = 32.0;

/// Mean cosine over the pairs of one class; `rows` of shape [B, width], row-major.
#[must_use]
pub fn coherence(rows: &[f32], classes: &[usize]) -> Option<f64> {
    let width = rows.len().checked_div(classes.len()).filter(|width| *width > 0)?;
    let most = classes.iter().max()? + 1;
    let (mut sums, mut counts) = (vec![0.0_f64; most * width], vec![0_u32; most]);
    for (row, class) in rows.chunks_exact(width).zip(classes) {
        let norm = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if norm == 0.0 {
            continue;
        }
        counts[*class] += 1;
        for (sum, value) in sums[class * width..].iter_mut().zip(row) {
            *sum += f64::from(*value) / norm;
        }
    }
    let (mut cosines, mut pairs) = (0.0, 0.0);
    for (sum, count) in sums.chunks_exact(width).zip(counts).map(|(sum, count)| (sum, f64::from(count))) {
        cosines += (sum.iter().map(|value| value * value).sum::<f64>() - count) / 2.0;
        pairs += count * (count - 1.0) / 2.0;
    }
    (pairs >= LEAST_PAIRS).then(|| cosines / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identical_examples_agree_and_independent_noise_does_not() {
        let classes: Vec<usize> = (0..64).map(|row| row % 4).collect();
        let same: Vec<f32> = classes.iter().flat_map(|class| [*class as f32 + 1.0, -2.0, 1e-20]).collect();
        assert!((coherence(&same, &classes).expect("enough pairs") - 1.0).abs() < 1e-12);
        // splitmix64
        let mut state = 1_u64;
        let noise: Vec<f32> = std::iter::repeat_with(|| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed >> 40) as f32 / (1 << 24) as f32 - 0.5
        })
        .take(64 * 256)
        .collect();
        assert!(coherence(&noise, &classes).expect("enough pairs").abs() < 0.02);
    }

    #[test]
    fn it_equals_the_mean_over_all_pairs() {
        let (rows, classes) = ([1.0, 0.0, 1.0, 1.0, 0.0, 2.0].repeat(4), [0, 0, 1].repeat(4));
        let row = |index: usize| [f64::from(rows[2 * index]), f64::from(rows[2 * index + 1])];
        let cosine = |a: [f64; 2], b: [f64; 2]| (a[0] * b[0] + a[1] * b[1]) / a[0].hypot(a[1]) / b[0].hypot(b[1]);
        let pairs = (0..12).flat_map(|i| (i + 1..12).map(move |j| (i, j)));
        let all: Vec<f64> =
            pairs.filter(|(i, j)| classes[*i] == classes[*j]).map(|(i, j)| cosine(row(i), row(j))).collect();
        let naive = all.iter().sum::<f64>() / all.len() as f64;
        assert!(all.len() >= 32 && (coherence(&rows, &classes).expect("enough") - naive).abs() < 1e-12);
    }

    #[test]
    fn too_few_pairs_or_no_signal_say_nothing_and_nan_stays() {
        assert_eq!(coherence(&[1.0; 16], &[0; 8]), None);
        assert_eq!(coherence(&[0.0; 64], &[0; 32]), None);
        assert_eq!(coherence(&[], &[]), None);
        let mut rows = [1.0; 64];
        rows[3] = f32::NAN;
        assert!(coherence(&rows, &[0; 32]).is_some_and(f64::is_nan));
    }
}
