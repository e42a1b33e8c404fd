//! x W + b.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, module};

use super::unit_variance::output;

/// x W + b.
#[derive(Module, Debug)]
pub struct Affine {
    /// [in, out].
    pub weight: Param<Tensor<2>>,
    /// `[out]`.
    pub bias: Option<Param<Tensor<1>>>,
}

impl Affine {
    /// [B, …, in] → [B, …, out].
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        output(&self.weight, module::linear(x, self.weight.val(), self.bias.as_ref().map(Param::val)))
    }

    /// Floating-point operations for one row.
    #[must_use]
    pub fn flops(&self) -> u64 {
        2 * self.weight.lazy_shape().num_elements() as u64
    }
}
