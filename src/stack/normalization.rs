//! The normalization N of all families, which keeps the scale of activations in bounds.
//!
//! ```text
//! N(x) = γ·(x − μ)/σ + β        rms: γ·x/√mean(x²)
//! ```
//!
//! | kind | μ and σ are computed over | source |
//! |---|---|---|
//! | batch | the batch (and the pixels), per unit or channel | Ioffe & Szegedy 2015 |
//! | layer | the units of an example; all channels and pixels of a picture | Ba et al. 2016 |
//! | group | the same in groups of units or channels | Wu & He 2018 |
//! | rms | as layer, without μ and β | Zhang & Sennrich 2019 |
//!
//! In evaluation, batch normalization uses running means of μ and of the unbiased variance n/(n − 1)·σ², n values per
//! unit.

use burn::module::{Module, Param};
use burn::nn::{
    BatchNorm, BatchNormConfig, GroupNorm, GroupNormConfig, LayerNorm, LayerNormConfig, RmsNorm, RmsNormConfig,
};
use burn::prelude::Device;
use burn::tensor::Tensor;

use super::fused_block::{Normalizing, Over, Statistics};
use crate::config::Norm;

/// This is added to the variance by which a normalization divides.
pub(super) const EPSILON: f64 = 1e-5;
/// Maximum number of groups of a group normalization, as in its paper.
const MOST_GROUPS: usize = 32;

/// N.
#[derive(Module, Debug)]
pub enum Normalization {
    /// Over the units of each example.
    Layer(LayerNorm),
    /// Over the batch, per unit or channel.
    Batch(BatchNorm),
    /// Over groups of units or channels; one group means all channels of a picture.
    Group(GroupNorm),
    /// By the root mean square of each example's units.
    Rms(RmsNorm),
    /// By the root mean square of each picture.
    PictureRms(PictureRms),
}

/// γ·x/√mean(x²) over channels and pixels.
#[derive(Module, Debug)]
pub struct PictureRms {
    /// γ, `[channels]`.
    pub(crate) gamma: Param<Tensor<1>>,
}

impl PictureRms {
    fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let mut shape = [1; D];
        shape[1] = self.gamma.lazy_shape()[0];
        let of_picture: Tensor<2> = x.clone().square().flatten(1, D - 1).mean_dim(1); // [B, 1]
        let mut each = [1; D];
        each[0] = x.dims()[0];
        let scale = of_picture.add_scalar(EPSILON).sqrt().reshape(each);
        x / scale * self.gamma.val().reshape(shape)
    }
}

impl Normalization {
    /// For tensors [B, …, units]; `None` for [`Norm::None`].
    #[must_use]
    pub(crate) fn of_units(norm: Norm, units: usize, device: &Device) -> Option<Self> {
        match norm {
            Norm::Layer => Some(Self::Layer(LayerNormConfig::new(units).with_epsilon(EPSILON).init(device))),
            Norm::Rms => Some(Self::Rms(RmsNormConfig::new(units).with_epsilon(EPSILON).init(device))),
            Norm::None | Norm::Batch | Norm::Group => Self::of_channels(norm, units, device),
        }
    }

    /// For pictures [B, channels, H, W]; `None` for [`Norm::None`].
    #[must_use]
    pub(crate) fn of_channels(norm: Norm, channels: usize, device: &Device) -> Option<Self> {
        let group = |groups| Self::Group(GroupNormConfig::new(groups, channels).with_epsilon(EPSILON).init(device));
        match norm {
            Norm::None => None,
            Norm::Batch => Some(Self::Batch(BatchNormConfig::new(channels).with_epsilon(EPSILON).init(device))),
            Norm::Group => Some(group(groups(channels))),
            Norm::Layer => Some(group(1)),
            Norm::Rms => {
                let gamma = Param::from_tensor(Tensor::ones([channels], device));
                Some(Self::PictureRms(PictureRms { gamma }))
            }
        }
    }

