//! Randomness: every random number of a run is a function of (seed, purpose, index).
//!
//! ```text
//! key of ChaCha8 = seed ‖ purpose ‖ index ‖ 0      (8 bytes each, little-endian)
//! ```
//!
//! Numbers are drawn on the host, so that they are the same on every backend, with any number of threads, for every
//! lane that uses the same purpose, and when a step is re-run. A new purpose needs a number that no other purpose has.
//!
//! ```
//! use nablatop::random::StepRng;
//! use nablatop::stack::residual_connection::{BlockMode, StochasticDepth};
//! use nablatop::units::Step;
//!
//! let mut depth = StochasticDepth::of(Some(StepRng { seed: 1, step: Step(3) }));
//! assert_eq!(depth.next(None), BlockMode::Kept, "a block without a survival probability is never dropped");
//! ```

use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Normal, StandardNormal};

use crate::units::Step;

/// The generator behind all random numbers.
pub(crate) type Generator = ChaCha8Rng;

/// The purpose of random numbers: each purpose has streams of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Purpose {
    /// Weights of a layer.
    Weight,
    /// Biases of a layer.
    Bias,
    /// Order of the examples in an epoch.
    Order,
    /// Noise added to the inputs to measure whether gradients shatter.
    Noise,
    /// Crop and mirroring of each picture of a training step.
    Augmentation,
    /// Split of a table into training and held-out rows.
    Split,
    /// Blocks that stochastic depth skips.
    Depth,
    /// Noise in pictures, and their timesteps.
    Diffusion,
}

impl Purpose {
    /// The generator of (seed, purpose, index): independent streams of one cipher.
    #[must_use]
    pub(crate) fn rng(self, seed: u64, index: usize) -> Generator {
        let purpose: u64 = match self {
            Self::Weight => 1,
            Self::Bias => 2,
            Self::Order => 3,
            Self::Split => 4,
            Self::Noise => 5,
            Self::Augmentation => 6,
            Self::Depth => 7,
            Self::Diffusion => 8,
        };
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&purpose.to_le_bytes());
        key[16..24].copy_from_slice(&(index as u64).to_le_bytes());
        Generator::from_seed(key)
    }
}

/// The random numbers of one step except for the order of its rows: noise, crops, skipped blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRng {
    /// Seed of the run.
    pub seed: u64,
    /// The step; 0 for an evaluation.
    pub step: Step,
}

impl StepRng {
    /// The generator of this step for a purpose.
    #[must_use]
    pub(crate) fn rng(self, purpose: Purpose) -> Generator {
        purpose.rng(self.seed, self.step.0 as usize)
    }
}

/// `count` numbers of U(−bound, bound); zeros if the bound is not positive and finite.
pub(crate) fn uniform(count: usize, bound: f64, rng: &mut Generator) -> Vec<f32> {
    let Ok(distribution) = Uniform::new(-bound, bound) else { return vec![0.0; count] };
    distribution.sample_iter(rng).take(count).map(|value| value as f32).collect()
}

/// `count` numbers of N(0, std²), rounded to f32; zeros if `std` is not finite.
pub(crate) fn normal(count: usize, std: f64, rng: &mut Generator) -> Vec<f32> {
    let Ok(distribution) = Normal::new(0.0, std) else { return vec![0.0; count] };
    distribution.sample_iter(rng).take(count).map(|value| value as f32).collect()
}

/// `count` numbers of N(0, 1) in full precision.
pub(crate) fn standard_normal(count: usize, rng: &mut Generator) -> Vec<f64> {
    StandardNormal.sample_iter(rng).take(count).collect()
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    const PURPOSES: [Purpose; 8] = [
        Purpose::Weight,
        Purpose::Bias,
        Purpose::Order,
        Purpose::Noise,
        Purpose::Augmentation,
        Purpose::Split,
        Purpose::Depth,
        Purpose::Diffusion,
    ];

    #[test]
    fn no_two_of_seed_purpose_and_index_share_a_stream() {
        let mut first: Vec<u64> = PURPOSES
            .iter()
            .flat_map(|purpose| [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(seed, index)| (*purpose, seed, index)))
            .map(|(purpose, seed, index)| purpose.rng(seed, index).next_u64())
            .collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 4 * PURPOSES.len());
    }

    #[test]
    fn the_streams_of_earlier_runs_stay_the_same() {
        let expected: [u64; 8] = [
            11_504_941_655_669_546_796,
            3_083_238_304_064_785_048,
            10_385_403_997_040_935_381,
            15_562_348_430_492_766_027,
            3_786_713_148_877_459_146,
            2_810_609_995_707_214_466,
            174_750_271_466_083_316,
            7_982_165_146_520_148_333,
        ];
        assert_eq!(PURPOSES.map(|purpose| purpose.rng(3, 7).next_u64()), expected);
    }

    #[test]
    fn a_normal_number_is_the_same_whatever_the_function_that_draws_it() {
        let mut rngs = [(); 2].map(|()| Purpose::Noise.rng(1, 1));
        let exact = standard_normal(100, &mut rngs[0]);
        assert_eq!(normal(100, 1.0, &mut rngs[1]), exact.iter().map(|value| *value as f32).collect::<Vec<f32>>());
    }

    #[test]
    fn a_deviation_or_bound_that_is_not_finite_gives_zeros() {
        let mut rng = Purpose::Weight.rng(1, 1);
        assert_eq!(normal(2, f64::NAN, &mut rng), [0.0; 2]);
        assert_eq!(uniform(2, f64::INFINITY, &mut rng), [0.0; 2]);
    }
}
