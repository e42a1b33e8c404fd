//! The examples of one step, for training and for passes of their own.

use std::ops::RangeInclusive;

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};

use super::HostTensor;
use crate::data::{Source, Subset};
use crate::quantity::shatter::NOISE;
use crate::random::{self, Generator, StepRng};

/// The examples of one step, for training and for passes of their own.
pub trait Examples: Sized + Send {
    /// The data set that they come from.
    type Source: Source;

    /// The examples of these rows.
    fn gather(source: &Self::Source, part: Subset, rows: &[usize], rng: StepRng, device: &Device) -> Self;

    /// Number of examples.
    fn rows(&self) -> usize;

    /// The tensors that a dump contains.
    fn on_host(&self) -> Vec<HostTensor>;

    /// The batch in this many parts of equal size, without the rest; empty if a part would have fewer than two rows.
    fn parts(&self, parts: usize) -> Vec<Self>;

    /// The class of every row; empty if there are none.
    fn classes(&self) -> &[usize];

    /// The batch at each span of timesteps, with the first and last timestep; empty if there are none.
    fn by_time(&self) -> Vec<(RangeInclusive<u32>, Self)> {
        Vec::new()
    }

    /// The batch with noise on its inputs, [`NOISE`] of their root mean square.
    #[must_use]
    fn noisy(&self, rng: &mut Generator) -> Self;
}

/// The tensor with normal noise added, [`NOISE`] of its root mean square.
pub(super) fn with_noise<const D: usize>(tensor: Tensor<D>, rng: &mut Generator) -> Tensor<D> {
    let (shape, device) = (tensor.dims(), tensor.device());
    let mean_square = tensor.clone().inner().square().mean().into_scalar::<f64>();
    let noise = random::normal(shape.iter().product(), NOISE * mean_square.sqrt(), rng);
    tensor + Tensor::from_data(TensorData::new(noise, shape), &device)
}
