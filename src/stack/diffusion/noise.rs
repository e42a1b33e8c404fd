//! The noise schedule: how noise replaces a picture over the timesteps t = 1 … T.
//!
//! ```text
//! x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε,   ε ~ N(0, 1)
//! linear   ᾱ_t = Π (1 − β_s),  β from 1e-4 to 0.02 in equal steps
//! cosine   ᾱ_t = f(t)/f(0),    f(t) = cos²((t/T + 0.008)/1.008 · π/2), each β at most 0.999
//! ```
//!
//! Ho et al. 2020, Denoising Diffusion Probabilistic Models (arXiv 2006.11239): linear. Nichol & Dhariwal 2021, Improved
//! Denoising Diffusion Probabilistic Models (arXiv 2102.09672): cosine.

use std::f64::consts::FRAC_PI_2;

use crate::config::NoiseSchedule;

/// T, the number of timesteps.
pub const TIMES: usize = 1000;

/// ᾱ_t for every t.
#[derive(Clone, Debug, PartialEq)]
pub struct Noising {
    /// ᾱ_0 … ᾱ_T; the first is 1.
    kept: Vec<f64>,
}

impl Noising {
    /// The values of a schedule.
    #[must_use]
    pub fn of(schedule: NoiseSchedule) -> Self {
        let beta = |time: usize| match schedule {
            NoiseSchedule::Linear => {
                const ENDS: [f64; 2] = [1e-4, 0.02];
                ENDS[0] + (ENDS[1] - ENDS[0]) * (time - 1) as f64 / (TIMES - 1) as f64
            }
            NoiseSchedule::Cosine => {
                /// Keeps the last timesteps from being singular.
                const MOST: f64 = 0.999;
                (1.0 - cosine(time) / cosine(time - 1)).min(MOST)
            }
        };
        let mut kept = vec![1.0];
        for time in 1..=TIMES {
            kept.push(kept[time - 1] * (1.0 - beta(time)));
        }
        Self { kept }
    }

    /// ᾱ_t, the share of the picture in the variance of x_t; t up to [`TIMES`].
    #[must_use]
    pub(crate) fn kept(&self, time: usize) -> f64 {
        self.kept[time.min(TIMES)]
    }

    /// √ᾱ_t and √(1 − ᾱ_t).
    #[must_use]
    pub fn shares(&self, time: usize) -> [f64; 2] {
        let kept = self.kept(time);
        [kept.sqrt(), (1.0 - kept).sqrt()]
    }
}

/// f(t).
fn cosine(time: usize) -> f64 {
    /// Keeps the first steps from being too small.
    const OFFSET: f64 = 0.008;
    ((time as f64 / TIMES as f64 + OFFSET) / (1.0 + OFFSET) * FRAC_PI_2).cos().powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_drowns_as_the_papers_have_it() {
        let [linear, cosine] = [NoiseSchedule::Linear, NoiseSchedule::Cosine].map(Noising::of);
        for noising in [&linear, &cosine] {
            assert_eq!(noising.kept(0), 1.0);
            assert!((1..=TIMES).all(|time| noising.kept(time) < noising.kept(time - 1)));
        }
        // Ho et al.: ᾱ_T = 4e-5; the cosine is near one half in the middle and next to nothing at the end.
        assert!((linear.kept(1) - 0.9999).abs() < 1e-12 && (linear.kept(TIMES) / 4.036e-5 - 1.0).abs() < 1e-3);
        assert!((cosine.kept(TIMES / 2) - 0.4938).abs() < 1e-3 && cosine.kept(TIMES) < 1e-8);
        let [picture, noise] = linear.shares(300);
        assert!((picture * picture + noise * noise - 1.0).abs() < 1e-12);
    }
}
