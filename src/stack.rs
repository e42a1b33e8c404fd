//! Architectures to be watched, one per file, written to be read.
//!
//! A stack is `stem → block 1 … block D → head`. It names its layers, computes the loss of a batch and lets each block's
//! input pass through a tap; how it does so is its own affair: images, tokens and noise all fit.

pub mod activation;
mod affine;
mod conv_block;
mod conv_net;
mod conv_plan;
mod convolution;
mod dense;
pub mod diffusion;
mod fused_block;
mod highway;
pub mod init;
mod layer_description;
pub mod mlp;
pub mod normalization;
mod preresnet;
mod replica;
pub mod residual_connection;
mod resnet;
mod shortcut;
pub mod streams;
mod tokens;
pub mod transformer;
pub mod unit_variance;
mod vgg;

use std::ops::RangeInclusive;

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor, TensorData};

pub use affine::Affine;
pub use conv_block::{ConvBlock, ConvStep, Pooling};
pub use conv_net::{ConvNet, Head, Stem};
pub use convolution::Convolution;
pub use dense::{Dense, DenseBlock, End};
pub use diffusion::Diffusion;
pub use highway::{Highway, HighwayBlock};
pub use layer_description::LayerDescription;
pub use mlp::Mlp;
pub use preresnet::preresnet;
pub use replica::replica;
pub use resnet::resnet;
pub use shortcut::Shortcut;
pub use tokens::Tokens;
pub use transformer::Transformer;
pub use vgg::vgg;

use crate::data::{Classified, Shape, Source, Subset};
use crate::event::Samples;
use crate::layer::Layer;
use crate::probe::Taps;
use crate::quantity::shatter::NOISE;
use crate::random::{self, Generator, StepRng};
use crate::units::LayerId;

/// A model whose layers can be watched in depth order.
pub trait Stack: Module {
    /// The examples of one step.
    type Batch: Examples;

    /// Every layer in forward order, its parameters left out: those are found by its path.
    fn layers(&self) -> Vec<Layer>;

    /// Sum over the rows of one fixed logit, shape `[1]`, with the inputs tracked and each layer's input passing through
    /// its tap.
    fn logit(&self, batch: &Self::Batch, taps: &Taps) -> Tensor<1>;

    /// Mean loss of a batch, with each layer's input passing through its tap.
    fn loss(&self, batch: &Self::Batch, taps: &Taps) -> Loss;

    /// Pictures that it draws, as in evaluation; `None` where it draws none.
    fn samples(&self) -> Option<Samples> {
        None
    }
}

/// The examples of one step, as training and what needs passes of its own ask for them.
pub trait Examples: Sized + Send {
    /// Where they come from.
    type Source: Source;

    /// The examples of these rows.
    fn gather(source: &Self::Source, part: Subset, rows: &[usize], draw: StepRng, device: &Device) -> Self;

    /// How many there are.
    fn rows(&self) -> usize;

    /// What is to be written down of them.
    fn on_host(&self) -> Vec<HostTensor>;

    /// The batch in so many parts of equal size, the rest left out; none where there would be fewer than two rows each.
    fn parts(&self, parts: usize) -> Vec<Self>;

    /// The class of every row; empty where there are none.
    fn classes(&self) -> &[usize];

    /// The batch at each span of denoising time, first and last time; empty where there is no such time.
    fn by_time(&self) -> Vec<(RangeInclusive<u32>, Self)> {
        Vec::new()
    }

    /// The batch with noise on its inputs, [`NOISE`] of their root mean square.
    #[must_use]
    fn noisy(&self, rng: &mut Generator) -> Self;
}

/// What a forward pass yields.
pub struct Loss {
    /// Mean loss over the batch, shape `[1]`.
    pub mean: Tensor<1>,
    /// Share of the batch classified right, where there are classes.
    pub accuracy: Option<f32>,
}

/// Rows of numbers with a class each.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// Inputs, shape [B, features].
    pub inputs: Tensor<2>,
    /// Classes, shape `[B]`.
    pub classes: Tensor<1, Int>,
    /// The same classes on the host, for counting.
    pub targets: Vec<usize>,
    /// What the step draws of its own; `None` in an evaluation.
    pub draw: Option<StepRng>,
}

impl Labelled {
    /// Sum over the rows of the first logit, with the inputs tracked and passing through the stem's tap.
    #[must_use]
    pub fn first_logit(&self, taps: &Taps, logits: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<1> {
        let inputs = self.inputs.clone().detach().require_grad();
        logits(taps.input(LayerId(0), inputs)).slice([0..self.rows(), 0..1]).sum()
    }

    /// Mean cross-entropy, with the inputs passing through the stem's tap.
    #[must_use]
    pub fn loss(&self, taps: &Taps, logits: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Loss {
        Loss::cross_entropy(logits(taps.input(LayerId(0), self.inputs.clone())), self)
    }
}

/// A tensor of a batch on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// `x` for what goes in, `y` for what should come out.
    pub name: &'static str,
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    /// Row-major.
    pub numbers: Numbers,
}

/// Numbers of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Measurements.
    Floats(Vec<f32>),
    /// Classes and tokens.
    Integers(Vec<i64>),
}

impl HostTensor {
    /// A copy of a tensor.
    #[must_use]
    pub fn of<const D: usize>(name: &'static str, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().convert::<f32>().iter::<f32>().collect();
        Self { name, shape, numbers: Numbers::Floats(values) }
    }
}

