//! Initial weights. They depend on (seed, purpose, layer) alone, so that lanes share the weights that they have in
//! common.
//!
//! | init | weight | bias |
//! |---|---|---|
//! | default | U(±1/√fan_in) | U(±1/√fan_in) |
//! | kaiming | N(0, 2/fan_in) | 0 |
//! | xavier | N(0, 2/(fan_in + fan_out)) | 0 |
//! | orthogonal:g | g·Q, QᵀQ = 1 | 0 |
//! | delta-orthogonal:g | the same at the centre of a kernel, 0 around it (Xiao et al. 2018) | 0 |
//! | lsuv | orthogonal, each divided by the standard deviation of its output: [`super::unit_variance`] | 0 |
//! | fixup | kaiming; the last of every branch and the head 0, the others of a branch D^(-1/(2m−2)) smaller | 0 |
//! | normal:σ | N(0, σ²) | 0 |

use burn::module::{Param, ParamId};
use burn::prelude::Device;
use burn::tensor::{Shape, Tensor, TensorData};

use super::{Affine, Convolution};
use crate::config::{Bias, Init};
use crate::random::{Generator, Purpose, normal, standard_normal, uniform};

/// The position of a parameter in a stack, which selects its random numbers: lanes that differ elsewhere share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParamSlot {
    layer: usize,
    nth: usize,
}

impl ParamSlot {
    /// Before the first block.
    pub(crate) const STEM: Self = Self::block(0);
    /// After the last block: its numbers must not depend on the depth.
    pub(crate) const HEAD: Self = Self::block(usize::MAX);

    /// A block, from 1.
    #[must_use]
    pub(crate) const fn block(layer: usize) -> Self {
        Self { layer, nth: 0 }
    }

    /// The n-th weight of the layer, from 0.
    #[must_use]
    pub(crate) const fn nth(self, nth: usize) -> Self {
        Self { nth, ..self }
    }

    fn rng(self, purpose: Purpose, seed: u64) -> Generator {
        // More layers than any stack has.
        const APART: usize = 1 << 40;
        purpose.rng(seed, self.layer.wrapping_add(self.nth * APART))
    }
}

/// The source of a stack's initial weights. A parameter is initialized, and its memory allocated, when it is first
/// used, so that the parameters of a stack of any size can be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Initializer<'a> {
    /// Distribution.
    pub(crate) init: Init,
    /// Factor on the random weights.
    pub(crate) gain: f64,
    /// Seed of the run.
    pub(crate) seed: u64,
    /// The device of the tensors.
    pub(crate) device: &'a Device,
}

impl Initializer<'_> {
    /// x W + b of shape [fan_in, fan_out].
    #[must_use]
    pub(crate) fn affine(self, place: ParamSlot, shape: [usize; 2], bias: Bias) -> Affine {
        let Self { init, gain, seed, .. } = self;
        let draw = move || times(gain, weight(init, shape, place.rng(Purpose::Weight, seed)));
        Affine { weight: self.lazily(shape, draw), bias: self.bias(place, shape, bias) }
    }

    /// A convolution of shape [out, in, k, k].
    #[must_use]
    pub(crate) fn convolution(self, place: ParamSlot, shape: [usize; 4], stride: usize, bias: Bias) -> Convolution {
        let Self { init, gain, seed, .. } = self;
        let [channels_out, channels_in, height, width] = shape;
        let draw = move || times(gain, kernel(init, shape, place.rng(Purpose::Weight, seed)));
        Convolution {
            weight: self.lazily(shape, draw),
            bias: self.bias(place, [channels_in * height * width, channels_out], bias),
            stride,
        }
    }

    fn bias(self, place: ParamSlot, fans: [usize; 2], is_there: Bias) -> Option<Param<Tensor<1>>> {
        let Self { init, seed, .. } = self;
        let draw = move || bias(init, fans, place.rng(Purpose::Bias, seed));
        (is_there == Bias::On).then(|| self.lazily([fans[1]], draw))
    }

    /// A parameter of `count` numbers that all start at the same value.
    #[must_use]
    pub(crate) fn constant(self, count: usize, value: f32) -> Param<Tensor<1>> {
        self.lazily([count], move || TensorData::new(vec![value; count], [count]))
    }

    /// The same, multiplied by a factor.
    #[must_use]
    pub(crate) fn times(self, gain: f64) -> Self {
        Self { gain: self.gain * gain, ..self }
    }

    /// A parameter that is initialized when it is first used.
    pub(crate) fn lazily<const D: usize>(
        self,
        shape: [usize; D],
        draw: impl FnOnce() -> TensorData + Send + Sync + 'static,
    ) -> Param<Tensor<D>> {
        let init =
            move |device: &Device, is_trained: bool| Tensor::from_data(draw(), device).set_require_grad(is_trained);
        Param::uninitialized(ParamId::new(), init, self.device.clone(), true, Shape::from(shape))
    }
}

