//! The readings of a fused block in its backward pass, beside those of the taps around it.

use burn::backend::TensorMetadata;

use crate::probe::LayerReading;
use crate::probe::memory::{Primitive, Readable};
use crate::probe::reading::{moments, products_of};
use crate::quantity::{Moments, StepKind};

impl LayerReading {
    /// Reads the signal of a block that is only a branch: the signal behind its last op.
    pub(super) fn last_step<B: Readable>(&mut self, kind: StepKind, delta: &Primitive<B>) {
        self.step::<B>(kind, delta);
        self.signal = self.branch_signal();
        self.keep::<B>(delta);
    }

    /// Whether the signal itself is kept.
    pub(super) fn keeps(&self) -> bool {
        self.kept.is_some()
    }

    /// Reads parameter gradients of a layer, which add up.
    pub(super) fn gradient<B: Readable>(&mut self, gradient: &Primitive<B>) {
        if let Some(moments) = moments::<B>(gradient) {
            self.gradient = Some(self.gradient.map_or(moments, |so_far| so_far.and(moments)));
        }
    }

    /// Reads both channels and their sum δ_l in one pass; the branch's channel is the signal behind the `last` op of
    /// the branch.
    pub(super) fn channels<B: Readable>(&mut self, last: StepKind, identity: &Primitive<B>, branch: &Primitive<B>) {
        let Some([identity_squares, branch_squares, product, squares]) = products_of::<B>(identity, branch) else {
            return;
        };
        let count = identity.shape().num_elements() as u64;
        let moments = |sum_of_squares| Moments { sum_of_squares, count };
        self.identity_signal = Some(moments(identity_squares));
        self.channel_product = Some(product);
        self.path.push((last, moments(branch_squares)));
        self.signal = Some(moments(squares));
    }
}
