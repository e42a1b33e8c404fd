//! A convolution: every k×k neighbourhood of a picture becomes a row of a matrix product.

use burn::module::{Module, Param};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, module};

use super::Pass;

/// A convolution, W * x + b.
#[derive(Module, Debug)]
pub struct Convolution {
    /// [out, in, k, k].
    pub(crate) weight: Param<Tensor<4>>,
    /// `[out]`.
    pub(crate) bias: Option<Param<Tensor<1>>>,
    /// Distance between neighbouring outputs in pixels of the input.
    #[module(skip)]
    pub(crate) stride: usize,
}

impl Convolution {
    /// [B, in, H, W] → [B, out, H/stride, W/stride], rounded up, with zero padding.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        module::conv2d(x, self.weight.val(), self.bias.as_ref().map(Param::val), self.options())
    }

    /// The same in a pass that may scale the weight.
    #[must_use]
    pub(crate) fn forward_in(&self, x: Tensor<4>, pass: Pass<'_>) -> Tensor<4> {
        if !pass.scales_weights() {
            return self.forward(x);
        }
        let z = pass.output(&self.weight, module::conv2d(x, self.weight.val(), None, self.options()));
        match &self.bias {
            Some(bias) => z + bias.val().reshape([1, -1, 1, 1]),
            None => z,
        }
    }

    fn options(&self) -> ConvOptions<2> {
        let margin = self.weight.lazy_shape()[2] / 2;
        ConvOptions::new([self.stride; 2], [margin; 2], [1; 2], 1)
    }

    /// Floating-point operations for one picture with this many output pixels.
    #[must_use]
    pub(crate) fn flops(&self, pixels: usize) -> u64 {
        2 * (self.weight.lazy_shape().num_elements() * pixels) as u64
    }
}
