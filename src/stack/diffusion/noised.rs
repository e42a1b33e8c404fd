//! Noisy pictures, and the noise that the net must predict.

use std::ops::RangeInclusive;
use std::sync::Arc;

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};
use rand::{RngExt, SeedableRng};

use super::noise::{Noising, TIMES};
use crate::config::NoiseSchedule;
use crate::data::{Augmentation, Classified, Shape, Source, Subset};
use crate::random::{self, Generator, Purpose, StepRng};
use crate::stack::examples::with_noise;
use crate::stack::{Examples, HostTensor, Loss, Numbers};

/// More than the steps of any run.
const CHUNKS_APART: usize = 1 << 40;

/// Number of spans of timesteps that are measured separately.
pub const SPANS: usize = 10;

/// Pictures without noise, each colour from −1 to 1.
#[derive(Debug)]
pub struct Pictures {
    data: Classified,
    noising: Arc<Noising>,
}

impl Pictures {
    /// The pictures of a data set, without crops; held-out pictures may lie beyond −1 and 1, which are the ends of the
    /// training part.
    #[must_use]
    pub fn of(data: &Classified, schedule: NoiseSchedule) -> Self {
        let mut data = Classified { augmentation: Augmentation::None, ..data.clone() };
        let Shape { channels, height, width } = data.shape;
        let plane = (height * width).max(1);
        let mut ends = vec![[f32::INFINITY, f32::NEG_INFINITY]; channels];
        for (index, values) in data.training.inputs.chunks(plane).enumerate() {
            let [least, most] = &mut ends[index % channels];
            for value in values {
                (*least, *most) = (least.min(*value), most.max(*value));
            }
        }
        for inputs in [&mut data.training.inputs, &mut data.held_out.inputs] {
            for (index, values) in inputs.chunks_mut(plane).enumerate() {
                let [least, most] = ends[index % channels];
                // A colour with the same value everywhere is black.
                let scale = if most > least { 2.0 / (most - least) } else { 0.0 };
                for value in values {
                    *value = (*value - least) * scale - 1.0;
                }
            }
        }
        Self { data, noising: Arc::new(Noising::of(schedule)) }
    }

    /// Shape of a picture.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.data.shape
    }

    /// The noise schedule.
    #[must_use]
    pub fn noising(&self) -> &Arc<Noising> {
        &self.noising
    }
}

impl Source for Pictures {
    fn rows(&self, part: Subset) -> usize {
        self.data.rows(part)
    }

    fn outputs(&self) -> usize {
        self.data.shape.numbers()
    }
}

/// The noisy pictures x_t of one step.
#[derive(Clone, Debug)]
pub struct Noised {
    /// x_0, [B, C, H, W].
    pub(crate) pictures: Tensor<4>,
    /// ε, [B, C, H, W].
    pub(crate) noise: Tensor<4>,
    /// t of every row, 1 … T.
    pub times: Vec<usize>,
    /// Random numbers of the step; `None` in an evaluation.
    pub rng: Option<StepRng>,
    /// The noise schedule.
    noising: Arc<Noising>,
    /// Generator of the noise that is added to measure shattering, if there is any.
    shaken: Option<Generator>,
}

impl Noised {
    /// Pictures x_0 and their noise ε, both [B, C, H, W], with a timestep t for each row, 1 … [`TIMES`].
    #[must_use]
    pub fn new(pictures: Tensor<4>, noise: Tensor<4>, times: Vec<usize>, noising: impl Into<Arc<Noising>>) -> Self {
        Self { pictures, noise, times, rng: None, noising: noising.into(), shaken: None }
    }

    /// x_t, [B, C, H, W].
    #[must_use]
    pub fn inputs(&self) -> Tensor<4> {
        let [picture, noise] = [0, 1].map(|which| {
            let shares = self.times.iter().map(|time| self.noising.shares(*time)[which] as f32).collect();
            let shares = TensorData::new(shares, [self.times.len(), 1, 1, 1]);
            Tensor::<4>::from_data(shares, &self.pictures.device())
        });
        let x = self.pictures.clone() * picture + self.noise.clone() * noise;
        match &self.shaken {
            Some(rng) => with_noise(x, &mut rng.clone()),
            None => x,
        }
    }

    /// Mean squared error of the predicted noise, [B, C, H, W]; a prediction of 0 costs 1.
    #[must_use]
    pub fn loss(&self, found: Tensor<4>) -> Loss {
        Loss { mean: (found - self.noise.clone()).square().mean(), accuracy: None }
    }
}

impl Examples for Noised {
    type Source = Pictures;

    fn gather(source: &Pictures, part: Subset, rows: &[usize], rng: StepRng, device: &Device) -> Self {
        let Shape { channels, height, width } = source.shape();
        let shape = [rows.len(), channels, height, width];
        // Held-out pictures come in chunks, each with noise of its own.
        let chunk = if part == Subset::HeldOut { rows.first().copied().unwrap_or(0) } else { 0 };
        let mut generator = Purpose::Diffusion.rng(rng.seed, rng.step.0 as usize + chunk * CHUNKS_APART);
        let times = rows.iter().map(|_| generator.random_range(1..=TIMES)).collect();
        let noise = random::normal(shape.iter().product(), 1.0, &mut generator);
        let noise = Tensor::from_data(TensorData::new(noise, shape), device);
        let pictures = source.data.gather(part, rows, rng).inputs;
        let pictures = Tensor::from_data(TensorData::new(pictures, shape), device);
        let noised = Self::new(pictures, noise, times, Arc::clone(&source.noising));
        Self { rng: (part == Subset::Training).then_some(rng), ..noised }
    }

    fn rows(&self) -> usize {
        self.times.len()
    }

    fn on_host(&self) -> Vec<HostTensor> {
        let times = self.times.iter().filter_map(|time| i64::try_from(*time).ok()).collect();
        let times = HostTensor { name: "t", shape: vec![self.rows()], numbers: Numbers::Integers(times) };
        vec![HostTensor::of("x", self.inputs()), times, HostTensor::of("y", self.noise.clone())]
    }

    fn parts(&self, parts: usize) -> Vec<Self> {
        let rows = self.rows() / parts.max(1);
        if rows < 2 {
            return Vec::new();
        }
        let part = |index: usize| {
            let range = index * rows..(index + 1) * rows;
            Self {
                pictures: self.pictures.clone().slice(range.clone()),
                noise: self.noise.clone().slice(range.clone()),
                times: self.times[range].to_vec(),
                ..self.clone()
            }
        };
        (0..parts).map(part).collect()
    }

    fn classes(&self) -> &[usize] {
        &[]
    }

    fn noisy(&self, rng: &mut Generator) -> Self {
        Self { shaken: Some(Generator::from_rng(rng)), ..self.clone() }
    }

    /// The same pictures and the same noise, with the timesteps of each span spread evenly over the rows.
    fn by_time(&self) -> Vec<(RangeInclusive<u32>, Self)> {
        let (rows, span) = (self.rows().max(1), TIMES / SPANS);
        let span_at = |index: usize| {
            let first = index * span + 1;
            let times = (0..self.rows()).map(|row| first + row * span / rows).collect();
            (first as u32..=(first + span - 1) as u32, Self { times, ..self.clone() })
        };
        (0..SPANS).map(span_at).collect()
    }
}
