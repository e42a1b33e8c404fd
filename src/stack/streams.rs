//! Hyper-connections: n streams H [n, …] connect the blocks instead of one x, and the mixing between them is learned.
//!
//! ```text
//! H ← A H + b ⊗ F(aᵀ H)          A [n, n] mixes the streams, a [n] reads from them, b [n] writes to them
//! H starts as n copies of the stem's output; the head reads their sum
//! ```
//!
//! | wiring | A | a | b | at the start |
//! |---|---|---|---|---|
//! | hyper-connections | free | free | free | A = 1, a = e_(l mod n), b = 1: every stream is the residual stack's x |
//! | constrained-hyper-connections | Sinkhorn(exp P) | σ(p) | 2σ(q) | A 0.87 and 0.04, a 0.97 and 0.01, b = 1: the same, to rounding |
//!
//! A is A_rᵀ of the first paper and H_res of the second. The product of A over all blocks, the *composite*, maps the
//! streams over the whole depth. Free, its gain depends on training; doubly stochastic, rows and columns of A sum to 1,
//! so that no composite makes any stream larger, forward or backward. Sinkhorn's 20 iterations end with the rows: the
//! sums of the columns keep an error, which falls by the second largest singular value squared per iteration. For this
//! reason P starts at 3 on the diagonal and not nearer to the identity: a factor of 0.83² per iteration removes the
//! error in 20 iterations, 0.99² does not.
//!
//! Both have the static form: the coefficients are parameters of the block, not also functions of H.
//!
//! The streams are stacked along the batch axis, [n·B, …]: mixing is one matrix product, and everything around a block
//! (pooling, a shortcut that changes the shape) applies to every stream unchanged.
//!
//! Zhu et al. 2024, Hyper-Connections (arXiv 2409.19606); Xie et al. 2025, mHC: Manifold-Constrained Hyper-Connections
//! (arXiv 2512.24880).
//!
//! ```
//! use burn::tensor::Tensor;
//! use nablatop::backend::device;
//! use nablatop::config::Backend;
//! use nablatop::stack::streams::{copied, summed};
//!
//! let x = Tensor::<2>::ones([1, 3], &device(Backend::Flex));
//! let streams = copied(x, 4);
//! assert_eq!(streams.dims(), [4, 3]);
//! assert_eq!(summed(streams, 4).into_data().try_to_vec::<f32>().expect("f32"), [4.0; 3]);
//! ```

mod sinkhorn;

use burn::module::{Module, Param};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Tensor, TensorData};

use self::sinkhorn::doubly_stochastic;
use super::init::Initializer;
use crate::config::Wiring;
use crate::probe::Taps;
use crate::units::LayerId;

/// Logit of the share of a stream that stays in it, relative to 0 for each other stream: 0.87 stays.
const STAYING: f32 = 3.0;
/// Share of each other stream in the input of a branch, for the constrained form at the start.
const READ_BESIDE: f64 = 0.01;

/// A, a and b of one block.
#[derive(Module, Debug)]
pub struct Streams {
    /// A, or P: row i makes the new stream i.
    pub(crate) mixing: Param<Tensor<2>>,
    /// a, or p.
    pub(crate) reading: Param<Tensor<1>>,
    /// b, or q.
    pub(crate) writing: Param<Tensor<1>>,
    /// The constraint on the coefficients.
    #[module(skip)]
    pub(crate) form: MixingConstraint,
}

/// The constraint on the coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MixingConstraint {
    /// Any numbers.
    Free,
    /// A doubly stochastic, a and b positive.
    Constrained,
}

