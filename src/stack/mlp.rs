//! Chain of linear maps, plain or residual, with the activation before or after each map.
//!
//! ```text
//!            pre-activation                    post-activation
//! plain      x ← W φ(N(x)) + b                 x ← φ(N(W x + b))
//! residual   x ← x + s·(W φ(N(x)) + b)         x ← x + s·φ(N(W x + b))
//! ```
//!
//! [`super::residual_connection`] has the other ways to join a branch to its input.
//!
//! The order with the activation before the weights is from He et al. 2016, Identity Mappings in Deep Residual
//! Networks.
//!
//! Stem and head are linear: stem [B, features] → [B, width], head [B, width] → [B, classes].
//!
//! ```
//! use burn::tensor::Tensor;
//! use nablatop::backend::device;
//! use nablatop::config::{Backend, LaneConfig, Wiring};
//! use nablatop::probe::Taps;
//! use nablatop::stack::{Mlp, Pass, Task};
//!
//! let lane = LaneConfig { depth: 3, width: 8, ..LaneConfig::new(Wiring::Plain) };
//! let device = device(Backend::Flex);
//! let stack = Mlp::new(&lane, Task::rows(4, 2), 1, &device);
//! let logits = stack.forward(Tensor::ones([5, 4], &device), Pass::of(&Taps::off()));
//! assert_eq!(logits.dims(), [5, 2]);
//! ```

use burn::module::{Module, Param};
use burn::prelude::Device;
use burn::tensor::Tensor;

use super::activation::activate;
use super::affine::affine;
use super::fused_block::{self, FusedForm, Operands};
use super::init::{Initializer, ParamSlot};
use super::layer_description::{LayerDescription, layers};
use super::normalization::{Normalization, follow};
use super::residual_connection::{BlockMode, BranchIndex, ResidualConnection, StochasticDepth, weight_gain};
use super::{Affine, Labelled, Loss, Pass, Stack, Task, streams};
use crate::config::{Activation, Bias, LaneConfig, Order, Wiring};
use crate::layer::Layer;
use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// `stem → block 1 … block D → head`.
#[derive(Module, Debug)]
pub struct Mlp {
    /// [B, features] → [B, width].
    pub stem: Affine,
    /// [B, width] → [B, width], D of them.
    pub blocks: Vec<Block>,
    /// [B, width] → [B, classes].
    pub head: Affine,
    /// Number of streams between blocks.
    #[module(skip)]
    pub(crate) streams: usize,
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
    /// The shifts of Fixup, which are added before φ and before W.
    pub(crate) shifts: Option<Param<Tensor<1>>>,
    /// How the branch joins the input; `None` in a plain block.
    pub joint: Option<ResidualConnection>,
    /// Factor on N(x).
    #[module(skip)]
    pub(crate) norm_scale: f64,
    /// φ.
    #[module(skip)]
    pub activation: Activation,
    /// Whether N and φ come before W or after it.
    #[module(skip)]
    pub(crate) order: Order,
}

impl Mlp {
    /// A stack with its initial weights, which depend on the settings and the seed alone: lanes of one width and
    /// initialization start from the same numbers, on every backend.
    #[must_use]
    pub fn new(lane: &LaneConfig, task: Task, seed: u64, device: &Device) -> Self {
        let initializer = Initializer { init: lane.init, gain: 1.0, seed, device };
        let norm = |kind| Normalization::of_units(kind, lane.width, device);
        let block = |layer: usize| {
            let in_branch = initializer.times(weight_gain(lane, lane.depth, 0, 1));
            let Affine { weight, bias } =
                in_branch.affine(ParamSlot::block(layer), [lane.width, lane.width], lane.family.bias());
            let index = BranchIndex { block: layer, of: lane.depth };
            Block {
                norm: norm(lane.branch_norm()),
                weight,
                bias,
                shifts: (lane.wiring == Wiring::Fixup).then(|| initializer.constant(2, 0.0)),
                joint: ResidualConnection::of(lane, index, lane.width, initializer, norm),
                norm_scale: lane.norm_scale(layer),
                activation: lane.activation,
                order: lane.family.order(),
            }
        };
        let head = if lane.is_fixup() { initializer.times(0.0) } else { initializer };
        Self {
            stem: initializer.affine(ParamSlot::STEM, [task.shape.numbers(), lane.width], Bias::On),
            blocks: (1..=lane.depth).map(block).collect(),
            head: head.affine(ParamSlot::HEAD, [lane.width, task.classes], Bias::On),
            streams: lane.wiring.streams(),
        }
    }

