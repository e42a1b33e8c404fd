//! Σ v² of a tensor in one pass over its storage, accumulated in f64: f32 squares underflow at 1e-23.
//!
//! Flex's and ndarray's memory is read in place; another backend computes the sum itself.

use burn::tensor::{FloatDType, Tensor};

use super::memory::{Floats, with_floats, with_pairs};
use crate::quantity::Moments;

/// Independent partial sums: enough to fill the vector units whatever their width.
const LANES: usize = 32;

/// Sum of squares and number of elements, any shape; NaN and ±Inf stay NaN and Inf.
///
/// Every f32 is within range; the norm of an f64 tensor overflows beyond 1e154 and is 0 below 1e-162.
#[must_use]
pub fn moments<const D: usize>(tensor: &Tensor<D>) -> Moments {
    let count = tensor.shape().num_elements() as u64;
    let sum_of_squares = with_floats(tensor, |floats| sum_of_squares(&floats))
        .unwrap_or_else(|| tensor.clone().cast(FloatDType::F64).square().sum().into_scalar::<f64>());
    Moments { sum_of_squares, count }
}

/// Statistics of `after − before`, element by element; both of the same shape.
#[must_use]
pub fn change<const D: usize>(before: &Tensor<D>, after: &Tensor<D>) -> Moments {
    let count = before.shape().num_elements() as u64;
    let sum_of_squares = with_pairs(before, after, |old, new| distance(&old, &new)).unwrap_or_else(|| {
        // Memory in two orders, or out of reach: the backend subtracts.
        let [old, new] = [before, after].map(|tensor| tensor.clone().cast(FloatDType::F64));
        moments(&(new - old)).sum_of_squares
    });
    Moments { sum_of_squares, count }
}

/// Σ (new − old)²; NaN when the two do not match.
fn distance(old: &Floats<'_>, new: &Floats<'_>) -> f64 {
    match (old, new) {
        (Floats::Single(old), Floats::Single(new)) if old.len() == new.len() => distance_f32(old, new),
        (Floats::Double(old), Floats::Double(new)) => {
            old.iter().zip(*new).map(|(old, new)| (new - old) * (new - old)).sum()
        }
        _ => f64::NAN,
    }
}

/// Σ a², Σ b² and Σ ab of two pieces of memory of one length; NaN when they do not match.
pub(super) fn products(one: &Floats<'_>, other: &Floats<'_>) -> [f64; 3] {
    match (one, other) {
        (Floats::Single(one), Floats::Single(other)) if one.len() == other.len() => products_f32(one, other),
        (Floats::Double(one), Floats::Double(other)) if one.len() == other.len() => {
            let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum();
            [sum(one, one), sum(other, other), sum(one, other)]
        }
        _ => [f64::NAN; 3],
    }
}

/// Σ v² of borrowed memory.
pub(super) fn sum_of_squares(floats: &Floats<'_>) -> f64 {
    match floats {
        Floats::Single(values) => sum_of_squares_f32(values),
        Floats::Double(values) => values.iter().map(|value| value * value).sum(),
    }
}

fn sum_of_squares_f32(values: &[f32]) -> f64 {
    pulp::Arch::new().dispatch(|| {
        let mut sums = [0.0_f64; LANES];
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                let value = f64::from(*value);
                *sum += value * value;
            }
        }
        let tail: f64 = rest.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
        sums.iter().sum::<f64>() + tail
    })
}

fn products_f32(one: &[f32], other: &[f32]) -> [f64; 3] {
    /// Fewer than elsewhere: three sums share the registers.
    const LANES: usize = 16;
    pulp::Arch::new().dispatch(|| {
        let (mut ones, mut others, mut both) = ([0.0_f64; LANES], [0.0_f64; LANES], [0.0_f64; LANES]);
        let (one_chunks, one_rest) = one.as_chunks::<LANES>();
        let (other_chunks, other_rest) = other.as_chunks::<LANES>();
        for (one, other) in one_chunks.iter().zip(other_chunks) {
            for lane in 0..LANES {
                let (a, b) = (f64::from(one[lane]), f64::from(other[lane]));
                ones[lane] += a * a;
                others[lane] += b * b;
                both[lane] += a * b;
            }
        }
        let mut sums = [ones, others, both].map(|sums| sums.iter().sum::<f64>());
        for (a, b) in one_rest.iter().zip(other_rest).map(|(a, b)| (f64::from(*a), f64::from(*b))) {
            sums[0] += a * a;
            sums[1] += b * b;
            sums[2] += a * b;
        }
        sums
    })
}

fn distance_f32(old: &[f32], new: &[f32]) -> f64 {
    pulp::Arch::new().dispatch(|| {
        let mut sums = [0.0_f64; LANES];
        let (old_chunks, old_rest) = old.as_chunks::<LANES>();
        let (new_chunks, new_rest) = new.as_chunks::<LANES>();
        for (old, new) in old_chunks.iter().zip(new_chunks) {
            for ((sum, old), new) in sums.iter_mut().zip(old).zip(new) {
                let change = f64::from(*new) - f64::from(*old);
                *sum += change * change;
            }
        }
        let tail: f64 =
            old_rest.iter().zip(new_rest).map(|(old, new)| (f64::from(*new) - f64::from(*old)).powi(2)).sum();
        sums.iter().sum::<f64>() + tail
    })
}

#[cfg(test)]
mod tests;
