//! A convolutional net: a stem, blocks in stages, and a head; VGG and the residual nets are plans of it.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::adaptive_avg_pool2d;

use super::activation::activate;
use super::layer_description::{LayerDescription, layers};
use super::normalization::Normalization;
use super::residual_connection::StochasticDepth;
use super::{Affine, ConvBlock, ConvStep, Labelled, Loss, Pass, Pooling, Stack, streams};
use crate::config::{Activation, Order};
use crate::data::Shape;
use crate::layer::Layer;
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// `stem → block 1 … block D → head` on pictures [B, channels, H, W].
#[derive(Module, Debug)]
pub struct ConvNet {
    /// The first convolution.
    pub stem: Stem,
    /// In forward order.
    pub blocks: Vec<ConvBlock>,
    /// The map from channels to classes.
    pub head: Head,
    /// Shape of a picture.
    #[module(skip)]
    pub(crate) input: Shape,
    /// Number of streams between blocks.
    #[module(skip)]
    pub streams: usize,
    /// Stage and cost of every layer.
    #[module(skip)]
    pub(crate) descriptions: Vec<LayerDescription>,
}

/// The first convolution.
#[derive(Module, Debug)]
pub struct Stem {
    /// The convolution with its normalization.
    pub(crate) step: ConvStep,
    /// φ; a pre-activation net has none here.
    #[module(skip)]
    pub(crate) activation: Activation,
    /// The last operation.
    #[module(skip)]
    pub(crate) pooling: Pooling,
}

/// The map from channels to classes.
#[derive(Module, Debug)]
pub struct Head {
    /// N of a pre-activation net, before the last φ.
    pub(crate) norm: Option<Normalization>,
    /// Hidden layers of VGG.
    pub(crate) hidden: Vec<Affine>,
    /// [in, classes].
    pub(crate) output: Affine,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
    /// Decides whether the last block's φ is still to be applied.
    #[module(skip)]
    pub(crate) order: Order,
    /// Rows and columns of pixels that are averaged.
    #[module(skip)]
    pub(crate) side: usize,
}

impl ConvNet {
    /// Logits, [B, pixels] → [B, classes], computed as in evaluation.
    #[must_use]
    pub fn forward(&self, inputs: Tensor<2>, pass: Pass<'_>) -> Tensor<2> {
        self.pass(inputs, pass, StochasticDepth::of_pass(None, pass))
    }

    fn pass(&self, inputs: Tensor<2>, pass: Pass<'_>, mut depth: StochasticDepth) -> Tensor<2> {
        let Shape { channels, height, width } = self.input;
        let batch = inputs.dims()[0];
        let x = self.stem.forward(inputs.reshape([batch, channels, height, width]), pass); // [B, C, H, W]
        let mut x = streams::copied(x, self.streams);
        for (index, block) in (1..).zip(&self.blocks) {
            x = block.forward(x, pass, LayerId(index), depth.next(block.joint.as_ref()));
        }
        let layer = LayerId(self.blocks.len() as u32 + 1);
        let x = streams::input(&pass, layer, x, self.streams);
        self.head.forward(streams::summed(x, self.streams), pass, layer) // [B, classes]
    }
}

impl Stem {
    /// [B, colours, H, W] → [B, C, H', W'].
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, pass: Pass<'_>) -> Tensor<4> {
        let mut x = self.step.convolution.forward_in(x, pass);
        if let Some(norm) = &self.step.norm {
            x = norm.forward(x);
        }
        self.pooling.apply(activate(self.activation, x))
    }
}

impl Head {
    /// [B, C, H, W] → [B, classes].
    #[must_use]
    pub fn forward(&self, mut x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        if let Some(norm) = &self.norm {
            x = norm.forward(pass.step(layer, StepKind::Norm, x));
        }
        if self.order == Order::Pre {
            x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        }
        let x = adaptive_avg_pool2d(pass.step(layer, StepKind::Other, x), [self.side; 2]);
        let mut x: Tensor<2> = x.flatten(1, 3); // [B, C·side²]
        for hidden in &self.hidden {
            x = hidden.forward_in(pass.step(layer, StepKind::Weight, x), pass);
            x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        }
        self.output.forward_in(pass.step(layer, StepKind::Weight, x), pass)
    }
}

impl Stack for ConvNet {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        layers(&self.descriptions)
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        batch.first_logit(taps, |inputs| self.forward(inputs, pass))
    }

    fn loss_in(&self, batch: &Labelled, pass: Pass<'_>) -> Loss {
        batch.loss(&pass, |inputs| self.pass(inputs, pass, StochasticDepth::of_pass(batch.rng, pass)))
    }
}
