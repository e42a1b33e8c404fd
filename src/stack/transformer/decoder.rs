//! Decoder of characters: each block is causal self-attention, then a feed-forward sub-layer.
//!
//! ```text
//! stem    x ← √width·(E[character] + P[position])               P only with learned positions
//! block   pre    x ← x + s·A(N(x));   x ← x + s·F(N(x))         A attention, F feed-forward,
//!         post   x ← N(x + s·A(x));   x ← N(x + s·F(x))         each with a residual of its own
//!         none   x ← x + s·A(x);      x ← x + s·F(x)
//!         plain  the same without x + and s
//! head    logits ← W N(x) + b                                   N only in pre
//! F(x) = W₂ φ(W₁ x + b₁) + b₂,  width → 4·width → width
//! ```
//!
//! The file of the residual connection lists the other ways to join a branch. A block is one row; its file says what is
//! measured of it.
//!
//! Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762): post; √width of the stem. Xiong et al. 2020, On
//! Layer Normalization in the Transformer Architecture (arXiv 2002.04745): pre. Zhang & Sennrich 2019: the rms norm.

#[cfg(test)]
mod tests;

use burn::module::{Module, Param};
use burn::prelude::Device;
use burn::tensor::{Tensor, module};

use super::norm::{norm, normalized};
use super::{AttentionMask, Block, Language, TapPoint};
use crate::config::{Bias, LaneConfig, NormOrder, Positions};
use crate::layer::{Layer, LayerKind};
use crate::probe::Taps;
use crate::stack::init::{Initializer, ParamSlot};
use crate::stack::normalization::Normalization;
use crate::stack::residual_connection::StochasticDepth;
use crate::stack::{Affine, Loss, Pass, Stack, Tokens, streams};
use crate::units::LayerId;

/// `stem → block 1 … block D → head`.
#[derive(Module, Debug)]
pub struct Transformer {
    /// [B, T] → [B, T, width].
    pub stem: Stem,
    /// [B, T, width] → [B, T, width], D of them.
    pub blocks: Vec<Block>,
    /// [B, T, width] → [B, T, V].
    pub head: Head,
    /// How a position finds others.
    #[module(skip)]
    pub positions: Positions,
    /// What it reads.
    #[module(skip)]
    pub language: Language,
    /// How many lead from block to block.
    #[module(skip)]
    pub streams: usize,
}

/// From characters to numbers.
#[derive(Module, Debug)]
pub struct Stem {
    /// E, [V, width].
    pub(crate) characters: Param<Tensor<2>>,
    /// P, [T, width].
    pub(crate) positions: Option<Param<Tensor<2>>>,
}

/// From numbers to the next character.
#[derive(Module, Debug)]
pub struct Head {
    /// N.
    pub(crate) norm: Option<Normalization>,
    /// [width, V].
    pub(crate) output: Affine,
}

impl Transformer {
    /// A stack with its initial weights, which depend on the settings and the seed alone.
    #[must_use]
    pub fn new(lane: &LaneConfig, language: Language, seed: u64, device: &Device) -> Self {
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let Language { vocabulary, context } = language;
        let positions = lane.family.transformer().positions;
        let is_learned = positions == Positions::Learned;
        let table = |index, rows| initializer.affine(ParamSlot::STEM.nth(index), [rows, lane.width], Bias::Off).weight;
        let last_norm = if lane.order_of_norms() == NormOrder::Pre { norm(lane, device) } else { None };
        let of_head = if lane.is_fixup() { initializer.times(0.0) } else { initializer };
        Self {
            stem: Stem { characters: table(0, vocabulary), positions: is_learned.then(|| table(1, context)) },
            blocks: (1..=lane.depth).map(|layer| Block::new(lane, initializer, layer)).collect(),
            head: Head { norm: last_norm, output: of_head.affine(ParamSlot::HEAD, [lane.width, vocabulary], Bias::On) },
            positions,
            language,
            streams: lane.wiring.streams(),
        }
    }

    /// Logits, characters [B, T] → [B, T, V], as in evaluation.
    #[must_use]
    pub fn forward(&self, batch: &Tokens, pass: Pass<'_>) -> Tensor<3> {
        self.logits(self.stem.characters(batch), pass, StochasticDepth::of_pass(None, pass))
    }

    /// The same from embedded characters [B, T, width] on.
    fn logits(&self, characters: Tensor<3>, pass: Pass<'_>, mut depth: StochasticDepth) -> Tensor<3> {
        let [_, length, width] = characters.dims();
        let heads = self.blocks.first().map_or(1, |block| block.attention.heads);
        let mask = AttentionMask::new(self.positions, [length, width / heads], &characters.device());
        let mut x = streams::copied(self.stem.placed(characters), self.streams); // [B, T, width]
        for (index, block) in (1..).zip(&self.blocks) {
            let modes = [&block.attention_joint, &block.feed_forward_joint].map(|joint| depth.next(joint.as_ref()));
            x = block.forward(x, &mask, TapPoint { pass, layer: LayerId(index) }, modes);
        }
        let x = streams::input(&pass, LayerId(self.blocks.len() as u32 + 1), x, self.streams);
        self.head.forward(streams::summed(x, self.streams), pass) // [B, T, V]
    }
}

impl Stem {
    /// `√width·E[character]`, [B, T] → [B, T, width].
    #[must_use]
    pub(crate) fn characters(&self, batch: &Tokens) -> Tensor<3> {
        let width = self.characters.lazy_shape()[1];
        batch.embedded(module::embedding(self.characters.val(), batch.ids.clone()).mul_scalar((width as f64).sqrt()))
    }

    /// With `√width·P[position]` added.
    #[must_use]
    pub(crate) fn placed(&self, characters: Tensor<3>) -> Tensor<3> {
        let Some(positions) = &self.positions else { return characters };
        let [_, length, width] = characters.dims();
        let positions = positions.val().narrow(0, 0, length).mul_scalar((width as f64).sqrt());
        characters + positions.unsqueeze()
    }
}

impl Head {
    /// [B, T, width] → [B, T, V].
    #[must_use]
    pub(crate) fn forward(&self, x: Tensor<3>, pass: Pass<'_>) -> Tensor<3> {
        self.output.forward_in(normalized(self.norm.as_ref(), x), pass)
    }
}

impl Stack for Transformer {
    type Batch = Tokens;

    fn layers(&self) -> Vec<Layer> {
        let length = self.language.context;
        let blocks = self.blocks.iter().enumerate().map(|(index, block)| {
            let layer = Layer::new(format!("blocks.{index}"), LayerKind::Block);
            layer.costing(block.flops(length)).made_of(block.sublayers(length))
        });
        let head = length as u64 * self.head.output.flops();
        std::iter::once(Layer::new("stem", LayerKind::Stem).costing(0))
            .chain(blocks)
            .chain(std::iter::once(Layer::new("head", LayerKind::Head).costing(head)))
            .collect()
    }

    fn logit(&self, batch: &Tokens, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        let characters = self.stem.characters(batch).detach().require_grad();
        let logits = self.logits(characters, pass, StochasticDepth::of_pass(None, pass));
        let [rows, length, _] = logits.dims();
        logits.slice([0..rows, length - 1..length, 0..1]).sum()
    }

    fn loss_in(&self, batch: &Tokens, pass: Pass<'_>) -> Loss {
        batch.loss(self.logits(self.stem.characters(batch), pass, StochasticDepth::of_pass(batch.rng, pass)))
    }
}