    /// Logits, [B, features] → [B, classes], as in evaluation.
    #[must_use]
    pub fn forward(&self, inputs: Tensor<2>, pass: Pass<'_>) -> Tensor<2> {
        self.pass(inputs, pass, StochasticDepth::of_pass(None, pass))
    }

    fn pass(&self, inputs: Tensor<2>, pass: Pass<'_>, mut depth: StochasticDepth) -> Tensor<2> {
        let mut x = streams::copied(self.stem.forward_in(inputs, pass), self.streams); // [B, width]
        for (index, block) in (1..).zip(&self.blocks) {
            x = block.watched(x, pass, LayerId(index), depth.next(block.joint.as_ref())); // [B, width]
        }
        let x = streams::input(&pass, LayerId(self.blocks.len() as u32 + 1), x, self.streams);
        self.head.forward_in(streams::summed(x, self.streams), pass) // [B, classes]
    }
}

impl Block {
    /// [B, width] → [B, width].
    #[must_use]
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.steps(x, Pass::of(&Taps::off()), LayerId(0), BlockMode::Weighed)
    }

    /// The same in one operation if possible, with its input passing through its tap.
    fn watched(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId, mode: BlockMode) -> Tensor<2> {
        match mode {
            BlockMode::Dropped => {
                pass.left_out(layer);
                pass.skip(layer, pass.input(layer, x))
            }
            BlockMode::Kept | BlockMode::Weighed => {
                self.fused(&x, pass, layer).unwrap_or_else(|| self.steps(x, pass, layer, mode))
            }
        }
    }

    fn fused(&self, x: &Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Option<Tensor<2>> {
        let has_more = self.order == Order::Post || self.shifts.is_some() || self.norm_scale != 1.0;
        if has_more || pass.scales_weights() {
            return None;
        }
        let skip = match &self.joint {
            Some(joint) => Some(joint.constant()?),
            None => None,
        };
        let norm = match &self.norm {
            Some(norm) => Some(norm.in_training()?),
            None => None,
        };
        let form = FusedForm { activation: self.activation, skip };
        let bias = self.bias.as_ref().map(Param::val);
        let operands = Operands { norm, weight: self.weight.val(), bias };
        let output = fused_block::run(form, x, operands, pass.tap(layer).as_ref())?;
        if let (Some(Normalization::Batch(norm)), Some(statistics)) = (&self.norm, output.statistics) {
            follow(norm, statistics, x.dims()[0]);
        }
        Some(output.tensor)
    }

    /// The same op by op, with a tap before each op.
    fn steps(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId, mode: BlockMode) -> Tensor<2> {
        let Some(joint) = &self.joint else { return self.branch(pass.input(layer, x), pass, layer) };
        let x = joint.input(x, &pass, layer);
        let around = joint.around(pass.skip(layer, x.clone()));
        let branch = self.branch(joint.read(pass.branch(layer, x), &pass, layer), pass, layer);
        let branch = joint.scaled(branch, mode, &pass, layer);
        pass.branch_output(layer, &branch);
        joint.after(around + branch, &pass, layer)
    }

    /// F(x) = W φ(N(x)) + b, or φ(N(W x + b)).
    fn branch(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        match self.order {
            Order::Pre => self.weighed(self.activated(x, pass, layer), pass, layer),
            Order::Post => self.activated(self.weighed(x, pass, layer), pass, layer),
        }
    }

    /// φ(N(x)).
    fn activated(&self, mut x: Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        if let Some(norm) = &self.norm {
            x = norm.forward(pass.step(layer, StepKind::Norm, x));
        }
        if self.norm_scale != 1.0 {
            x = pass.step(layer, StepKind::Other, x).mul_scalar(self.norm_scale);
        }
        x = self.shifted(x, 0);
        if self.activation == Activation::Identity {
            return x;
        }
        x = activate(self.activation, pass.step(layer, StepKind::Activation, x));
        pass.hidden(layer, self.activation, &x);
        x
    }

    fn shifted(&self, x: Tensor<2>, index: usize) -> Tensor<2> {
        match &self.shifts {
            Some(shifts) => x + shifts.val().narrow(0, index, 1).unsqueeze(),
            None => x,
        }
    }

    /// W x + b.
    fn weighed(&self, x: Tensor<2>, pass: Pass<'_>, layer: LayerId) -> Tensor<2> {
        let x = pass.step(layer, StepKind::Weight, self.shifted(x, 1));
        affine(&self.weight, self.bias.as_ref(), x, pass)
    }

    fn flops(&self) -> u64 {
        2 * self.weight.lazy_shape().num_elements() as u64
    }
}

