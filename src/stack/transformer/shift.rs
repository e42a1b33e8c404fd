//! The scalar shifts of Fixup (Zhang et al. 2019) in a transformer's sub-layers.

use burn::module::Param;
use burn::tensor::Tensor;

/// x + the n-th shift, if there are shifts.
pub(super) fn shifted(shifts: Option<&Param<Tensor<1>>>, index: usize, x: Tensor<3>) -> Tensor<3> {
    match shifts {
        Some(shifts) => x + shifts.val().narrow(0, index, 1).unsqueeze(),
        None => x,
    }
}
