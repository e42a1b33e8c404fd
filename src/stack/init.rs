//! Initial weights, drawn on the host from (seed, purpose, layer), so that they are the same on every backend and for
//! every lane that asks for the same.
//!
//! | init | weight | bias |
//! |---|---|---|
//! | default | U(±1/√fan_in) | U(±1/√fan_in) |
//! | kaiming | N(0, 2/fan_in) | 0 |
//! | xavier | N(0, 2/(fan_in + fan_out)) | 0 |
//! | orthogonal:g | g·Q, QᵀQ = 1 | 0 |
//! | normal:σ | N(0, σ²) | 0 |

use burn::tensor::TensorData;
use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use rand_distr::Normal;

use crate::config::Init;

/// What random numbers are for: each purpose has a stream of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Weights of a layer.
    Weight,
    /// Biases of a layer.
    Bias,
    /// Order of the examples in an epoch.
    Order,
    /// What is added to the inputs to see whether gradients shatter.
    Noise,
    /// Which pixels of a picture a training step sees.
    Augmentation,
    /// Split of a table into training and held-out rows.
    Split,
}

impl Purpose {
    /// The generator of (seed, purpose, index): independent streams of one cipher.
    #[must_use]
    pub fn rng(self, seed: u64, index: usize) -> ChaCha8Rng {
        let purpose: u64 = match self {
            Self::Weight => 1,
            Self::Bias => 2,
            Self::Order => 3,
            Self::Split => 4,
            Self::Noise => 5,
            Self::Augmentation => 6,
        };
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&purpose.to_le_bytes());
        key[16..24].copy_from_slice(&(index as u64).to_le_bytes());
        ChaCha8Rng::from_seed(key)
    }
}

/// A weight, shape [fan_in, fan_out].
#[must_use]
pub fn weight(init: Init, shape: [usize; 2], mut rng: ChaCha8Rng) -> TensorData {
    let [fan_in, fan_out] = shape;
    let values = match init {
        Init::Default => uniform(fan_in * fan_out, bound(fan_in), &mut rng),
        Init::Kaiming => normal(fan_in * fan_out, (2.0 / fan_in as f64).sqrt(), &mut rng),
        Init::Xavier => normal(fan_in * fan_out, (2.0 / (fan_in + fan_out) as f64).sqrt(), &mut rng),
        Init::Normal(std) => normal(fan_in * fan_out, std, &mut rng),
        Init::Orthogonal(gain) => orthogonal(shape, gain, &mut rng),
    };
    TensorData::new(values, shape)
}

/// A bias, shape `[fan_out]`.
#[must_use]
pub fn bias(init: Init, [fan_in, fan_out]: [usize; 2], mut rng: ChaCha8Rng) -> TensorData {
    let values = match init {
        Init::Default => uniform(fan_out, bound(fan_in), &mut rng),
        Init::Kaiming | Init::Xavier | Init::Orthogonal(_) | Init::Normal(_) => vec![0.0; fan_out],
    };
    TensorData::new(values, [fan_out])
}

fn bound(fan_in: usize) -> f64 {
    1.0 / (fan_in as f64).sqrt()
}

fn uniform(count: usize, bound: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    // A positive finite bound makes the distribution valid; the fallback keeps the type total.
    let Ok(distribution) = Uniform::new(-bound, bound) else { return vec![0.0; count] };
    distribution.sample_iter(rng).take(count).map(|value| value as f32).collect()
}

fn normal(count: usize, std: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let Ok(distribution) = Normal::new(0.0, std) else { return vec![0.0; count] };
    distribution.sample_iter(rng).take(count).map(|value| value as f32).collect()
}

/// gain × a matrix with orthonormal rows or columns, whichever are fewer: Gram–Schmidt, twice (Kahan & Parlett: "twice
/// is enough"), on Gaussian vectors, in f64. Cost O(n³).
fn orthogonal([rows, columns]: [usize; 2], gain: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let (few, long) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(few);
    let Ok(distribution) = Normal::new(0.0, 1.0) else { return vec![0.0; rows * columns] };
    while basis.len() < few {
        let mut vector: Vec<f64> = distribution.sample_iter(&mut *rng).take(long).collect();
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
    let at = |row: usize, column: usize| if rows <= columns { basis[row][column] } else { basis[column][row] };
    (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(r, c)| (gain * at(r, c)) as f32)
        .collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
