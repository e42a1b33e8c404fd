//! Rotary positions: queries and keys are rotated by angles that grow with the position, so that their scalar product
//! depends only on the distance of their positions.
//!
//! ```text
//! (x_i, x_{i+d/2}) is rotated by t·10000^(−2i/d) at position t,  i = 0 … d/2 − 1
//! ```
//!
//! Su et al. 2021, RoFormer (arXiv 2104.09864), which pairs neighbours; pairs across the halves are the same after a
//! reordering of the units.

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};

/// The first pair rotates nearly this many times faster than the last.
const BASE: f64 = 10_000.0;

/// Rotates heads by their positions.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    /// [1, 1, T, d/2].
    cosine: Tensor<4>,
    /// [1, 1, T, d/2].
    sine: Tensor<4>,
}

impl Rotation {
    /// The rotation for this many positions and this width of a head.
    pub(super) fn new([length, width]: [usize; 2], device: &Device) -> Self {
        let pairs = width / 2;
        let angle = |index: usize| {
            let (position, pair) = (index / pairs, index % pairs);
            position as f64 * BASE.powf(-2.0 * pair as f64 / width as f64)
        };
        let table = |of: fn(f64) -> f64| {
            let values: Vec<f64> = (0..length * pairs).map(|index| of(angle(index))).collect();
            Tensor::from_data(TensorData::new(values, [1, 1, length, pairs]), device)
        };
        Self { cosine: table(f64::cos), sine: table(f64::sin) }
    }

    /// [B, heads, T, d] → the same, rotated.
    pub(super) fn turn(&self, x: Tensor<4>) -> Tensor<4> {
        let half = x.dims()[3] / 2;
        let first = x.clone().narrow(3, 0, half);
        let second = x.narrow(3, half, half);
        let Self { cosine, sine } = self;
        let turned = first.clone() * cosine.clone() - second.clone() * sine.clone();
        Tensor::cat(vec![turned, first * sine.clone() + second * cosine.clone()], 3)
    }
}
