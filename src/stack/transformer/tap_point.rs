//! The place in a pass where a transformer's block reads what passes.

use burn::tensor::Tensor;

use crate::probe::Taps;
use crate::quantity::StepKind;
use crate::units::LayerId;

/// Where a block reads what passes.
#[derive(Clone, Copy)]
pub struct TapPoint<'a> {
    /// The taps of the pass.
    pub taps: &'a Taps,
    /// The block's row.
    pub layer: LayerId,
}

impl TapPoint<'_> {
    pub(super) fn step<const D: usize>(self, kind: StepKind, x: Tensor<D>) -> Tensor<D> {
        self.taps.step(self.layer, kind, x)
    }
}