impl Streams {
    pub(super) fn of(wiring: Wiring, block: usize, initializer: Initializer<'_>) -> Self {
        let (count, own) = (wiring.streams(), block % wiring.streams());
        let form =
            if wiring == Wiring::HyperConnections { MixingConstraint::Free } else { MixingConstraint::Constrained };
        let logit = |share: f64| (share / (1.0 - share)).ln() as f32;
        let ([stays, goes], [read, beside], written) = match form {
            MixingConstraint::Free => ([1.0, 0.0], [1.0, 0.0], 1.0),
            MixingConstraint::Constrained => {
                let own = 1.0 - (count - 1) as f64 * READ_BESIDE;
                ([STAYING, 0.0], [logit(own), logit(READ_BESIDE)], 0.0)
            }
        };
        let mixing = move || {
            let share = |index: usize| if index.is_multiple_of(count + 1) { stays } else { goes };
            TensorData::new((0..count * count).map(share).collect(), [count, count])
        };
        let reading = move || {
            let weight = |stream: usize| if stream == own { read } else { beside };
            TensorData::new((0..count).map(weight).collect(), [count])
        };
        Self {
            mixing: initializer.lazily([count, count], mixing),
            reading: initializer.lazily([count], reading),
            writing: initializer.constant(count, written),
            form,
        }
    }

    /// n.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.writing.lazy_shape()[0]
    }

    /// A, [n, n].
    #[must_use]
    pub fn coefficients(&self) -> Tensor<2> {
        match self.form {
            MixingConstraint::Free => self.mixing.val(),
            MixingConstraint::Constrained => doubly_stochastic(self.mixing.val()),
        }
    }

    /// A H, [n·B, …] → [n·B, …].
    #[must_use]
    pub(crate) fn mixed<const D: usize>(&self, streams: Tensor<D>) -> Tensor<D> {
        combined(self.coefficients(), streams)
    }

    /// aᵀ H, [n·B, …] → [B, …].
    #[must_use]
    pub(crate) fn read<const D: usize>(&self, streams: Tensor<D>) -> Tensor<D> {
        let shares = match self.form {
            MixingConstraint::Free => self.reading.val(),
            MixingConstraint::Constrained => sigmoid(self.reading.val()),
        };
        combined(shares.reshape([1, self.count()]), streams)
    }

    /// b ⊗ F, [B, …] → [n·B, …].
    #[must_use]
    pub(crate) fn written<const D: usize>(&self, branch: Tensor<D>) -> Tensor<D> {
        let shares = match self.form {
            MixingConstraint::Free => self.writing.val(),
            MixingConstraint::Constrained => sigmoid(self.writing.val()).mul_scalar(2.0),
        };
        combined(shares.reshape([self.count(), 1]), branch)
    }
}

/// Each row of `shares` [m, n] makes one stream out of n: [n·B, …] → [m·B, …].
fn combined<const D: usize>(shares: Tensor<2>, streams: Tensor<D>) -> Tensor<D> {
    let ([into, from], mut shape) = (shares.dims(), streams.dims());
    let flat = streams.reshape([from, shape.iter().product::<usize>() / from]);
    shape[0] = shape[0] / from * into;
    shares.matmul(flat).reshape(shape)
}

/// n copies of x, [B, …] → [n·B, …].
#[must_use]
pub fn copied<const D: usize>(x: Tensor<D>, count: usize) -> Tensor<D> {
    if count == 1 { x } else { Tensor::cat(vec![x; count], 0) }
}

/// The sum of all streams, [n·B, …] → [B, …].
#[must_use]
pub fn summed<const D: usize>(streams: Tensor<D>, count: usize) -> Tensor<D> {
    if count == 1 {
        return streams;
    }
    let mut shape = streams.dims();
    shape[0] /= count;
    streams.reshape([count, shape.iter().product()]).sum_dim(0).reshape(shape)
}

/// Passes all streams through the tap of a layer's input, which reads them example by example: [B, n, …].
#[must_use]
pub(crate) fn input<const D: usize>(taps: &Taps, layer: LayerId, streams: Tensor<D>, count: usize) -> Tensor<D> {
    if count == 1 {
        return taps.input(layer, streams);
    }
    let shape = streams.dims();
    let examples = shape[0] / count;
    let each = shape.iter().product::<usize>() / shape[0];
    let by_example = streams.reshape([count, examples, each]).swap_dims(0, 1);
    taps.input(layer, by_example).swap_dims(0, 1).reshape(shape)
}

#[cfg(test)]
mod tests;
