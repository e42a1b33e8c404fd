//! Highway layers: a learned gate decides for each unit how much is transformed and how much passes unchanged.
//!
//! ```text
//! highway   x ← T(x) ⊙ H(x) + (1 − T(x)) ⊙ x      H(x) = φ(N(W x + b)),  T(x) = sigmoid(V x + c),  c = −ln D at the start
//! plain     x ← H(x)
//! ```
//!
//! The paper starts c between −1 and −10, lower for deeper stacks; with −ln D the transform gates of all layers sum to
//! about 1.
//!
//! The identity channel is the signal that comes back through (1 − T) ⊙ x with T held constant; the branch channel is
//! the signal that comes back through H and T. Stem and head are linear. Srivastava et al. 2015, Highway Networks
//! (arXiv 1505.00387).

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::{Tensor, activation};

use super::activation::activate;
use super::init::{Initializer, ParamSlot};
use super::layer_description::{LayerDescription, layers};
use super::normalization::Normalization;
use super::{Affine, Labelled, Loss, Pass, Stack, Task};
use crate::config::{Activation, Bias, LaneConfig};
use crate::layer::{Layer, Sublayer};
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// `stem → block 1 … block D → head`.
#[derive(Module, Debug)]
pub struct Highway {
    /// [B, features] → [B, width].
    pub(crate) stem: Affine,
    /// [B, width] → [B, width].
    pub(crate) blocks: Vec<HighwayBlock>,
    /// [B, width] → [B, classes].
    pub(crate) head: Affine,
}

/// One layer.
#[derive(Module, Debug)]
pub struct HighwayBlock {
    /// W, b.
    pub(crate) transform: Affine,
    /// N.
    pub(crate) norm: Option<Normalization>,
    /// V, c; a plain layer has none.
    pub(crate) gate: Option<Affine>,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
}

impl Highway {
    /// A stack with its initial weights.
    #[must_use]
    pub fn new(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> Self {
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let shape = [lane.width; 2];
        let carrying = -(lane.depth as f32).ln();
        let gate = |place: ParamSlot| {
            let Affine { weight, .. } = initializer.affine(place.nth(1), shape, Bias::Off);
            Affine { weight, bias: Some(initializer.constant(lane.width, carrying)) }
        };
        let block = |layer: usize| HighwayBlock {
            transform: initializer.affine(ParamSlot::block(layer), shape, Bias::On),
            norm: Normalization::of_units(lane.norm, lane.width, device),
            gate: lane.wiring.has_skip().then(|| gate(ParamSlot::block(layer))),
            activation: lane.activation,
        };
        Self {
            stem: initializer.affine(ParamSlot::STEM, [task.shape.numbers(), lane.width], Bias::On),
            blocks: (1..=lane.depth).map(block).collect(),
            head: initializer.affine(ParamSlot::HEAD, [lane.width, task.classes], Bias::On),
        }
    }

    /// Logits, [B, features] → [B, classes].
    #[must_use]
    pub(crate) fn forward(&self, inputs: Tensor<2>, pass: Pass<'_>) -> Tensor<2> {
        let mut x = self.stem.forward_in(inputs, pass); // [B, width]
        for (index, block) in (1..).zip(&self.blocks) {
            x = block.forward(x, pass, LayerId(index)); // [B, width]
        }
        self.head.forward_in(pass.input(LayerId(self.blocks.len() as u32 + 1), x), pass) // [B, classes]
    }
}

impl HighwayBlock {
    /// [B, width] → [B, width].
    #[must_use]
    pub(crate) fn forward(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        let x = pass.input(layer, x);
        let Some(gate) = &self.gate else { return self.transformed(x, pass, layer) };
        let carried = pass.skip(layer, x.clone());
        // H and T both begin here, so the signal behind this tap is the branch's whole signal.
        let x = pass.step(layer, StepKind::Other, pass.branch(layer, x));
        let open = activation::sigmoid(gate.forward_in(x.clone(), pass)); // T, [B, width]
        let branch = open.clone() * pass.step(layer, StepKind::Other, self.transformed(x, pass, layer));
        pass.branch_output(layer, &branch);
        branch + (open.neg() + 1.0) * carried
    }

    /// H(x).
    fn transformed(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        let mut x = self.transform.forward_in(pass.step(layer, StepKind::Weight, x), pass);
        if let Some(norm) = &self.norm {
            x = norm.forward(pass.step(layer, StepKind::Norm, x));
        }
        let x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        pass.hidden(layer, self.activation, &x);
        x
    }

    fn sublayers(&self) -> Vec<Sublayer> {
        let transform = Sublayer::new("transform", "transform", Some(self.transform.flops()));
        let norm = self.norm.as_ref().map(|_| Sublayer::new("norm", "norm", None));
        let gate = self.gate.as_ref().map(|gate| Sublayer::new("gate", "gate", Some(gate.flops())));
        std::iter::once(transform).chain(norm).chain(gate).collect()
    }
}

impl Stack for Highway {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        let blocks = self.blocks.iter().map(|block| LayerDescription::made_of(block.sublayers()));
        let [stem, head] = [&self.stem, &self.head].map(|affine| LayerDescription::costing(affine.flops()));
        layers(&std::iter::once(stem).chain(blocks).chain([head]).collect::<Vec<_>>())
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        batch.first_logit(taps, |inputs| self.forward(inputs, pass))
    }

    fn loss_in(&self, batch: &Labelled, pass: Pass<'_>) -> Loss {
        batch.loss(&pass, |inputs| self.forward(inputs, pass))
    }
}
