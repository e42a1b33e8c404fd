//! Stable rank of the weight matrix: ‖W‖_F²/‖W‖₂², 1 … rank, by power iteration on WᵀW.
//!
//! Of a layer with several matrices the least. Cost O(rows × columns) per iteration.

use super::{Axis, Cadence, Definition, LayerSample};

pub(super) const DEFINITION: Definition = Definition {
    name: "stable_rank",
    symbol: "stable rank",
    ascii: "st. rank",
    meaning: "how many directions the weight matrix really uses",
    formula: "‖W‖_F² / ‖W‖₂², ‖W‖₂ by power iteration; the least of a layer with several matrices",
    edge_cases: "absent where the layer has no matrix or it is 0; NaN stays",
    healthy: "stays well above 1",
    source: "Sanyal et al. 2020; MSign 2602.01734",
    axis: Axis::Log,
    cadence: Cadence::Scheduled,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.stable_rank
}

/// Iterations at most; random matrices need a few dozen for three digits.
const MOST_ITERATIONS: usize = 100;
/// Relative change of ‖W‖₂² at which the iteration ends.
const ENOUGH: f64 = 1e-5;

/// Stable rank of a matrix [rows, columns], row-major; `None` of an empty or zero matrix.
#[must_use]
pub fn stable_rank(matrix: &[f32], columns: usize) -> Option<f64> {
    let frobenius: f64 = matrix.iter().map(|value| f64::from(*value).powi(2)).sum();
    if columns == 0 || frobenius == 0.0 {
        return None;
    }
    if !frobenius.is_finite() {
        return Some(f64::NAN);
    }
    // No direction is special: a start that is not by chance orthogonal to the first singular vector.
    let mut vector: Vec<f64> = (0..columns).map(|index| 1.0 + ((index * 7919) % 1013) as f64 / 1013.0).collect();
    let mut spectral = 0.0;
    for _ in 0..MOST_ITERATIONS {
        let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
        for value in &mut vector {
            *value /= length;
        }
        let mut next = vec![0.0; columns];
        for row in matrix.chunks_exact(columns) {
            let product: f64 = row.iter().zip(&vector).map(|(weight, value)| f64::from(*weight) * value).sum();
            next.iter_mut().zip(row).for_each(|(sum, weight)| *sum += product * f64::from(*weight));
        }
        // Rayleigh's quotient of WᵀW.
        let before = spectral;
        spectral = next.iter().zip(&vector).map(|(next, value)| next * value).sum();
        if spectral == 0.0 || (spectral - before).abs() <= ENOUGH * spectral {
            break;
        }
        vector = next;
    }
    (spectral > 0.0).then(|| frobenius / spectral)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sum_of_squared_singular_values_over_the_largest() {
        let diagonal = [3.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0];
        assert!((stable_rank(&diagonal, 3).expect("a matrix") - 14.0 / 9.0).abs() < 1e-4);
        assert!((stable_rank(&[1.0, 2.0, 2.0, 4.0, 3.0, 6.0], 2).expect("rank one") - 1.0).abs() < 1e-6);
        let identity: Vec<f32> = (0..64).map(|index| f32::from(u8::from(index % 9 == 0))).collect();
        assert!((stable_rank(&identity, 8).expect("the identity") - 8.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_has_no_rank_and_nan_stays() {
        assert_eq!((stable_rank(&[0.0; 4], 2), stable_rank(&[], 0)), (None, None));
        assert!(stable_rank(&[1.0, f32::NAN], 2).is_some_and(f64::is_nan));
    }
}
