//! A: causal self-attention. Every position mixes the values of its own position and of those before it.
//!
//! ```text
//! q, k, v = W_q x + b_q,  W_k x + b_k,  W_v x + b_v          in heads of d numbers each
//! A(x) = W_o·concat over heads( softmax(q kᵀ/√d + mask) v ) + b_o      mask: −∞ for later positions
//! ```
//!
//! Vaswani et al. 2017, section 3.2. Cost of the mixing O(T²·width).

use burn::module::{Module, Param};
use burn::prelude::Device;
use burn::tensor::activation::softmax;
use burn::tensor::{Tensor, TensorData};

use super::rotation::Rotation;
use super::shift::shifted;
use super::tap_point::TapPoint;
use crate::config::Positions;
use crate::quantity::StepKind;
use crate::stack::Affine;

/// A.
#[derive(Module, Debug)]
pub struct Attention {
    /// W_q, [width, width].
    pub(crate) query: Affine,
    /// W_k, [width, width].
    pub(crate) key: Affine,
    /// W_v, [width, width].
    pub(crate) value: Affine,
    /// W_o, [width, width].
    pub(crate) output: Affine,
    /// The shifts of Fixup, which are added before W_q, W_k and W_v, and before W_o.
    pub(crate) shifts: Option<Param<Tensor<1>>>,
    /// Number of heads: parts of the width that attend independently.
    #[module(skip)]
    pub(crate) heads: usize,
}

/// The causal mask, with the rotation of rotary positions; it is made once per pass and is the same in all blocks.
#[derive(Clone, Debug)]
pub(crate) struct AttentionMask {
    /// 0 for the position itself and earlier ones, −∞ for later ones, [1, 1, T, T].
    mask: Tensor<4>,
    /// The rotation by relative position, if positions are rotary.
    rotation: Option<Rotation>,
}

impl AttentionMask {
    /// A mask for this many positions and this width of a head.
    #[must_use]
    pub(crate) fn new(positions: Positions, [length, width]: [usize; 2], device: &Device) -> Self {
        let is_ahead = |index: usize| index % length > index / length;
        let mask: Vec<f32> =
            (0..length * length).map(|index| if is_ahead(index) { f32::NEG_INFINITY } else { 0.0 }).collect();
        Self {
            mask: Tensor::from_data(TensorData::new(mask, [1, 1, length, length]), device),
            rotation: (positions == Positions::Rotary).then(|| Rotation::new([length, width], device)),
        }
    }

    /// q kᵀ/√d + mask, [B, heads, T, d] each → [B, heads, T, T].
    pub(super) fn scores(&self, query: Tensor<4>, key: Tensor<4>) -> Tensor<4> {
        let width = query.dims()[3] as f64;
        let [query, key] = [query, key].map(|vectors| match &self.rotation {
            Some(rotation) => rotation.turn(vectors),
            None => vectors,
        });
        query.matmul(key.transpose()).mul_scalar(width.sqrt().recip()) + self.mask.clone()
    }
}

impl Attention {
    /// [B, T, width] → [B, T, width].
    #[must_use]
    pub(crate) fn forward(&self, x: Tensor<3>, mask: &AttentionMask, spot: TapPoint<'_>) -> Tensor<3> {
        let [rows, length, width] = x.dims();
        let x = spot.step(StepKind::Weight, shifted(self.shifts.as_ref(), 0, x));
        let [query, key, value] = [&self.query, &self.key, &self.value].map(|weights| {
            let all = spot.pass.beside(spot.layer, StepKind::Other, weights.forward_in(x.clone(), spot.pass));
            all.reshape([rows, length, self.heads, width / self.heads]).swap_dims(1, 2) // [B, heads, T, d]
        });
        let shares = softmax(mask.scores(query, key), 3); // [B, heads, T, T]
        let mixed = shares.matmul(value).swap_dims(1, 2).reshape([rows, length, width]);
        self.output.forward_in(spot.step(StepKind::Weight, shifted(self.shifts.as_ref(), 1, mixed)), spot.pass)
    }
}
