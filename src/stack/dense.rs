//! Densely connected nets, depth 3n+4: every layer adds k channels to those of all layers before it.
//!
//! ```text
//! dense        x ← [x, W * φ(N(x))]       k new channels (k = the width; 12 in the paper), 3×3
//! plain        x ← W * φ(N(x))            2k channels everywhere, each layer receives only the last one
//! transition   x ← average of 2×2 of W * φ(N(x)), 1×1, as many channels
//! ```
//!
//! stem 3×3 to 2k channels → n layers at 32² → transition → n at 16² → transition → n at 8² → N, φ, average, linear.
//! A transition has no skip connection in either form. The identity channel of a dense layer is the signal that comes
//! back to the channels that were there before.
//!
//! Huang et al. 2017, Densely Connected Convolutional Networks (arXiv 1608.06993), the form without bottlenecks.

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::Tensor;
use burn::tensor::module::adaptive_avg_pool2d;

use super::activation::activate;
use super::init::{Initializer, ParamSlot};
use super::layer_description::layers;
use super::normalization::Normalization;
use super::{Convolution, Head, Labelled, LayerDescription, Loss, Pass, Stack, Task};
use crate::config::{Activation, Bias, LaneConfig, Order};
use crate::data::Shape;
use crate::layer::Layer;
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// Parts of equal picture size.
const STAGES: usize = 3;

/// `stem → block 1 … block D → head` on pictures [B, channels, H, W].
#[derive(Module, Debug)]
pub struct Dense {
    /// The first convolution, to 2k channels.
    pub(crate) stem: Convolution,
    /// Layers and transitions in forward order.
    pub(crate) blocks: Vec<DenseBlock>,
    /// The map from channels to classes.
    pub(crate) head: Head,
    /// Shape of a picture.
    #[module(skip)]
    pub(crate) input: Shape,
    /// Stage and cost of every layer.
    #[module(skip)]
    pub(crate) descriptions: Vec<LayerDescription>,
}

/// A layer or a transition.
#[derive(Module, Debug)]
pub struct DenseBlock {
    /// N.
    pub(crate) norm: Option<Normalization>,
    /// W.
    pub(crate) convolution: Convolution,
    /// How the result is combined with the input.
    #[module(skip)]
    pub(crate) end: End,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
}

/// How the result of a block is combined with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is concatenated to the input.
    Beside,
    /// It replaces the input.
    Instead,
    /// It replaces the input, averaged over 2×2 pixels.
    Averaged,
}

/// A net under construction.
struct Builder<'a> {
    lane: &'a LaneConfig,
    initializer: Initializer<'a>,
    channels: usize,
    side: [usize; 2],
    blocks: Vec<DenseBlock>,
    descriptions: Vec<LayerDescription>,
}

impl Dense {
    /// The net of a lane, whose depth is one that the family has.
    #[must_use]
    pub fn new(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> Self {
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let Shape { channels: colours, height, width } = task.shape;
        let channels = 2 * lane.width;
        let stem = initializer.convolution(ParamSlot::STEM, [channels, colours, 3, 3], 1, Bias::Off);
        let descriptions = vec![LayerDescription::costing(stem.flops(height * width))];
        let mut builder =
            Builder { lane, initializer, channels, side: [height, width], blocks: Vec::new(), descriptions };
        for stage in 0..STAGES {
            if stage > 0 {
                builder.push(1, 0, End::Averaged);
                builder.side = builder.side.map(|side| side / 2);
            }
            for _ in 0..(lane.depth - 4) / STAGES {
                let (added, end) = if lane.wiring.has_skip() { (lane.width, End::Beside) } else { (0, End::Instead) };
                builder.push(3, added, end);
            }
        }
        let Builder { channels, blocks, mut descriptions, .. } = builder;
        let output = initializer.affine(ParamSlot::HEAD, [channels, task.classes], Bias::On);
        descriptions.push(LayerDescription::costing(output.flops()));
        let norm = Normalization::of_channels(lane.norm, channels, device);
        let head = Head { norm, hidden: Vec::new(), output, activation: lane.activation, order: Order::Pre, side: 1 };
        Self { stem, blocks, head, input: task.shape, descriptions }
    }

    /// Logits, [B, pixels] → [B, classes].
    #[must_use]
    pub(crate) fn forward(&self, inputs: Tensor<2>, pass: Pass<'_>) -> Tensor<2> {
        let Shape { channels, height, width } = self.input;
        let batch = inputs.dims()[0];
        let mut x = self.stem.forward_in(inputs.reshape([batch, channels, height, width]), pass); // [B, C, H, W]
        for (index, block) in (1..).zip(&self.blocks) {
            x = block.forward(x, pass, LayerId(index));
        }
        let layer = LayerId(self.blocks.len() as u32 + 1);
        self.head.forward(pass.input(layer, x), pass, layer) // [B, classes]
    }
}

impl Builder<'_> {
    /// Adds a k×k convolution with this many output channels.
    fn push(&mut self, kernel: usize, added: usize, end: End) {
        let total = self.channels + added;
        let computed = if end == End::Beside { added } else { total };
        let place = ParamSlot::block(self.blocks.len() + 1);
        let shape = [computed, self.channels, kernel, kernel];
        let convolution = self.initializer.convolution(place, shape, 1, Bias::Off);
        let [height, width] = self.side;
        let stage = if end == End::Averaged { "transition".to_owned() } else { format!("{height}×{width}") };
        self.descriptions.push(LayerDescription {
            stage: Some(stage),
            ..LayerDescription::costing(convolution.flops(height * width))
        });
        let norm = Normalization::of_channels(self.lane.norm, self.channels, self.initializer.device);
        self.blocks.push(DenseBlock { norm, convolution, end, activation: self.lane.activation });
        self.channels = total;
    }
}

impl DenseBlock {
    /// [B, in, H, W] → [B, out, H', W'].
    #[must_use]
    pub(crate) fn forward(&self, x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        let x = pass.input(layer, x);
        match self.end {
            End::Beside => {
                let around = pass.skip(layer, x.clone());
                let new = self.computed(pass.branch(layer, x), pass, layer);
                pass.branch_output(layer, &new);
                Tensor::cat(vec![around, new], 1)
            }
            End::Instead => self.computed(x, pass, layer),
            End::Averaged => {
                let x = pass.step(layer, StepKind::Other, self.computed(x, pass, layer));
                let [_, _, height, width] = x.dims();
                adaptive_avg_pool2d(x, [height / 2, width / 2])
            }
        }
    }

    /// W * φ(N(x)).
    fn computed(&self, mut x: Tensor<4>, pass: Pass<'_>, layer: LayerId) -> Tensor<4> {
        if let Some(norm) = &self.norm {
            x = norm.forward(pass.step(layer, StepKind::Norm, x));
        }
        x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        pass.hidden(layer, self.activation, &x);
        self.convolution.forward_in(pass.step(layer, StepKind::Weight, x), pass)
    }
}

impl Stack for Dense {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        layers(&self.descriptions)
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        batch.first_logit(taps, |inputs| self.forward(inputs, pass))
    }

    fn loss_in(&self, batch: &Labelled, pass: Pass<'_>) -> Loss {
        batch.loss(&pass, |inputs| self.forward(inputs, pass))
    }
}
