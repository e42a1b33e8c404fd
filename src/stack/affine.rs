//! An affine map, x W + b.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, module};

use super::Pass;

/// An affine map, x W + b.
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
        module::linear(x, self.weight.val(), self.bias.as_ref().map(Param::val))
    }

    /// The same in a pass that may scale the weight.
    #[must_use]
    pub(crate) fn forward_in<const D: usize>(&self, x: Tensor<D>, pass: Pass<'_>) -> Tensor<D> {
        affine(&self.weight, self.bias.as_ref(), x, pass)
    }

    /// Floating-point operations for one row.
    #[must_use]
    pub(crate) fn flops(&self) -> u64 {
        2 * self.weight.lazy_shape().num_elements() as u64
    }
}

/// x W + b with weights that are stored elsewhere, [B, …, in] → [B, …, out].
pub(super) fn affine<const D: usize>(
    weight: &Param<Tensor<2>>,
    bias: Option<&Param<Tensor<1>>>,
    x: Tensor<D>,
    pass: Pass<'_>,
) -> Tensor<D> {
    if !pass.scales_weights() {
        return module::linear(x, weight.val(), bias.map(Param::val));
    }
    let z = pass.output(weight, module::linear(x, weight.val(), None));
    match bias {
        Some(bias) => z + bias.val().unsqueeze(),
        None => z,
    }
}
