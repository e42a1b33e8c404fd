//! The normalization N of a transformer, which is optional.

use burn::prelude::Device;
use burn::tensor::Tensor;

use crate::config::{LaneConfig, Norm, NormOrder, Wiring};
use crate::stack::normalization::Normalization;

/// N of a lane; `None` if it has none. DeepNorm needs one whatever the settings say.
pub(super) fn norm(lane: &LaneConfig, device: &Device) -> Option<Normalization> {
    match (lane.order_of_norms(), lane.wiring, lane.norm) {
        (NormOrder::None, ..) => None,
        (_, Wiring::DeepNorm, Norm::None) => Normalization::of_units(Norm::Layer, lane.width, device),
        (_, _, norm) => Normalization::of_units(norm, lane.width, device),
    }
}

/// N(x), or x if there is no N.
pub(super) fn normalized(norm: Option<&Normalization>, x: Tensor<3>) -> Tensor<3> {
    match norm {
        Some(norm) => norm.forward(x),
        None => x,
    }
}