    /// N(x), of the same shape as x.
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Layer(norm) => norm.forward(x),
            Self::Batch(norm) => over_batch(norm, x),
            Self::Group(norm) => norm.forward(x),
            Self::Rms(norm) => norm.forward(x),
            Self::PictureRms(norm) => norm.forward(x),
        }
    }

    /// The parameters for a fused block during training; `None` if it has no fused form, as for a batch normalization
    /// that uses its running statistics.
    pub(super) fn in_training(&self) -> Option<Normalizing> {
        let (over, gamma, beta) = match self {
            Self::Layer(LayerNorm { gamma, beta, .. }) => (Over::Features, gamma, beta.as_ref()?),
            Self::Batch(norm) if norm.training.is_enabled() => (Over::Batch, &norm.gamma, &norm.beta),
            Self::Batch(_) | Self::Group(_) | Self::Rms(_) | Self::PictureRms(_) => return None,
        };
        Some(Normalizing { over, gamma: gamma.val(), beta: beta.val(), epsilon: EPSILON })
    }
}

/// Number of groups with at least two channels each: the largest power of two that divides the channels in this way.
fn groups(channels: usize) -> usize {
    let most = 1 << channels.trailing_zeros();
    MOST_GROUPS.min(if most == channels { most / 2 } else { most }).max(1)
}

/// N over the batch; in training the running statistics are updated, with the unbiased variance.
fn over_batch<const D: usize>(norm: &BatchNorm, x: Tensor<D>) -> Tensor<D> {
    if !(x.device().is_autodiff() && norm.training.is_enabled()) {
        return norm.forward(x);
    }
    let each = per_unit(&x);
    let kept = norm.running_var.value_sync().mul_scalar(1.0 - norm.momentum);
    let output = norm.forward(x);
    // Burn's own running variance is the biased one.
    let of_batch = norm.running_var.value_sync() - kept.clone();
    norm.running_var.update(kept.add(of_batch.mul_scalar(unbiased(each))).detach());
    output
}

/// Updates the running statistics with those of a batch with this many values per unit, as a forward pass does.
pub(super) fn follow(norm: &BatchNorm, of_batch: Statistics, each: usize) {
    let (kept, taken) = (1.0 - norm.momentum, norm.momentum);
    let variance = of_batch.variance.mul_scalar(taken * unbiased(each));
    let mean = norm.running_mean.value_sync().mul_scalar(kept).add(of_batch.mean.mul_scalar(taken));
    let variance = norm.running_var.value_sync().mul_scalar(kept).add(variance);
    norm.running_mean.update(mean.detach());
    norm.running_var.update(variance.detach());
}

/// Number of values over which mean and variance of one unit are computed: [B, units, …] → B·….
fn per_unit<const D: usize>(x: &Tensor<D>) -> usize {
    let shape = x.dims();
    shape.iter().product::<usize>() / shape[1].max(1)
}

/// n/(n − 1): this factor turns the mean square about a batch's own mean into an estimate of the variance (Ioffe &
/// Szegedy 2015, algorithm 2). A single value has no variance; its 0 stays.
fn unbiased(n: usize) -> f64 {
    if n > 1 { n as f64 / (n - 1) as f64 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::backend::device;
    use crate::config::Backend;

    fn normalized(norm: Norm) -> Vec<f32> {
        let device = device(Backend::Flex);
        let x = Tensor::<4>::from_data(
            TensorData::new((0..32).map(|index| (index * index % 13) as f32).collect(), [2, 4, 2, 2]),
            &device,
        );
        let norm = Normalization::of_channels(norm, 4, &device.autodiff()).expect("one");
        norm.valid().forward(x).into_data().try_into_vec().expect("f32")
    }

    #[test]
    fn groups_hold_at_least_two_channels() {
        assert_eq!([1, 2, 3, 4, 12, 16, 64, 512].map(groups), [1, 1, 1, 2, 4, 8, 32, 32]);
    }

    #[test]
    fn a_picture_is_normalized_as_a_whole_or_in_groups() {
        for (norm, of_what) in [(Norm::Layer, 16), (Norm::Group, 8)] {
            for part in normalized(norm).chunks(of_what) {
                let mean: f32 = part.iter().sum::<f32>() / part.len() as f32;
                let variance = part.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / part.len() as f32;
                assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-3, "{norm}: {mean} {variance}");
            }
        }
        for part in normalized(Norm::Rms).chunks(16) {
            let square = part.iter().map(|value| value * value).sum::<f32>() / 16.0;
            assert!((square - 1.0).abs() < 1e-3, "{square}");
        }
    }
}
