//! A U-Net that predicts the noise in a picture, with residual blocks and long skips, either of which can be left out.
//!
//! ```text
//! stem      x_t ─► 3×3                                                 head  φ(N) ─► 3×3 ─► ε
//! encoder   n blocks, side      ──────────── long skips ─────────►  n blocks, side      decoder
//!           n blocks, side/2    ────────────────────────────────►   n blocks, side/2
//!           n blocks, side/4    ────────────────────────────────►   n blocks, side/4
//!                               bottleneck   2 blocks, side/4
//! ```
//!
//! D = 6n + 2 blocks, each with the timestep t as an input; see the block's file. The loss is mean (ε̂ − ε)² over t
//! drawn uniformly from 1 … T and ε ~ N(0, 1), as [`Noising`] mixes them. Channels are width, 2·width, 2·width.
//!
//! Ho et al. 2020, Denoising Diffusion Probabilistic Models (arXiv 2006.11239), without its attention; Ronneberger et al.
//! 2015, U-Net (arXiv 1505.04597).

#[cfg(test)]
mod tests;

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::Tensor;

use super::time_embedding::{self, TimeEmbedding};
use super::{Block, BlockPass, Noised, Noising, Resizing, UNetPath, sampling};
use crate::config::{Activation, Bias, DiffusionSettings, LaneConfig, LongSkips, Norm};
use crate::data::Shape;
use crate::event::Samples;
use crate::layer::{Layer, Sublayer};
use crate::probe::{Taps, joint};
use crate::stack::activation::activate;
use crate::stack::init::{Initializer, ParamSlot};
use crate::stack::layer_description::{LayerDescription, layers};
use crate::stack::normalization::Normalization;
use crate::stack::residual_connection::{BranchIndex, ResidualConnection, StochasticDepth, weight_gain};
use crate::stack::{ConvStep, Convolution, Loss, Pass, Stack};
use crate::units::LayerId;

/// Channels on each level, in widths; every level has half the side of the one before.
const LEVELS: [usize; 3] = [1, 2, 2];
/// What the sides of a picture must be multiples of.
pub(crate) const SIDE_UNIT: usize = 1 << (LEVELS.len() - 1);
/// Blocks between both ways.
const MIDDLE: usize = 2;

/// `stem → block 1 … block D → head`.
#[derive(Module, Debug)]
pub struct Diffusion {
    /// [B, colours, H, W] → [B, width, H, W].
    pub stem: Stem,
    /// Down, middle, up.
    pub blocks: Vec<Block>,
    /// [B, width, H, W] → [B, colours, H, W].
    pub head: Head,
    /// Whether the way up sees the way down.
    #[module(skip)]
    pub long_skips: LongSkips,
    /// Shape of a picture.
    #[module(skip)]
    pub(crate) picture: Shape,
    /// How pictures drown.
    #[module(skip)]
    pub(crate) noising: Noising,
    /// Stage and cost of every layer.
    #[module(skip)]
    pub(crate) descriptions: Vec<LayerDescription>,
}

/// What comes first.
#[derive(Module, Debug)]
pub struct Stem {
    /// The first convolution of the picture.
    pub convolution: Convolution,
    /// Embedding of the timestep.
    pub clock: TimeEmbedding,
}

/// What comes last.
#[derive(Module, Debug)]
pub struct Head {
    /// N and W.
    pub(crate) step: ConvStep,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
}

/// The net as far as it is built.
struct Builder<'a> {
    lane: &'a LaneConfig,
    initializer: Initializer<'a>,
    channels: usize,
    /// Pixels each way.
    side: [usize; 2],
    /// Width of the time embedding.
    hidden: usize,
    /// Channels of the way down, for the way up.
    beside: Vec<usize>,
    blocks: Vec<Block>,
    descriptions: Vec<LayerDescription>,
}

