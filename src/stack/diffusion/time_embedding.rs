//! Embedding of the timestep: its sines and cosines, followed by two affine maps.
//!
//! ```text
//! [sin(t·ω_1) … sin(t·ω_16), cos(t·ω_1) … cos(t·ω_16)]    ω_k from 1 down to 1e-4 in equal ratios
//! ```
//!
//! Vaswani et al. 2017 for the waves, Ho et al. 2020 for the maps.

use burn::module::Module;
use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};

use crate::config::Activation;
use crate::stack::activation::activate;
use crate::stack::{Affine, Pass};

/// Number of sines and cosines together.
pub(super) const WAVES: usize = 32;

/// t → [B, hidden].
#[derive(Module, Debug)]
pub struct TimeEmbedding {
    /// [waves, hidden].
    pub(crate) first: Affine,
    /// [hidden, hidden].
    pub(crate) second: Affine,
    /// φ.
    #[module(skip)]
    pub(crate) activation: Activation,
}

impl TimeEmbedding {
    /// t of every row → [B, hidden], with φ applied: every block maps it to its channels.
    #[must_use]
    pub fn forward(&self, times: &[usize], device: &Device, pass: Pass<'_>) -> Tensor<2> {
        let x = activate(self.activation, self.first.forward_in(waves(times, device), pass));
        activate(self.activation, self.second.forward_in(x, pass))
    }
}

/// [B, WAVES].
fn waves(times: &[usize], device: &Device) -> Tensor<2> {
    /// ω_1 divided by ω_16.
    const RATIO: f64 = 1e4;
    let half = WAVES / 2;
    let frequency = |index: usize| RATIO.powf(-(index as f64) / (half - 1) as f64);
    let of_time = |time: &usize| {
        let angles: Vec<f64> = (0..half).map(|index| *time as f64 * frequency(index)).collect();
        let waves = angles.iter().map(|angle| angle.sin()).chain(angles.iter().map(|angle| angle.cos()));
        waves.map(|wave| wave as f32).collect::<Vec<f32>>()
    };
    Tensor::from_data(
        TensorData::new(times.iter().flat_map(of_time).collect::<Vec<f32>>(), [times.len(), WAVES]),
        device,
    )
}
