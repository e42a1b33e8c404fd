//! A block of the U-Net: two convolutions with the timestep added between them, and a skip connection around them.
//!
//! ```text
//! F(x) = W₂ * φ(N(W₁ * φ(N(x)) + E·time))
//! residual   x ← I(x) + s·F(x)        I: the identity, or a 1×1 convolution where the channels change
//! plain      x ← F(x)
//! ```
//!
//! Before that the block may halve or double the picture, and a decoder block concatenates the output of its encoder
//! block. Ho et al. 2020, appendix B; the resizing within the block is that of Brock et al. 2019 (BigGAN).

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::{avg_pool2d, interpolate};
use burn::tensor::ops::{AvgPoolOptions, InterpolateMode, InterpolateOptions};

use crate::config::Activation;
use crate::quantity::StepKind;
use crate::stack::activation::activate;
use crate::stack::residual_connection::{BlockMode, ResidualConnection};
use crate::stack::{Affine, ConvStep, Convolution, Pass};
use crate::units::LayerId;

/// One block.
#[derive(Module, Debug)]
pub struct Block {
    /// N and W₁.
    pub(crate) first: ConvStep,
    /// E, [hidden, channels].
    pub(crate) time: Affine,
    /// I, if the channels change.
    pub(crate) second: ConvStep,
    /// I, where the channels change.
    pub(crate) projection: Option<Convolution>,
    /// How the branch is added to the input; `None` in a plain block.
    pub joint: Option<ResidualConnection>,
    /// Resampling of the picture before the branch.
    #[module(skip)]
    pub(crate) resizing: Resizing,
    /// The part of the U-Net that it belongs to.
    #[module(skip)]
    pub way: UNetPath,
    /// φ.
    #[module(skip)]
    pub activation: Activation,
}

/// Resampling before the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resizing {
    /// The size stays.
    None,
    /// The picture becomes averages of 2×2 pixels.
    Halved,
    /// Every pixel is repeated 2×2 times.
    Doubled,
}

/// A part of the U-Net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UNetPath {
    /// The encoder, from the picture to the bottleneck.
    Down,
    /// The bottleneck.
    Middle,
    /// The decoder, from the bottleneck to the picture.
    Up,
}

impl Resizing {
    fn apply(self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::None => x,
            Self::Halved => avg_pool2d(x, AvgPoolOptions::new([2, 2]).with_stride([2, 2])),
            Self::Doubled => {
                let options = InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([2.0, 2.0]);
                interpolate(x, options)
            }
        }
    }
}

/// The pass, the row and the mode of a block.
#[derive(Clone, Copy)]
pub struct BlockPass<'a> {
    /// The pass that the block is part of.
    pub pass: Pass<'a>,
    /// The block's row.
    pub layer: LayerId,
    /// Whether the block is computed or skipped.
    pub mode: BlockMode,
}

impl BlockPass<'_> {
    fn step(self, kind: StepKind, x: Tensor<4>) -> Tensor<4> {
        self.pass.step(self.layer, kind, x)
    }
}

impl Block {
    /// [B, in, H, W] after the block's tap, time [B, hidden] → [B, out, H', W'].
    #[must_use]
    pub(crate) fn forward(
        &self,
        x: Tensor<4>,
        beside: Option<Tensor<4>>,
        time: &Tensor<2>,
        spot: BlockPass<'_>,
    ) -> Tensor<4> {
        let Some(joint) = &self.joint else {
            return self.branch(self.entered(x, beside, spot), time, spot);
        };
        let around =
            joint.around(self.around(self.widened(spot.pass.skip(spot.layer, x.clone()), beside.clone()), spot.pass));
        if spot.mode == BlockMode::Dropped {
            spot.pass.left_out(spot.layer);
            return joint.after(around, &spot.pass, spot.layer);
        }
        let through = spot.pass.branch(spot.layer, x);
        let branch = self.branch(self.entered(through, beside, spot), time, spot);
        let branch = joint.scaled(branch, spot.mode, &spot.pass, spot.layer);
        spot.pass.branch_output(spot.layer, &branch);
        joint.after(around + branch, &spot.pass, spot.layer)
    }

    /// The same for the branch. Resizing and concatenation count as an op of it, so that the branch's channel contains
    /// only the signal that comes back to x.
    fn entered(&self, x: Tensor<4>, beside: Option<Tensor<4>>, spot: BlockPass<'_>) -> Tensor<4> {
        let is_step = self.resizing != Resizing::None || beside.is_some();
        self.widened(if is_step { spot.step(StepKind::Other, x) } else { x }, beside)
    }

    /// x at the size of the block, with the encoder's output concatenated.
    #[must_use]
    pub fn widened(&self, x: Tensor<4>, beside: Option<Tensor<4>>) -> Tensor<4> {
        let x = self.resizing.apply(x);
        match beside {
            Some(beside) => Tensor::cat(vec![x, beside], 1),
            None => x,
        }
    }

    /// I(x).
    #[must_use]
    pub fn around(&self, x: Tensor<4>, pass: Pass<'_>) -> Tensor<4> {
        match &self.projection {
            Some(projection) => projection.forward_in(x, pass),
            None => x,
        }
    }

    /// F(x).
    #[must_use]
    pub fn branch(&self, x: Tensor<4>, time: &Tensor<2>, spot: BlockPass<'_>) -> Tensor<4> {
        let x = self.convolved(&self.first, x, spot);
        let x = x + self.time.forward_in(time.clone(), spot.pass).unsqueeze_dims(&[-1, -1]); // [B, out, 1, 1]
        self.convolved(&self.second, x, spot)
    }

    /// W * φ(N(x)).
    fn convolved(&self, step: &ConvStep, mut x: Tensor<4>, spot: BlockPass<'_>) -> Tensor<4> {
        if let Some(norm) = &step.norm {
            x = norm.forward(spot.step(StepKind::Norm, x));
        }
        if self.activation != Activation::Identity {
            x = activate(self.activation, spot.step(StepKind::Activation, x));
            spot.pass.hidden(spot.layer, self.activation, &x);
        }
        step.convolution.forward_in(spot.step(StepKind::Weight, x), spot.pass)
    }
}
