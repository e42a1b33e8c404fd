//! The place in a pass where a transformer's block reads what passes.

use burn::tensor::Tensor;

use crate::quantity::StepKind;
use crate::stack::Pass;
use crate::units::LayerId;

/// Where a block reads what passes.
#[derive(Clone, Copy)]
pub struct TapPoint<'a> {
    /// The pass that the block is part of.
    pub pass: Pass<'a>,
    /// The block's row.
    pub layer: LayerId,
}

impl TapPoint<'_> {
    pub(super) fn step<const D: usize>(self, kind: StepKind, x: Tensor<D>) -> Tensor<D> {
        self.pass.step(self.layer, kind, x)
    }
}
