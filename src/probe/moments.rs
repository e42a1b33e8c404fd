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
