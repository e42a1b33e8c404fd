//! Pre-activation chain of linear maps, plain or residual.
//!
//! ```text
//! plain      x ← W φ(N(x)) + b
//! residual   x ← x + s·(W φ(N(x)) + b)        He et al. 2016, Identity Mappings in Deep Residual Networks
//! ```
//!
//! Stem and head are linear: stem [B, features] → [B, width], head [B, width] → [B, classes].

use std::f64::consts::FRAC_1_SQRT_2;

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig, LayerNorm, LayerNormConfig};
use burn::prelude::Device;
use burn::tensor::{Tensor, activation, module};

use super::fused_block::{self, Form, Normalizing, Operands, Over, Statistics};
use super::init::{self, Purpose};
use super::{Labelled, Loss, Stack, Task};
use crate::config::{Activation, Bias, LaneConfig, Norm, Wiring};
use crate::layer::LayerKind;
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// Added to the variance by which a normalization divides.
const EPSILON: f64 = 1e-5;

/// `stem → block 1 … block D → head`.
#[derive(Module, Debug)]
pub struct Mlp {
    /// [B, features] → [B, width].
    pub stem: Affine,
    /// [B, width] → [B, width], D of them.
    pub blocks: Vec<Block>,
    /// [B, width] → [B, classes].
    pub head: Affine,
}

/// x W + b.
#[derive(Module, Debug)]
pub struct Affine {
    /// [in, out].
    pub weight: Param<Tensor<2>>,
    /// `[out]`.
    pub bias: Option<Param<Tensor<1>>>,
}

/// One block.
#[derive(Module, Debug)]
pub struct Block {
    /// N.
    pub norm: Option<Normalization>,
    /// W, [width, width].
    pub weight: Param<Tensor<2>>,
    /// b, `[width]`.
    pub bias: Option<Param<Tensor<1>>>,
    /// s.
    #[module(skip)]
    pub branch_scale: f64,
    /// φ.
    #[module(skip)]
    pub activation: Activation,
    /// How the branch joins the input.
    #[module(skip)]
    pub wiring: Wiring,
}

/// N.
#[derive(Module, Debug)]
pub enum Normalization {
    /// Over the features of each example.
    Layer(LayerNorm),
    /// Over the batch, per feature.
    Batch(BatchNorm),
}

impl Mlp {
    /// A stack with its initial weights, which depend on the settings and the seed alone: lanes of one width and
    /// initialization start from the same numbers, on every backend.
    #[must_use]
    pub fn new(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> Self {
        let draw = |layer: usize, [fan_in, fan_out]: [usize; 2], bias: Bias| {
            let weight = init::weight(lane.init, [fan_in, fan_out], Purpose::Weight.rng(seed, layer));
            let bias =
                (bias == Bias::On).then(|| init::bias(lane.init, [fan_in, fan_out], Purpose::Bias.rng(seed, layer)));
            Affine { weight: Param::from_data(weight, device), bias: bias.map(|bias| Param::from_data(bias, device)) }
        };
        let block = |layer: usize| {
            let Affine { weight, bias } = draw(layer, [lane.width, lane.width], lane.bias);
            Block {
                norm: Normalization::new(lane.norm, lane.width, device),
                weight,
                bias,
                branch_scale: lane.branch_scale.at(lane.depth),
                activation: lane.activation,
                wiring: lane.wiring,
            }
        };
        Self {
            stem: draw(0, [task.shape.numbers(), lane.width], Bias::On),
            blocks: (1..=lane.depth).map(block).collect(),
            // The head's numbers must not depend on the depth: lanes of different depth share them.
            head: draw(usize::MAX, [lane.width, task.classes], Bias::On),
        }
    }

    /// Logits, [B, features] → [B, classes].
    #[must_use]
    pub fn forward(&self, inputs: Tensor<2>, taps: &Taps) -> Tensor<2> {
        let mut x = self.stem.forward(inputs); // [B, width]
        for (index, block) in (1..).zip(&self.blocks) {
            x = block.watched(x, taps, LayerId(index)); // [B, width]
        }
        self.head.forward(taps.input(LayerId(self.blocks.len() as u32 + 1), x)) // [B, classes]
    }
}

impl Affine {
    /// [B, in] → [B, out].
    #[must_use]
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        module::linear(x, self.weight.val(), self.bias.as_ref().map(Param::val))
    }
}

impl Block {
    /// [B, width] → [B, width].
    #[must_use]
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.steps(x, &Taps::off(), LayerId(0))
    }

    /// The same in one operation where it can be, with its input passing through its tap.
    fn watched(&self, x: Tensor<2>, taps: &Taps, layer: LayerId) -> Tensor<2> {
        self.fused(&x, taps, layer).unwrap_or_else(|| self.steps(x, taps, layer))
    }

    fn fused(&self, x: &Tensor<2>, taps: &Taps, layer: LayerId) -> Option<Tensor<2>> {
        let norm = match &self.norm {
            Some(norm) => Some(norm.in_training()?),
            None => None,
        };
        let skip = (self.wiring == Wiring::Residual).then_some(self.branch_scale);
        let form = Form { activation: self.activation, skip };
        let bias = self.bias.as_ref().map(Param::val);
        let operands = Operands { x: x.clone(), norm, weight: self.weight.val(), bias };
        let output = fused_block::run(form, &operands, taps.tap(layer).as_ref())?;
        if let (Some(Normalization::Batch(norm)), Some(statistics)) = (&self.norm, output.statistics) {
            follow(norm, statistics);
        }
        Some(output.tensor)
    }

    /// Step by step, with a tap before each.
    fn steps(&self, x: Tensor<2>, taps: &Taps, layer: LayerId) -> Tensor<2> {
        let x = taps.input(layer, x);
        match self.wiring {
            Wiring::Plain => self.branch(x, taps, layer),
            Wiring::Residual => {
                let skip = taps.skip(layer, x.clone());
                let branch = self.branch(taps.branch(layer, x), taps, layer);
                taps.branch_output(layer, &branch);
                skip + branch
            }
        }
    }

    /// s·F(x), with F(x) = W φ(N(x)) + b.
    fn branch(&self, mut x: Tensor<2>, taps: &Taps, layer: LayerId) -> Tensor<2> {
        if let Some(norm) = &self.norm {
            x = norm.forward(taps.step(layer, StepKind::Norm, x));
        }
        if self.activation != Activation::Identity {
            x = activate(self.activation, taps.step(layer, StepKind::Activation, x));
            taps.hidden(layer, self.activation, &x);
        }
        x = taps.step(layer, StepKind::Weight, x);
        x = module::linear(x, self.weight.val(), self.bias.as_ref().map(Param::val));
        if self.wiring == Wiring::Plain || self.branch_scale == 1.0 {
            return x;
        }
        taps.step(layer, StepKind::Other, x).mul_scalar(self.branch_scale)
    }
}

