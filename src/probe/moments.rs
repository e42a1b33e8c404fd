//! Σ v² of tensors in one pass over their storage, accurate to 1e-6 whatever their size: f32 squares underflow at
//! 1e-23.
//!
//! The memory of flex and ndarray is read in place; another backend computes the sum itself ([`Reduction`]).

use burn::tensor::{FloatDType, Tensor};

use super::memory::{Floats, with_floats, with_pairs};
use super::reduction::{Reduced, Reduction};
use crate::quantity::Moments;

pub(super) mod sums;

/// Sum of squares and number of elements, any shape; NaN and ±Inf stay NaN and Inf.
///
/// Every f32 is within range; the norm of an f64 tensor overflows beyond 1e154 and is 0 below 1e-162.
pub(super) fn moments<const D: usize>(reduction: Reduction, tensor: &Tensor<D>) -> Reduced {
    let count = tensor.shape().num_elements() as u64;
    let known = reduction.on_host(|| with_floats(tensor, |floats| sum_of_squares(&floats)));
    match known {
        Some(sum_of_squares) => Reduced::Known(Moments { sum_of_squares, count }),
        None => Reduced::on_device(tensor),
    }
}

/// Statistics of `after − before`, element by element; both of the same shape.
pub(super) fn change<const D: usize>(reduction: Reduction, before: &Tensor<D>, after: &Tensor<D>) -> Reduced {
    let count = before.shape().num_elements() as u64;
    let known = reduction.on_host(|| with_pairs(before, after, |old, new| distance(&old, &new)));
    match (known, reduction) {
        (Some(sum_of_squares), _) => Reduced::Known(Moments { sum_of_squares, count }),
        // The memories have different orders, so the backend subtracts.
        (None, Reduction::Host) => {
            let [old, new] = [before, after].map(|tensor| tensor.clone().cast(FloatDType::F64));
            moments(reduction, &(new - old))
        }
        (None, Reduction::Device) => Reduced::on_device(&(after.clone() - before.clone())),
    }
}

/// Σ (new − old)²; NaN if the two do not match.
fn distance(old: &Floats<'_>, new: &Floats<'_>) -> f64 {
    match (old, new) {
        (Floats::Single(old), Floats::Single(new)) if old.len() == new.len() => sums::distance(old, new),
        (Floats::Double(old), Floats::Double(new)) => {
            old.iter().zip(*new).map(|(old, new)| (new - old) * (new - old)).sum()
        }
        _ => f64::NAN,
    }
}

/// Σ a², Σ b², Σ ab and Σ (a + b)² of two pieces of memory of one length; NaN if they do not match.
pub(super) fn products(one: &Floats<'_>, other: &Floats<'_>) -> [f64; 4] {
    match (one, other) {
        (Floats::Single(one), Floats::Single(other)) if one.len() == other.len() => sums::products(one, other),
        (Floats::Double(one), Floats::Double(other)) if one.len() == other.len() => {
            let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum();
            let together = one.iter().zip(*other).map(|(a, b)| (a + b) * (a + b)).sum();
            [sum(one, one), sum(other, other), sum(one, other), together]
        }
        _ => [f64::NAN; 4],
    }
}

/// Σ v² of borrowed memory.
pub(super) fn sum_of_squares(floats: &Floats<'_>) -> f64 {
    match floats {
        Floats::Single(values) => sums::squares(values),
        Floats::Double(values) => values.iter().map(|value| value * value).sum(),
    }
}

#[cfg(test)]
mod tests;