/// What a stack is to learn: its inputs and its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Shape of one example.
    pub shape: Shape,
    /// Classes.
    pub classes: usize,
}

impl Task {
    /// The task that a data set sets.
    #[must_use]
    pub fn of(data: &Classified) -> Self {
        Self { shape: data.shape, classes: data.classes.len() }
    }

    /// Rows of so many numbers in so many classes.
    #[must_use]
    pub const fn rows(numbers: usize, classes: usize) -> Self {
        Self { shape: Shape { channels: 1, height: 1, width: numbers }, classes }
    }
}

impl Examples for Labelled {
    type Source = Classified;

    fn gather(source: &Classified, part: Subset, rows: &[usize], draw: StepRng, device: &Device) -> Self {
        let gathered = source.gather(part, rows, draw, device);
        Self { draw: (part == Subset::Training).then_some(draw), ..gathered }
    }

    fn rows(&self) -> usize {
        self.targets.len()
    }

    fn on_host(&self) -> Vec<HostTensor> {
        let classes = self.targets.iter().filter_map(|class| i64::try_from(*class).ok()).collect();
        let classes = HostTensor { name: "y", shape: vec![self.rows()], numbers: Numbers::Integers(classes) };
        vec![HostTensor::of("x", self.inputs.clone()), classes]
    }

    fn parts(&self, parts: usize) -> Vec<Self> {
        let rows = self.targets.len() / parts.max(1);
        if rows < 2 {
            return Vec::new();
        }
        let part = |index: usize| {
            let range = index * rows..(index + 1) * rows;
            Self {
                inputs: self.inputs.clone().slice(range.clone()),
                classes: self.classes.clone().slice(range.clone()),
                targets: self.targets[range].to_vec(),
                draw: self.draw,
            }
        };
        (0..parts).map(part).collect()
    }

    fn classes(&self) -> &[usize] {
        &self.targets
    }

    fn noisy(&self, rng: &mut Generator) -> Self {
        Self { inputs: with_noise(self.inputs.clone(), rng), ..self.clone() }
    }
}

/// With normal noise added, [`NOISE`] of the root mean square.
fn with_noise<const D: usize>(tensor: Tensor<D>, rng: &mut Generator) -> Tensor<D> {
    let (shape, device) = (tensor.dims(), tensor.device());
    let mean_square = tensor.clone().inner().square().mean().into_scalar::<f64>();
    let noise = random::normal(shape.iter().product(), NOISE * mean_square.sqrt(), rng);
    tensor + Tensor::from_data(TensorData::new(noise, shape), &device)
}

impl Loss {
    /// Mean cross-entropy of logits `[B, classes]`, `−log softmax(logits)[class]`, in nats.
    #[must_use]
    pub fn cross_entropy(logits: Tensor<2>, batch: &Labelled) -> Self {
        Self::of_classes(logits, batch.classes.clone(), &batch.targets)
    }

    /// The same; `classes` `[B]` are the answers, `targets` the same on the host.
    fn of_classes(logits: Tensor<2>, classes: Tensor<1, Int>, targets: &[usize]) -> Self {
        let accuracy = accuracy(logits.clone().inner(), targets);
        let picked = log_softmax(logits, 1).gather(1, classes.unsqueeze_dim(1)); // [B, 1]
        Self { mean: picked.mean().neg(), accuracy: Some(accuracy) }
    }
}

/// Share of rows whose largest logit is the class. The first counts where several are largest, so that a stack that
/// says the same of every class is at chance; a row with a NaN is wrong.
fn accuracy(logits: Tensor<2>, targets: &[usize]) -> f32 {
    let classes = logits.dims()[1];
    let Ok(values) = logits.into_data().convert::<f32>().try_into_vec::<f32>() else { return f32::NAN };
    let right =
        values.chunks_exact(classes).zip(targets).filter(|(row, target)| largest(row) == Some(**target)).count();
    right as f32 / targets.len() as f32
}

/// Position of the first largest value; `None` beside a NaN.
fn largest(row: &[f32]) -> Option<usize> {
    if row.iter().any(|value| value.is_nan()) {
        return None;
    }
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter().position(|value| *value == most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    fn of(rows: &[[f32; 3]], targets: &[usize]) -> f32 {
        let data = TensorData::new(rows.concat(), [rows.len(), 3]);
        accuracy(Tensor::from_data(data, &device(Backend::Flex)), targets)
    }

    #[test]
    fn the_largest_logit_is_the_answer() {
        assert_eq!(of(&[[0.0, 2.0, 1.0], [5.0, -1.0, 4.0]], &[1, 2]), 0.5);
        assert_eq!(of(&[[f32::NEG_INFINITY, 0.0, f32::INFINITY]], &[2]), 1.0);
    }

    #[test]
    fn a_stack_that_says_the_same_of_every_class_is_at_chance() {
        assert_eq!(of(&[[0.0; 3]; 3], &[0, 1, 2]), 1.0 / 3.0);
    }

    #[test]
    fn a_row_with_a_nan_is_wrong() {
        assert_eq!(of(&[[f32::NAN, 1.0, 2.0], [0.0, 1.0, f32::NAN], [f32::NAN; 3]], &[2, 1, 0]), 0.0);
    }
}
