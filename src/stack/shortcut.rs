//! I: the path around the branch of a convolutional block.
//!
//! ```text
//! same shape        x                                       the identity, bit by bit
//! other shape       option A: every s-th pixel, new channels are zeros: no parameters
//!                   option B: a 1×1 convolution and its normalization
//! ```
//!
//! He et al. 2016, Deep Residual Learning, section 3.3.

use burn::module::Module;
use burn::tensor::{Slice, Tensor};

use super::{ConvStep, Pass};

/// I.
#[derive(Module, Debug)]
pub struct Shortcut {
    /// Option B, where the shape changes.
    pub(crate) projection: Option<ConvStep>,
    /// Option A: the distance between the pixels that are kept.
    #[module(skip)]
    pub(crate) stride: usize,
    /// Option A: number of zero channels that are added.
    #[module(skip)]
    pub(crate) added: usize,
}

impl Shortcut {
    /// [B, in, H, W] → [B, out, H/stride, W/stride].
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, pass: Pass<'_>) -> Tensor<4> {
        if let Some(ConvStep { norm, convolution, .. }) = &self.projection {
            let x = convolution.forward_in(x, pass);
            return norm.as_ref().map_or(x.clone(), |norm| norm.forward(x));
        }
        let x = self.subsampled(x);
        if self.added == 0 {
            return x;
        }
        let [batch, _, height, width] = x.dims();
        let zeros = Tensor::zeros([batch, self.added, height, width], (&x.device(), x.dtype()));
        Tensor::cat(vec![x, zeros], 1)
    }

    /// Every s-th pixel.
    fn subsampled(&self, x: Tensor<4>) -> Tensor<4> {
        if self.stride == 1 {
            return x;
        }
        let every = Slice::new(0, None, self.stride.cast_signed());
        x.slice_dim(2, every).slice_dim(3, every)
    }
}
