//! Stable rank of the weight matrix: ‖W‖_F²/‖W‖₂², 1 … rank. ‖W‖₂² is the largest eigenvalue of WᵀW, by Lanczos' method.
//!
//! ```text
//! β_j v_{j+1} = WᵀW v_j − α_j v_j − β_{j−1} v_{j−1}      T = tridiag(β, α, β), its largest eigenvalue θ ≤ ‖W‖₂²
//! |θ − λ| ≤ β_k |s_k|                                    s: θ's eigenvector of T, λ: an eigenvalue of WᵀW
//! ```
//!
//! The two largest singular values of a random matrix are so close that power iteration is 2 % too low after 100
//! iterations at width 512; Lanczos' method needs about 40. A layer with several matrices has the smallest of their
//! ranks; a convolution's kernels [out, in, k, k] are one matrix [out, in·k²]. The mixing of streams is not a map of
//! features and does not count. Cost O(rows × columns) per iteration.
//!
//! Lanczos 1950; Parlett 1980, The Symmetric Eigenvalue Problem, 13.2 (the bound) and 13.7 (reorthogonalization).

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "stable_rank",
    symbol: "stable rank",
    ascii: "st. rank",
    meaning: "number of directions that the weight matrix effectively uses",
    formula: "‖W‖_F² / ‖W‖₂², kernels as [out, in·k²]; the smallest value of a layer with several matrices",
    edge_cases: "absent if the layer has no matrix or it is 0; the mixing of streams does not count; NaN stays",
    healthy: "it stays well above 1",
    source: "Sanyal et al. 2020; MSign 2602.01734",
    axis: Axis::Log,
    measured_with: Measurement::Costly,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.stable_rank
}

/// Maximum number of iterations: random matrices of width 512 need about 40, of width 4,096 about 80.
const MOST_TURNS: usize = 300;
/// Allowed relative error of ‖W‖₂²: three digits of the rank, with one to spare.
const ENOUGH: f64 = 1e-4;

/// Stable rank of a matrix [rows, columns], row-major; `None` for an empty or zero matrix.
#[must_use]
pub fn stable_rank(matrix: &[f32], columns: usize) -> Option<f64> {
    let frobenius: f64 = matrix.iter().map(|value| f64::from(*value).powi(2)).sum();
    if columns == 0 || frobenius == 0.0 {
        return None;
    }
    if !frobenius.is_finite() {
        return Some(f64::NAN);
    }
    let largest = largest_eigenvalue(&Gram { matrix, columns });
    (largest > 0.0).then(|| frobenius / largest)
}

/// WᵀW, or WWᵀ if that is smaller: their largest eigenvalues are equal.
struct Gram<'a> {
    matrix: &'a [f32],
    columns: usize,
}

impl Gram<'_> {
    fn rows(&self) -> usize {
        self.matrix.len() / self.columns
    }

    fn size(&self) -> usize {
        self.columns.min(self.rows())
    }

    fn times(&self, vector: &[f64]) -> Vec<f64> {
        if self.columns <= self.rows() {
            self.transposed_times(&self.matrix_times(vector))
        } else {
            self.matrix_times(&self.transposed_times(vector))
        }
    }

    /// W v.
    fn matrix_times(&self, vector: &[f64]) -> Vec<f64> {
        let rows = self.matrix.chunks_exact(self.columns);
        rows.map(|row| row.iter().zip(vector).map(|(weight, value)| f64::from(*weight) * value).sum()).collect()
    }

    /// Wᵀ v.
    fn transposed_times(&self, vector: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns];
        for (row, value) in self.matrix.chunks_exact(self.columns).zip(vector) {
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * f64::from(*weight));
        }
        sums
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn largest_eigenvalue(gram: &Gram<'_>) -> f64 {
    // A start vector without a special direction is not orthogonal to the first singular vector by chance.
    let start = (0..gram.size()).map(|index| 1.0 + ((index * 7919) % 1013) as f64 / 1013.0);
    let mut next: Vec<f64> = start.collect();
    let mut length = dot(&next, &next).sqrt();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    loop {
        for value in &mut next {
            *value /= length;
        }
        let mut product = gram.times(&next);
        diagonal.push(dot(&next, &product));
        basis.push(next);
        // Twice is enough (Parlett 1980, 6.9): rounding would bring back directions that were removed.
        for _ in 0..2 {
            for vector in &basis {
                let along = dot(vector, &product);
                product.iter_mut().zip(vector).for_each(|(value, of)| *value -= along * of);
            }
        }
        length = dot(&product, &product).sqrt();
        let Ritz { value, last } = Ritz::of(&diagonal, &beside);
        let is_all = basis.len() >= gram.size().min(MOST_TURNS);
        if is_all || length * last <= ENOUGH * value {
            return value;
        }
        beside.push(length);
        next = product;
    }
}

/// The largest eigenvalue of a symmetric tridiagonal matrix, and the last element of its eigenvector of length 1.
struct Ritz {
    value: f64,
    last: f64,
}