impl Stack for Mlp {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        let blocks = self.blocks.iter().map(Block::flops);
        let flops = std::iter::once(self.stem.flops()).chain(blocks).chain(std::iter::once(self.head.flops()));
        layers(&flops.map(LayerDescription::costing).collect::<Vec<_>>())
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        let pass = Pass::of(taps);
        batch.first_logit(taps, |inputs| self.forward(inputs, pass))
    }

    fn loss_in(&self, batch: &Labelled, pass: Pass<'_>) -> Loss {
        batch.loss(&pass, |inputs| self.pass(inputs, pass, StochasticDepth::of_pass(batch.rng, pass)))
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::{Backend, Norm};

    #[test]
    fn running_statistics_follow_the_mean_and_the_unbiased_variance_fused_or_not() {
        for backend in [Backend::Flex, Backend::Ndarray] {
            let device = device(backend).autodiff();
            let lane = LaneConfig { depth: 1, width: 3, norm: Norm::Batch, ..LaneConfig::default() };
            let [fused, plain] = [1, 1].map(|seed| Mlp::new(&lane, Task::rows(3, 2), seed, &device));
            let (mut mean, mut variance) = ([0.0; 3], [1.0; 3]);
            for shift in [0.0, 5.0] {
                let values: Vec<f32> = (0..12).map(|index| shift + (index * index % 7) as f32).collect();
                for unit in 0..3 {
                    let of_unit: Vec<f64> =
                        values.iter().skip(unit).step_by(3).map(|value| f64::from(*value)).collect();
                    let middle = of_unit.iter().sum::<f64>() / 4.0;
                    let spread = of_unit.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / 3.0;
                    mean[unit] = 0.9 * mean[unit] + 0.1 * middle;
                    variance[unit] = 0.9 * variance[unit] + 0.1 * spread;
                }
                let x = Tensor::<2>::from_data(TensorData::new(values, [4, 3]), &device);
                let _ = fused.blocks[0].watched(x.clone(), Pass::of(&Taps::on(3)), LayerId(1), BlockMode::Kept);
                let _ = plain.blocks[0].steps(x, Pass::of(&Taps::off()), LayerId(1), BlockMode::Kept);
            }
            for stack in [&fused, &plain] {
                let Some(Normalization::Batch(norm)) = &stack.blocks[0].norm else { unreachable!("asked for") };
                for (state, expected) in [(&norm.running_mean, mean), (&norm.running_var, variance)] {
                    let found = state.value_sync().into_data().try_into_vec::<f32>().expect("f32");
                    for (found, expected) in found.iter().zip(expected) {
                        assert!((f64::from(*found) / expected - 1.0).abs() < 1e-5, "{backend}: {found} {expected}");
                    }
                }
            }
        }
    }
}
