//! A block of a convolutional net: convolutions with their normalizations and activations, and a skip connection around
//! them.
//!
//! ```text
//! post-activation   x ← φ( I(x) + s·N(W * … φ(N(W * x))) )     He et al. 2016, Deep Residual Learning
//! pre-activation    x ← I(x) + s·W * φ(N( … W * φ(N(x))))      He et al. 2016, Identity Mappings
//! plain             the same without I; with pooling after the last block of a stage of VGG
//! ```
//!
//! Pictures are [B, channels, H, W].

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;

use super::activation::activate;
use super::residual_connection::{BlockMode, ResidualConnection};
use super::{ConvStep, Pass, Shortcut};
use crate::config::{Activation, Order};
use crate::quantity::StepKind;
use crate::units::LayerId;

/// A block of a convolutional net.
#[derive(Module, Debug)]
pub struct ConvBlock {
    /// The convolutions in forward order.
    pub steps: Vec<ConvStep>,
    /// I; a plain block has none.
    pub shortcut: Option<Shortcut>,
    /// How the branch is added to the shortcut.
    pub joint: Option<ResidualConnection>,
    /// Factor on N(x).
    #[module(skip)]
    pub(crate) norm_scale: f64,
    /// Whether N and φ come before the convolutions or after them.
    #[module(skip)]
    pub(crate) order: Order,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
    /// The last operation.
    #[module(skip)]
    pub(crate) pooling: Pooling,
}

/// Keeps the largest of neighbouring pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// All pixels are kept.
    None,
    /// One pixel of each 2×2.
    Half,
    /// One pixel of each 3×3, around every second pixel.
    Overlapping,
}

impl Pooling {
    /// [B, C, H, W] → [B, C, H/2, W/2], unless all are kept.
    #[must_use]
    pub(crate) fn apply(self, x: Tensor<4>) -> Tensor<4> {
        let (side, margin) = match self {
            Self::None => return x,
            Self::Half => (2, 0),
            Self::Overlapping => (3, 1),
        };
        max_pool2d(x, MaxPoolOptions::new([side; 2]).with_stride([2; 2]).with_padding([margin; 2]))
    }
}

impl ConvBlock {
    /// [B, in, H, W] → [B, out, H', W'].
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, pass: Pass<'_>, layer: LayerId, mode: BlockMode) -> Tensor<4> {
        let (Some(shortcut), Some(joint)) = (&self.shortcut, &self.joint) else {
            return self.after(self.branch(pass.input(layer, x), pass, layer), pass, layer);
        };
        let x = joint.input(x, &pass, layer);
        let around = joint.around(shortcut.forward(pass.skip(layer, x.clone()), pass));
        if mode == BlockMode::Dropped {
            pass.left_out(layer);
            return self.after(around, pass, layer);
        }
        let branch = self.branch(joint.read(pass.branch(layer, x), &pass, layer), pass, layer);
        let branch = joint.scaled(branch, mode, &pass, layer);
        pass.branch_output(layer, &branch);
        self.after(joint.after(around + branch, &pass, layer), pass, layer)
    }

    /// F(x).
    #[must_use]
    pub fn branch(&self, mut x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        for (index, step) in self.steps.iter().enumerate() {
            if self.order == Order::Pre {
                x = self.normalized(step, x, pass, layer);
                x = self.activated(step.shifted(x, 0), pass, layer);
            }
            x = step.shifted(x, 1);
            x = step.convolution.forward_in(pass.step(layer, StepKind::Weight, x), pass);
            if self.order == Order::Post {
                x = self.normalized(step, x, pass, layer);
                // The last activation comes after the sum.
                if index + 1 < self.steps.len() {
                    x = self.activated(step.shifted(x, 0), pass, layer);
                }
            }
        }
        x
    }

    /// What follows the sum of branch and shortcut.
    #[must_use]
    pub fn after(&self, sum: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        let x = match self.order {
            Order::Pre => sum,
            Order::Post => self.activated(sum, pass, layer),
        };
        match self.pooling {
            Pooling::None => x,
            pooling => pooling.apply(pass.step(layer, StepKind::Other, x)),
        }
    }

    fn normalized(&self, step: &ConvStep, x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        let Some(norm) = &step.norm else { return x };
        let x = norm.forward(pass.step(layer, StepKind::Norm, x));
        if self.norm_scale == 1.0 {
            return x;
        }
        pass.step(layer, StepKind::Other, x).mul_scalar(self.norm_scale)
    }

    fn activated(&self, x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        if self.activation == Activation::Identity {
            return x;
        }
        let x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        pass.hidden(layer, self.activation, &x);
        x
    }
}
