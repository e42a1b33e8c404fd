//! The examples of one step, as training and what needs passes of its own ask for them.

use std::ops::RangeInclusive;

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};

use super::HostTensor;
use crate::data::{Source, Subset};
use crate::quantity::shatter::NOISE;
use crate::random::{self, Generator, StepRng};

/// The examples of one step, as training and what needs passes of its own ask for them.
pub trait Examples: Sized + Send {
    /// Where they come from.
    type Source: Source;

    /// The examples of these rows.
    fn gather(source: &Self::Source, part: Subset, rows: &[usize], rng: StepRng, device: &Device) -> Self;

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

/// The tensor with normal noise added, [`NOISE`] of its root mean square.
pub(super) fn with_noise<const D: usize>(tensor: Tensor<D>, rng: &mut Generator) -> Tensor<D> {
    let (shape, device) = (tensor.dims(), tensor.device());
    let mean_square = tensor.clone().inner().square().mean().into_scalar::<f64>();
    let noise = random::normal(shape.iter().product(), NOISE * mean_square.sqrt(), rng);
    tensor + Tensor::from_data(TensorData::new(noise, shape), &device)
}
