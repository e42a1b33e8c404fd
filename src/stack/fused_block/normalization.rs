//! The normalization before φ, forward and backward.
//!
//! ```text
//! x̂ = (x − μ)/σ      n = γ x̂ + β          μ, σ over the features of an example (layer) or over the batch (batch)
//! h = γ g            ∂x = (h − mean(h) − x̂ mean(h x̂))/σ       ∂γ = Σ_rows g x̂       ∂β = Σ_rows g
//! ```
//!
//! Ioffe & Szegedy 2015, Batch Normalization; Ba et al. 2016, Layer Normalization.

use burn::backend::TensorMetadata;
use burn::tensor::Shape;
use burn::tensor::Tensor;

use crate::probe::memory::{Primitive, Readable};

/// The values over which mean and deviation are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// The features of each example.
    Features,
    /// The batch, per feature.
    Batch,
}

/// The parameters of a normalization: γ and β of shape `[in]`.
#[derive(Clone)]
pub(crate) struct Normalizing {
    pub(crate) over: Over,
    pub(crate) gamma: Tensor<1>,
    pub(crate) beta: Tensor<1>,
    /// Added to σ².
    pub(crate) epsilon: f64,
}

/// Mean and variance of each feature over the batch, shape `[in]` each.
pub(crate) struct Statistics {
    pub(crate) mean: Tensor<1>,
    pub(crate) variance: Tensor<1>,
}

/// γ and β as primitives, and the kind of normalization.
pub(super) struct Operands<B: Readable> {
    pub(super) over: Over,
    pub(super) gamma: Primitive<B>,
    pub(super) beta: Primitive<B>,
    pub(super) epsilon: f64,
}

/// The tensors that the backward pass needs.
#[derive(Clone, Debug)]
pub(super) enum Saved<B: Readable> {
    /// x̂ [B, in], σ [B, 1], γ `[in]`.
    Features { normalized: Primitive<B>, deviation: Primitive<B>, gamma: Primitive<B> },
    /// x [B, in], μ and σ² `[in]`, γ `[in]`.
    Batch { x: Primitive<B>, mean: Primitive<B>, variance: Primitive<B>, gamma: Primitive<B>, epsilon: f64 },
}

/// ∂x [B, in], ∂γ and ∂β `[in]`.
pub(super) struct Gradients<B: Readable> {
    pub(super) x: Primitive<B>,
    pub(super) gamma: Primitive<B>,
    pub(super) beta: Primitive<B>,
}

impl<B: Readable> Operands<B> {
    /// n [B, in] from x [B, in].
    pub(super) fn forward(self, x: Primitive<B>) -> (Primitive<B>, Saved<B>) {
        let Self { over, gamma, beta, epsilon } = self;
        match over {
            Over::Batch => {
                let result = B::batch_norm_train(x.clone(), gamma.clone(), beta, epsilon);
                let saved = Saved::Batch { x, mean: result.mean, variance: result.variance, gamma, epsilon };
                (result.output, saved)
            }
            Over::Features => {
                let mean = B::float_mean_dim(x.clone(), 1); // [B, 1]
                let centred = B::float_sub(x, mean);
                let variance = B::float_mean_dim(B::float_mul(centred.clone(), centred.clone()), 1); // [B, 1]
                let deviation = B::float_sqrt(B::float_add_scalar(variance, epsilon.into()));
                let normalized = B::float_div(centred, deviation.clone());
                let scaled = B::float_mul(normalized.clone(), row::<B>(gamma.clone()));
                let output = B::float_add(scaled, row::<B>(beta));
                (output, Saved::Features { normalized, deviation, gamma })
            }
        }
    }
}

impl<B: Readable> Saved<B> {
    /// Mean and variance over the batch, if the normalization uses them.
    pub(super) fn statistics(&self) -> Option<[Primitive<B>; 2]> {
        match self {
            Self::Features { .. } => None,
            Self::Batch { mean, variance, .. } => Some([mean.clone(), variance.clone()]),
        }
    }

    /// The gradients, given ∂L/∂n [B, in].
    pub(super) fn backward(self, gradient: Primitive<B>) -> Gradients<B> {
        match self {
            Self::Batch { x, mean, variance, gamma, epsilon } => {
                let result = B::batch_norm_train_backward(x, gamma, mean, variance, epsilon, gradient);
                Gradients { x: result.x_grad, gamma: result.gamma_grad, beta: result.beta_grad }
            }
            Self::Features { normalized, deviation, gamma } => {
                let scaled = B::float_mul(gradient.clone(), row::<B>(gamma)); // h
                let mean = B::float_mean_dim(scaled.clone(), 1); // [B, 1]
                let along = B::float_mean_dim(B::float_mul(scaled.clone(), normalized.clone()), 1); // [B, 1]
                let rest = B::float_sub(B::float_sub(scaled, mean), B::float_mul(normalized.clone(), along));
                Gradients {
                    x: B::float_div(rest, deviation),
                    gamma: over_rows::<B>(B::float_mul(gradient.clone(), normalized)),
                    beta: over_rows::<B>(gradient),
                }
            }
        }
    }
}

/// `[in]` → [1, in].
fn row<B: Readable>(vector: Primitive<B>) -> Primitive<B> {
    let length = vector.shape().num_elements();
    B::float_reshape(vector, Shape::new([1, length]))
}

/// Σ over the rows, [B, in] → `[in]`.
fn over_rows<B: Readable>(matrix: Primitive<B>) -> Primitive<B> {
    let sum = B::float_sum_dim(matrix, 0);
    let length = sum.shape().num_elements();
    B::float_reshape(sum, Shape::new([length]))
}
