//! The pass and the row with which a transformer's block places its taps.

use burn::tensor::Tensor;

use crate::quantity::StepKind;
use crate::stack::Pass;
use crate::units::LayerId;

/// The pass and the row with which a block places its taps.
#[derive(Clone, Copy)]
pub(crate) struct TapPoint<'a> {
    /// The pass that the block is part of.
    pub(crate) pass: Pass<'a>,
    /// The block's row.
    pub(crate) layer: LayerId,
}

impl TapPoint<'_> {
    pub(super) fn step<const D: usize>(self, kind: StepKind, x: Tensor<D>) -> Tensor<D> {
        self.pass.step(self.layer, kind, x)
    }
}