impl Normalization {
    /// `None` for [`Norm::None`].
    #[must_use]
    pub fn new(norm: Norm, width: usize, device: &Device) -> Option<Self> {
        match norm {
            Norm::None => None,
            Norm::Layer => Some(Self::Layer(LayerNormConfig::new(width).with_epsilon(EPSILON).init(device))),
            Norm::Batch => Some(Self::Batch(BatchNormConfig::new(width).with_epsilon(EPSILON).init(device))),
        }
    }

    /// [B, width] → [B, width].
    #[must_use]
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Layer(norm) => norm.forward(x),
            Self::Batch(norm) => norm.forward(x),
        }
    }

    /// What it computes with while it learns; `None` for a batch normalization that goes by its running statistics.
    fn in_training(&self) -> Option<Normalizing> {
        let (over, gamma, beta) = match self {
            Self::Layer(LayerNorm { gamma, beta, .. }) => (Over::Features, gamma, beta.as_ref()?),
            Self::Batch(norm) if norm.training.is_enabled() => (Over::Batch, &norm.gamma, &norm.beta),
            Self::Batch(_) => return None,
        };
        Some(Normalizing { over, gamma: gamma.val(), beta: beta.val(), epsilon: EPSILON })
    }
}

/// Lets the running statistics follow those of a batch, as Burn's own forward pass does.
fn follow(norm: &BatchNorm, of_batch: Statistics) {
    let (kept, taken) = (1.0 - norm.momentum, norm.momentum);
    let mean = norm.running_mean.value_sync().mul_scalar(kept).add(of_batch.mean.mul_scalar(taken));
    let variance = norm.running_var.value_sync().mul_scalar(kept).add(of_batch.variance.mul_scalar(taken));
    norm.running_mean.update(mean.detach());
    norm.running_var.update(variance.detach());
}

/// φ, element by element.
pub(super) fn activate(activation: Activation, x: Tensor<2>) -> Tensor<2> {
    match activation {
        Activation::Relu => activation::relu(x),
        Activation::Tanh => activation::tanh(x),
        Activation::Sigmoid => activation::sigmoid(x),
        Activation::Gelu => gelu(x),
        Activation::Identity => x,
    }
}

/// x·Φ(x) from its parts: the gradient of Burn's own is that of an approximation on ndarray, off by 2e-4.
fn gelu(x: Tensor<2>) -> Tensor<2> {
    x.clone() * x.mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0).mul_scalar(0.5)
}

impl Stack for Mlp {
    type Batch = Labelled;

    fn layers(&self) -> Vec<(String, LayerKind)> {
        let blocks = (0..self.blocks.len()).map(|index| (format!("blocks.{index}"), LayerKind::Block));
        std::iter::once(("stem".to_owned(), LayerKind::Stem))
            .chain(blocks)
            .chain(std::iter::once(("head".to_owned(), LayerKind::Head)))
            .collect()
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        let inputs = batch.inputs.clone().detach().require_grad();
        self.forward(taps.input(LayerId(0), inputs), taps).slice([0..batch.targets.len(), 0..1]).sum()
    }

    fn loss(&self, batch: &Labelled, taps: &Taps) -> Loss {
        let inputs = taps.input(LayerId(0), batch.inputs.clone());
        Loss::cross_entropy(self.forward(inputs, taps), batch)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    #[test]
    fn running_statistics_follow_as_those_of_burn_do() {
        for backend in [Backend::Flex, Backend::Ndarray] {
            let device = device(backend).autodiff();
            let lane = LaneConfig { depth: 1, width: 3, norm: Norm::Batch, ..LaneConfig::default() };
            let stack = Mlp::new(&lane, Task::rows(3, 2), 1, &device);
            let Some(Normalization::Batch(ours)) = &stack.blocks[0].norm else { unreachable!("asked for") };
            let burns = BatchNormConfig::new(3).with_epsilon(EPSILON).init(&device);
            for shift in [0.0, 5.0] {
                let values: Vec<f32> = (0..12).map(|index| shift + (index * index % 7) as f32).collect();
                let x = Tensor::<2>::from_data(TensorData::new(values, [4, 3]), &device);
                let output = stack.blocks[0].watched(x.clone(), &Taps::on(3), LayerId(1));
                let _ = (output, burns.forward(x));
            }
            for (ours, burns) in [(&ours.running_mean, &burns.running_mean), (&ours.running_var, &burns.running_var)] {
                assert_eq!(ours.value_sync().into_data(), burns.value_sync().into_data(), "{backend}");
            }
        }
    }
}