impl Ritz {
    fn of(diagonal: &[f64], beside: &[f64]) -> Self {
        // Gershgorin's bounds.
        let off = |index: usize| beside.get(index).copied().unwrap_or(0.0);
        let radius = |index: usize| off(index) + if index > 0 { off(index - 1) } else { 0.0 };
        let mut low = diagonal.iter().copied().fold(f64::MIN, f64::max);
        let mut high = diagonal.iter().enumerate().map(|(index, value)| value + radius(index)).fold(low, f64::max);
        // Every halving gives one binary digit: 60 exhaust the precision of an f64.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if exceeds(diagonal, beside, middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        // The eigenvector follows from its recurrence, starting with the first element.
        let (mut before, mut here, mut squares) = (0.0, 1.0_f64, 1.0);
        for index in 0..beside.len() {
            let behind = if index > 0 { beside[index - 1] * before } else { 0.0 };
            (before, here) = (here, ((high - diagonal[index]) * here - behind) / beside[index]);
            squares += here * here;
        }
        Self { value: high, last: here.abs() / squares.sqrt() }
    }
}

/// Whether an eigenvalue is larger than x: T − x has a positive pivot (Sylvester's law of inertia).
fn exceeds(diagonal: &[f64], beside: &[f64], x: f64) -> bool {
    let mut pivot = diagonal[0] - x;
    for (value, beside) in diagonal[1..].iter().zip(beside) {
        if pivot > 0.0 {
            return true;
        }
        // A pivot of 0 is replaced by one just below.
        let divisor = if pivot == 0.0 { -f64::MIN_POSITIVE } else { pivot };
        pivot = value - x - beside * beside / divisor;
    }
    pivot > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sum_of_squared_singular_values_over_the_largest() {
        let diagonal = [3.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0];
        assert!((stable_rank(&diagonal, 3).expect("a matrix") - 14.0 / 9.0).abs() < 1e-6);
        assert!((stable_rank(&[1.0, 2.0, 2.0, 4.0, 3.0, 6.0], 2).expect("rank one") - 1.0).abs() < 1e-6);
        let identity: Vec<f32> = (0..64).map(|index| f32::from(u8::from(index % 9 == 0))).collect();
        assert!((stable_rank(&identity, 8).expect("the identity") - 8.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_has_no_rank_and_nan_stays() {
        assert_eq!((stable_rank(&[0.0; 4], 2), stable_rank(&[], 0)), (None, None));
        assert!(stable_rank(&[1.0, f32::NAN], 2).is_some_and(f64::is_nan));
    }

    /// U diag(singular) Vᵀ, U and V reflections at a vector each.
    fn of_singular_values(singular: &[f64]) -> Vec<f32> {
        let n = singular.len();
        let reflector = |pace: f64| {
            let vector: Vec<f64> = (1..=n).map(|index| (index as f64 * pace).sin()).collect();
            let length = dot(&vector, &vector).sqrt();
            vector.into_iter().map(|value| value / length).collect::<Vec<_>>()
        };
        let (left, right) = (reflector(1.7), reflector(2.3));
        let mixed: f64 = (0..n).map(|k| left[k] * singular[k] * right[k]).sum();
        let element = |row: usize, column: usize| {
            let own = if row == column { singular[row] } else { 0.0 };
            own - 2.0 * left[row] * left[column] * singular[column] - 2.0 * singular[row] * right[row] * right[column]
                + 4.0 * left[row] * mixed * right[column]
        };
        (0..n * n).map(|index| element(index / n, index % n) as f32).collect()
    }

    #[test]
    fn three_digits_are_true_where_the_largest_singular_values_crowd_as_those_of_random_matrices() {
        // Distances at the edge go as n^(-2/3), as those of a random matrix 512 × 512.
        let singular: Vec<f64> = (0..512).map(|index| 2.0 - 3.0 * (f64::from(index) / 512.0).powf(2.0 / 3.0)).collect();
        let expected = singular.iter().map(|value| value * value).sum::<f64>() / 4.0;
        let found = stable_rank(&of_singular_values(&singular), 512).expect("a matrix");
        assert!((found / expected - 1.0).abs() < 3e-4, "{found} {expected}");
    }

    #[test]
    fn a_wide_random_matrix_has_the_rank_of_its_transpose_and_of_a_thousand_turns_of_power_iteration() {
        let (rows, columns) = (96, 512);
        // Knuth's generator: its upper bits are even enough for a spectrum.
        let mut state = 1_u64;
        let mut evenly = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        let values: Vec<f32> = (0..rows * columns).map(|_| evenly()).collect();
        let transposed: Vec<f32> =
            (0..rows * columns).map(|index| values[index % rows * columns + index / rows]).collect();
        let [wide, tall] = [stable_rank(&values, columns), stable_rank(&transposed, rows)].map(|rank| rank.expect("one"));
        let gram = Gram { matrix: &values, columns };
        let mut vector = vec![1.0; rows];
        let mut spectral = 0.0;
        for _ in 0..1000 {
            let length = dot(&vector, &vector).sqrt();
            for value in &mut vector {
                *value /= length;
            }
            let next = gram.times(&vector);
            spectral = dot(&next, &vector);
            vector = next;
        }
        let expected = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / spectral;
        for found in [wide, tall] {
            assert!((found / expected - 1.0).abs() < 3e-4, "{found} {expected}");
        }
    }
}