fn times(gain: f64, data: TensorData) -> TensorData {
    if gain == 1.0 {
        return data;
    }
    let values: Vec<f32> = data.iter::<f64>().map(|value| (gain * value) as f32).collect();
    TensorData::new(values, data.shape().clone())
}

/// A kernel, shape [out, in, k, k]; fan_in = in·k², fan_out = out·k².
#[must_use]
pub(crate) fn kernel(init: Init, shape: [usize; 4], mut rng: Generator) -> TensorData {
    let [channels_out, channels_in, height, width] = shape;
    let (pixels, count) = (height * width, shape.iter().product());
    let (fan_in, fan_out) = (channels_in * pixels, channels_out * pixels);
    let values = match init {
        Init::Default => uniform(count, bound(fan_in), &mut rng),
        Init::Kaiming | Init::Fixup => normal(count, (2.0 / fan_in as f64).sqrt(), &mut rng),
        Init::Xavier => normal(count, (2.0 / (fan_in + fan_out) as f64).sqrt(), &mut rng),
        Init::Normal(std) => normal(count, std, &mut rng),
        Init::Orthogonal(gain) => orthogonal([channels_out, fan_in], gain, &mut rng),
        Init::Lsuv => orthogonal([channels_out, fan_in], 1.0, &mut rng),
        Init::DeltaOrthogonal(gain) => {
            let centre = (height / 2) * width + width / 2;
            let mut values = vec![0.0; count];
            let at_centre = values.iter_mut().skip(centre).step_by(pixels);
            let matrix = orthogonal([channels_out, channels_in], gain, &mut rng);
            at_centre.zip(matrix).for_each(|(value, drawn)| *value = drawn);
            values
        }
    };
    TensorData::new(values, shape)
}

/// A weight, shape [fan_in, fan_out].
#[must_use]
pub(crate) fn weight(init: Init, shape: [usize; 2], mut rng: Generator) -> TensorData {
    let [fan_in, fan_out] = shape;
    let values = match init {
        Init::Default => uniform(fan_in * fan_out, bound(fan_in), &mut rng),
        Init::Kaiming | Init::Fixup => normal(fan_in * fan_out, (2.0 / fan_in as f64).sqrt(), &mut rng),
        Init::Xavier => normal(fan_in * fan_out, (2.0 / (fan_in + fan_out) as f64).sqrt(), &mut rng),
        Init::Normal(std) => normal(fan_in * fan_out, std, &mut rng),
        Init::Orthogonal(gain) | Init::DeltaOrthogonal(gain) => orthogonal(shape, gain, &mut rng),
        Init::Lsuv => orthogonal(shape, 1.0, &mut rng),
    };
    TensorData::new(values, shape)
}

/// A bias, shape `[fan_out]`.
#[must_use]
pub(crate) fn bias(init: Init, [fan_in, fan_out]: [usize; 2], mut rng: Generator) -> TensorData {
    let values = match init {
        Init::Default => uniform(fan_out, bound(fan_in), &mut rng),
        Init::Kaiming
        | Init::Xavier
        | Init::Orthogonal(_)
        | Init::DeltaOrthogonal(_)
        | Init::Lsuv
        | Init::Fixup
        | Init::Normal(_) => vec![0.0; fan_out],
    };
    TensorData::new(values, [fan_out])
}

fn bound(fan_in: usize) -> f64 {
    1.0 / (fan_in as f64).sqrt()
}

/// gain × a matrix with orthonormal rows or columns, whichever are fewer: Gram–Schmidt, twice (Kahan & Parlett: "twice
/// is enough"), on Gaussian vectors, in f64. Cost O(n³).
fn orthogonal([rows, columns]: [usize; 2], gain: f64, rng: &mut Generator) -> Vec<f32> {
    let (few, long) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(few);
    while basis.len() < few {
        let mut vector = standard_normal(long, rng);
        for other in basis.iter().chain(&basis) {
            let overlap = dot(&vector, other);
            vector.iter_mut().zip(other).for_each(|(value, other)| *value -= overlap * other);
        }
        let norm = dot(&vector, &vector).sqrt();
        for value in &mut vector {
            *value /= norm;
        }
        basis.push(vector);
    }
    let element = |row: usize, column: usize| if rows <= columns { basis[row][column] } else { basis[column][row] };
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(r, c)| (gain * element(r, c)) as f32)
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
