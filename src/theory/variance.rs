//! Variances of a block's initial weights and biases, as the theory counts them.
//!
//! | init | σ_w² = n·Var(W_ij) | σ_b² = Var(b_i) |
//! |---|---|---|
//! | default, U(±1/√n) | 1/3 | 1/(3n) |
//! | kaiming, N(0, 2/n) | 2 | 0 |
//! | xavier, N(0, 2/(n + n)) | 1 | 0 |
//! | orthogonal:g, delta-orthogonal:g | g² | 0 |
//! | normal:σ | n·σ² | 0 |
//!
//! n is the fan-in of a block, the width: its matrix is square.

use crate::config::{Bias, Init, LaneConfig};

/// σ_w² and σ_b².
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Variance {
    pub(super) weight: f64,
    pub(super) bias: f64,
}

impl Variance {
    pub(super) fn of(lane: &LaneConfig) -> Self {
        let fan_in = lane.width as f64;
        let weight = match lane.init {
            Init::Default => 1.0 / 3.0,
            // The part of Fixup that is not 0.
            Init::Kaiming | Init::Fixup => 2.0,
            // LSUV scales the weights by their effect on the data, which no theory predicts.
            Init::Xavier | Init::Lsuv => 1.0,
            Init::Orthogonal(gain) | Init::DeltaOrthogonal(gain) => gain.powi(2),
            Init::Normal(std) => fan_in * std.powi(2),
        };
        let bias = match (lane.init, lane.family.bias()) {
            (Init::Default, Bias::On) => 1.0 / (3.0 * fan_in),
            _ => 0.0,
        };
        Self { weight, bias }
    }
}
