//! A convolution: k×k neighbourhoods of a picture, each a row of a matrix product.

use burn::module::{Module, Param};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, module};

use super::unit_variance;

/// W * x + b.
#[derive(Module, Debug)]
pub struct Convolution {
    /// [out, in, k, k].
    pub weight: Param<Tensor<4>>,
    /// `[out]`.
    pub bias: Option<Param<Tensor<1>>>,
    /// Every how many pixels it looks.
    #[module(skip)]
    pub stride: usize,
}

impl Convolution {
    /// [B, in, H, W] → [B, out, H/stride, W/stride], rounded up: the margin is filled with zeros.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let margin = self.weight.lazy_shape()[2] / 2;
        let options = ConvOptions::new([self.stride; 2], [margin; 2], [1; 2], 1);
        if !unit_variance::is_measured() {
            return module::conv2d(x, self.weight.val(), self.bias.as_ref().map(Param::val), options);
        }
        let z = unit_variance::output(&self.weight, module::conv2d(x, self.weight.val(), None, options));
        match &self.bias {
            Some(bias) => z + bias.val().reshape([1, -1, 1, 1]),
            None => z,
        }
    }

    /// Floating-point operations for one picture of so many pixels out.
    #[must_use]
    pub fn flops(&self, pixels: usize) -> u64 {
        2 * (self.weight.lazy_shape().num_elements() * pixels) as u64
    }
}
