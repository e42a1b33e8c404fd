//! Long-skip channel: norm of the gradient that comes back to x_l through a long skip connection, shape [B, …]: in a
//! U-Net from the decoder to the encoder, δ_l = J_Iᵀδ_{l+1} + s·J_Fᵀδ_{l+1} + this.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "long_skip_norm",
    symbol: "‖δ long skip‖",
    ascii: "|dL/dx| long skip",
    meaning: "part of the signal that comes back by a U-Net's long skip, from the decoder to the encoder",
    formula: "‖∂L/∂x_l through the long skip that begins at x_l‖_F; identity + branch + long skip = δ_l",
    edge_cases: "absent if no long skip begins at the block's input; NaN and ±Inf stay",
    healthy: "no published range; near ‖δ_l‖ the blocks between both ends hardly matter",
    source: "Ronneberger et al. 2015, U-Net; Ho et al. 2020, arXiv 2006.11239",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.long_skip_signal.map(super::Moments::norm)
}