impl Diffusion {
    /// The net of a lane for pictures whose sides are multiples of `SIDE_UNIT`; its depth is one that the family has.
    #[must_use]
    pub fn new(lane: &LaneConfig, picture: Shape, seed: u64, device: &Device) -> Self {
        /// Width of the time embedding, in widths of the net.
        const HIDDEN: usize = 4;
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let Shape { channels: colours, height, width } = picture;
        let hidden = HIDDEN * lane.width;
        let stem = Stem {
            convolution: initializer.convolution(ParamSlot::STEM, [lane.width, colours, 3, 3], 1, Bias::On),
            clock: TimeEmbedding {
                first: initializer.affine(ParamSlot::STEM.nth(1), [time_embedding::WAVES, hidden], Bias::On),
                second: initializer.affine(ParamSlot::STEM.nth(2), [hidden, hidden], Bias::On),
                activation: lane.activation,
            },
        };
        let of_stem = vec![
            Sublayer::new("convolution", "convolution", Some(stem.convolution.flops(height * width))),
            Sublayer::new("clock.first", "clock 1", Some(stem.clock.first.flops())),
            Sublayer::new("clock.second", "clock 2", Some(stem.clock.second.flops())),
        ];
        let mut builder = Builder {
            lane,
            initializer,
            channels: lane.width,
            side: [height, width],
            hidden,
            beside: Vec::new(),
            blocks: Vec::new(),
            descriptions: vec![LayerDescription::made_of(of_stem)],
        };
        builder.both_ways((lane.blocks() - MIDDLE) / (2 * LEVELS.len()));
        let Builder { blocks, mut descriptions, channels, .. } = builder;
        let convolution = initializer.convolution(ParamSlot::HEAD, [colours, channels, 3, 3], 1, Bias::On);
        let norm = Normalization::of_channels(lane.norm, channels, device);
        let of_norm = norm.as_ref().map(|_| Sublayer::new("step.norm", "norm", None));
        let of_convolution = Sublayer::new("step.convolution", "convolution", Some(convolution.flops(height * width)));
        descriptions.push(LayerDescription::made_of(of_norm.into_iter().chain([of_convolution]).collect()));
        let head = Head { step: ConvStep { norm, convolution, shifts: None }, activation: lane.activation };
        let DiffusionSettings { long_skips, noise_schedule } = lane.family.diffusion().unwrap_or_default();
        let noising = Noising::of(noise_schedule);
        Self { stem, blocks, head, long_skips, picture, noising, descriptions }
    }

    /// The noise in pictures x_t of these times, [B, C, H, W] → [B, C, H, W], as in evaluation.
    #[must_use]
    pub(crate) fn forward(&self, inputs: Tensor<4>, times: &[usize], pass: Pass<'_>) -> Tensor<4> {
        self.pass(inputs, times, pass, StochasticDepth::of_pass(None, pass))
    }

    fn pass(&self, inputs: Tensor<4>, times: &[usize], pass: Pass<'_>, mut depth: StochasticDepth) -> Tensor<4> {
        let time = self.stem.clock.forward(times, &inputs.device(), pass); // [B, hidden]
        let mut x = self.stem.convolution.forward_in(pass.input(LayerId(0), inputs), pass); // [B, C, H, W]
        let mut saved = Vec::new();
        let mut before = UNetPath::Middle;
        for (layer, block) in (1..).map(LayerId).zip(&self.blocks) {
            x = pass.input(layer, x);
            if before == UNetPath::Down && self.long_skips == LongSkips::On {
                // Never more than two ways from one tensor: sums of two do not depend on their order.
                saved.push(pass.long_skip(layer, x.clone()));
                x = joint(x);
            }
            let beside = if block.way == UNetPath::Up { saved.pop() } else { None };
            x = block.forward(x, beside, &time, BlockPass { pass, layer, mode: depth.next(block.joint.as_ref()) });
            before = block.way;
        }
        let layer = LayerId(self.blocks.len() as u32 + 1);
        self.head.forward(pass.input(layer, x), pass) // [B, colours, H, W]
    }
}

impl Head {
    /// [B, C, H, W] → [B, colours, H, W].
    #[must_use]
    pub fn forward(&self, mut x: Tensor<4>, pass: Pass<'_>) -> Tensor<4> {
        if let Some(norm) = &self.step.norm {
            x = norm.forward(x);
        }
        self.step.convolution.forward_in(activate(self.activation, x), pass)
    }
}

