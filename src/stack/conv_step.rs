//! A convolution with its normalization and the shifts of Fixup: `N`, `W *` and b of one op of a block.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use super::Convolution;
use super::normalization::Normalization;

/// A convolution with its normalization.
#[derive(Module, Debug)]
pub struct ConvStep {
    /// N.
    pub(crate) norm: Option<Normalization>,
    /// W.
    pub convolution: Convolution,
    /// The shifts of Fixup, which are added before φ and before W.
    pub(crate) shifts: Option<Param<Tensor<1>>>,
}

impl ConvStep {
    /// x + the n-th shift, if there are shifts.
    pub(super) fn shifted(&self, x: Tensor<4>, index: usize) -> Tensor<4> {
        match &self.shifts {
            Some(shifts) => x + shifts.val().narrow(0, index, 1).unsqueeze(),
            None => x,
        }
    }
}
