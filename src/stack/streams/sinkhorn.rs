//! A doubly stochastic matrix near exp P: columns and rows are divided by their sums in turn.
//!
//! ```text
//! M ← exp P;  20 times:  M ← M / column sums;  M ← M / row sums
//! back through a division Y = M / Σ:  ∂M = (∂Y − Σ ∂Y ⊙ Y) / Σ,  the sum along the same line
//! ```
//!
//! It is one operation with a backward pass of its own, on the host and in f64: 20 iterations on a 4×4 matrix take less
//! time than Burn's bookkeeping of a single operation, and they would be 81 operations. For other tensors than tracked
//! ones on flex or ndarray, Burn's operations are used.
//!
//! Sinkhorn & Knopp 1967; the order of the divisions and the number of iterations are those of Xie et al. 2025.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, TensorMetadata};
use burn::tensor::{Tensor, TensorData};

use crate::probe::dispatch::on_known_backend;
use crate::probe::memory::{Floats, Primitive, Readable};

/// Number of iterations.
const TURNS: usize = 20;

/// The matrix of logits P [n, n]; its rows sum to 1 up to rounding, its columns up to the error that 20 iterations
/// leave.
#[must_use]
pub(super) fn doubly_stochastic(logits: Tensor<2>) -> Tensor<2> {
    on_known_backend!(logits, |tracked: B, C| Tensor::from_primitive::<Autodiff<B, C>>(operation::<B, C>(tracked)));
    by_turns(logits)
}

/// The same with Burn's operations.
pub(super) fn by_turns(logits: Tensor<2>) -> Tensor<2> {
    (0..TURNS).fold(logits.exp(), |matrix, _| {
        let matrix = matrix.clone() / matrix.sum_dim(0);
        matrix.clone() / matrix.sum_dim(1)
    })
}

fn operation<B: Readable, C: CheckpointStrategy>(logits: Primitive<Autodiff<B>>) -> Primitive<Autodiff<B>> {
    let (logits, node) = logits.into_parts();
    let turned = Turned::of(&values::<B>(&logits), logits.shape()[0]);
    let output = tensor::<B>(turned.last(), &logits);
    match Backward::<B, 1>::prepare::<C>(Sinkhorn, [node]).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(turned, output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    }
}

#[derive(Debug)]
struct Sinkhorn;

impl<B: Readable> Backward<B, 1> for Sinkhorn {
    type State = Turned;

    fn backward(self, ops: Ops<Turned, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = grads.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(parent) = parent {
            let behind = ops.state.backward(values::<B>(&gradient));
            grads.register::<B>(parent.id, tensor::<B>(&behind, &gradient));
        }
    }
}

/// Row-major, in f64.
fn values<B: Readable>(tensor: &Primitive<B>) -> Vec<f64> {
    let read = |floats: Floats<'_>| match floats {
        Floats::Single(values) => values.iter().map(|value| f64::from(*value)).collect(),
        Floats::Double(values) => values.to_vec(),
    };
    B::lend_in_order(tensor, read).unwrap_or_default()
}

/// A tensor of these values, otherwise like `like`.
fn tensor<B: Readable>(values: &[f64], like: &Primitive<B>) -> Primitive<B> {
    let data = TensorData::new(values.to_vec(), like.shape()).convert_dtype(like.dtype());
    B::float_from_data(data, &like.device())
}

/// The lines that are divided by their sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    Columns,
    Rows,
}

/// All intermediate matrices that the backward pass needs.
#[derive(Clone, Debug)]
struct Turned {
    size: usize,
    /// exp P.
    first: Vec<f64>,
    divisions: Vec<Division>,
}

/// Y = M / Σ.
#[derive(Clone, Debug)]
struct Division {
    lines: Lines,
    /// One sum per line.
    sums: Vec<f64>,
    /// Y.
    quotient: Vec<f64>,
}

impl Lines {
    /// The line of an element, row-major.
    fn of(self, index: usize, size: usize) -> usize {
        match self {
            Self::Columns => index % size,
            Self::Rows => index / size,
        }
    }

    fn sums(self, size: usize, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; size];
        values.enumerate().for_each(|(index, value)| sums[self.of(index, size)] += value);
        sums
    }
}

impl Turned {
    fn of(logits: &[f64], size: usize) -> Self {
        let mut turned = Self { size, first: logits.iter().map(|logit| logit.exp()).collect(), divisions: Vec::new() };
        for _ in 0..TURNS {
            for lines in [Lines::Columns, Lines::Rows] {
                let matrix = turned.last();
                let sums = lines.sums(size, matrix.iter().copied());
                let quotient = matrix.iter().enumerate().map(|(index, value)| value / sums[lines.of(index, size)]);
                let quotient = quotient.collect();
                turned.divisions.push(Division { lines, sums, quotient });
            }
        }
        turned
    }

    fn last(&self) -> &[f64] {
        self.divisions.last().map_or(&self.first, |division| &division.quotient)
    }

    /// ∂P from the gradient of the last matrix.
    fn backward(&self, mut gradient: Vec<f64>) -> Vec<f64> {
        for Division { lines, sums, quotient } in self.divisions.iter().rev() {
            let products = gradient.iter().zip(quotient).map(|(gradient, value)| gradient * value);
            let shared = lines.sums(self.size, products);
            for (index, gradient) in gradient.iter_mut().enumerate() {
                let line = lines.of(index, self.size);
                *gradient = (*gradient - shared[line]) / sums[line];
            }
        }
        gradient.iter().zip(&self.first).map(|(gradient, value)| gradient * value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.inner().into_data().try_into_vec().expect("f32")
    }

    #[test]
    fn rows_and_columns_sum_to_one_and_the_gradient_is_that_of_the_operations_themselves() {
        for backend in [Backend::Flex, Backend::Ndarray] {
            let device = device(backend).autodiff();
            let numbers = |shift: usize| {
                (0..16).map(|index| ((index * index + shift) % 7) as f32 / 3.0 - 1.0).collect::<Vec<f32>>()
            };
            let logits = Tensor::<2>::from_data(TensorData::new(numbers(0), [4, 4]), &device).require_grad();
            let weights = Tensor::from_data(TensorData::new(numbers(3), [4, 4]), &device);
            let both = [doubly_stochastic, by_turns].map(|matrix| {
                let matrix = matrix(logits.clone());
                let gradients = (matrix.clone() * weights.clone()).sum().backward();
                (
                    values(matrix),
                    logits.grad(&gradients).expect("tracked").into_data().try_into_vec::<f32>().expect("f32"),
                )
            });
            let [(matrix, gradient), (plain, of_plain)] = both;
            for line in 0..4 {
                let row: f32 = matrix[4 * line..4 * line + 4].iter().sum();
                let column: f32 = matrix.iter().skip(line).step_by(4).sum();
                assert!((row - 1.0).abs() < 1e-6 && (column - 1.0).abs() < 1e-6, "{backend}: {row} {column}");
            }
            for (one, other) in matrix.iter().chain(&gradient).zip(plain.iter().chain(&of_plain)) {
                assert!((one - other).abs() < 1e-6, "{backend}: {one} {other}");
            }
            assert!(gradient.iter().any(|value| value.abs() > 0.05), "{gradient:?}");
        }
    }
}