impl Builder<'_> {
    /// The whole U, with so many blocks on each level and way.
    fn both_ways(&mut self, blocks: usize) {
        for (level, widths) in LEVELS.iter().enumerate() {
            for index in 0..blocks {
                let resizing = if level > 0 && index == 0 { Resizing::Halved } else { Resizing::None };
                self.push(UNetPath::Down, widths * self.lane.width, resizing);
            }
        }
        for _ in 0..MIDDLE {
            self.push(UNetPath::Middle, self.channels, Resizing::None);
        }
        for (level, widths) in LEVELS.iter().enumerate().rev() {
            for index in 0..blocks {
                let resizing = if level + 1 < LEVELS.len() && index == 0 { Resizing::Doubled } else { Resizing::None };
                self.push(UNetPath::Up, widths * self.lane.width, resizing);
            }
        }
    }

    fn push(&mut self, way: UNetPath, channels: usize, resizing: Resizing) {
        let Self { lane, initializer, hidden, .. } = *self;
        let index = BranchIndex { block: self.blocks.len() + 1, of: lane.blocks() };
        let place = ParamSlot::block(index.block);
        self.side = match resizing {
            Resizing::None => self.side,
            Resizing::Halved => self.side.map(|side| side / 2),
            Resizing::Doubled => self.side.map(|side| side * 2),
        };
        let pixels: usize = self.side.iter().product();
        let beside = if way == UNetPath::Up { self.beside.pop() } else { None };
        let channels_in = self.channels + beside.unwrap_or(0);
        let norm = |kind: Norm, channels| Normalization::of_channels(kind, channels, initializer.device);
        let step = |which: usize, [from, to]: [usize; 2]| ConvStep {
            norm: norm(lane.branch_norm(), from),
            convolution: initializer.times(weight_gain(lane, index.of, which, 2)).convolution(
                place.nth(which),
                [to, from, 3, 3],
                1,
                Bias::On,
            ),
            shifts: None,
        };
        let [first, second] = [step(0, [channels_in, channels]), step(1, [channels; 2])];
        let is_projected = lane.wiring.has_skip() && channels_in != channels;
        let block = Block {
            time: initializer.affine(place.nth(2), [hidden, channels], Bias::On),
            projection: is_projected
                .then(|| initializer.convolution(place.nth(3), [channels, channels_in, 1, 1], 1, Bias::On)),
            joint: ResidualConnection::of(lane, index, channels, initializer, |kind| norm(kind, channels)),
            resizing,
            way,
            activation: lane.activation,
            first,
            second,
        };
        let [height, width] = self.side;
        let convolutions = [Some(&block.first.convolution), Some(&block.second.convolution), block.projection.as_ref()];
        let flops = convolutions.into_iter().flatten().map(|convolution| convolution.flops(pixels)).sum::<u64>()
            + block.time.flops();
        let stage = Some(format!("{height}×{width}·{channels}"));
        self.descriptions.push(LayerDescription { stage, flops, sublayers: sublayers(&block, pixels) });
        if way == UNetPath::Down && lane.family.diffusion().unwrap_or_default().long_skips == LongSkips::On {
            self.beside.push(channels);
        }
        self.channels = channels;
        self.blocks.push(block);
    }
}

/// What a block is made of, in forward order; its convolutions look at so many pixels.
fn sublayers(block: &Block, pixels: usize) -> Vec<Sublayer> {
    let step = |path: &str, number: usize, step: &ConvStep| {
        let norm = step.norm.as_ref().map(|_| Sublayer::new(format!("{path}.norm"), format!("norm {number}"), None));
        let flops = Some(step.convolution.flops(pixels));
        let convolution = Sublayer::new(format!("{path}.convolution"), format!("convolution {number}"), flops);
        norm.into_iter().chain([convolution])
    };
    let time = Sublayer::new("time", "time", Some(block.time.flops()));
    let projection = block.projection.as_ref();
    let projection = projection.map(|by| Sublayer::new("projection", "projection", Some(by.flops(pixels))));
    step("first", 1, &block.first).chain([time]).chain(step("second", 2, &block.second)).chain(projection).collect()
}

impl Stack for Diffusion {
    type Batch = Noised;

    fn layers(&self) -> Vec<Layer> {
        layers(&self.descriptions)
    }

    fn logit(&self, batch: &Noised, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        let inputs = batch.inputs().detach().require_grad();
        let [rows, _, height, width] = inputs.dims();
        let found = self.forward(inputs, &batch.times, pass);
        found.slice([0..rows, 0..1, height / 2..height / 2 + 1, width / 2..width / 2 + 1]).sum()
    }

    fn loss_in(&self, batch: &Noised, pass: Pass<'_>) -> Loss {
        batch.loss(self.pass(batch.inputs(), &batch.times, pass, StochasticDepth::of_pass(batch.rng, pass)))
    }

    fn samples(&self) -> Option<Samples> {
        let device = self.stem.convolution.weight.val().device();
        let find = |x, times: &[usize]| self.forward(x, times, Pass::of(&Taps::off()));
        Some(sampling::draw(self.picture, &self.noising, &device, find))
    }
}
