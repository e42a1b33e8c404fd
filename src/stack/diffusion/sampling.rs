//! Draws pictures from noise: the timesteps are run backwards in [`SAMPLING_STEPS`] strides, without new noise.
//!
//! ```text
//! x̂_0     = (x_t − √(1 − ᾱ_t)·ε̂)/√ᾱ_t,  kept within −1 … 1
//! x_(t−k) = √ᾱ_(t−k)·x̂_0 + √(1 − ᾱ_(t−k))·ε̂      ε̂ recomputed from x_t and x̂_0
//! ```
//!
//! Song et al. 2020, Denoising Diffusion Implicit Models (arXiv 2010.02502), σ = 0.

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};

use super::noise::{Noising, TIMES};
use crate::data::Shape;
use crate::event::Samples;
use crate::random::{self, Purpose};

/// Number of strides that cover T.
pub const SAMPLING_STEPS: usize = 50;
/// Number of pictures that are drawn at once.
pub const SAMPLES: usize = 16;

/// Draws pictures with a net that predicts the noise in x_t, [B, C, H, W], at the timesteps t of its rows. They start
/// from the same noise at every step, so that they can be compared.
pub(super) fn draw(
    picture: Shape,
    noising: &Noising,
    device: &Device,
    find: impl Fn(Tensor<4>, &[usize]) -> Tensor<4>,
) -> Samples {
    let Shape { channels, height, width } = picture;
    let shape = [SAMPLES, channels, height, width];
    let noise = random::normal(shape.iter().product(), 1.0, &mut Purpose::Diffusion.rng(0, 0));
    let mut x = Tensor::<4>::from_data(TensorData::new(noise, shape), device);
    let stride = TIMES / SAMPLING_STEPS;
    for time in (1..=SAMPLING_STEPS).rev().map(|step| step * stride) {
        let [picture, noise] = noising.shares(time);
        let found = find(x.clone(), &[time; SAMPLES]);
        let clean = x.clone().sub(found.mul_scalar(noise)).div_scalar(picture).clamp(-1.0, 1.0);
        let found = x.sub(clean.clone().mul_scalar(picture)).div_scalar(noise);
        let [picture, noise] = noising.shares(time - stride);
        x = clean.mul_scalar(picture).add(found.mul_scalar(noise));
    }
    let grey = |value: f32| (f32::midpoint(value, 1.0).clamp(0.0, 1.0) * 255.0).round() as u8;
    let pixels = x.into_data().convert::<f32>().iter::<f32>().map(grey).collect();
    Samples { channels, height, width, pixels }
}
