//! The backward signal: ‖δ_l‖_F with δ_l = ∂L/∂x_l at the layer's input, shape [B, …], whole batch.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "signal_norm",
    symbol: "‖∂L/∂x‖",
    ascii: "|dL/dx|",
    meaning: "norm of the gradient at the layer's input: it may vanish or explode over depth",
    formula: "‖δ_l‖_F, δ_l = ∂L/∂x_l over all elements of the batch",
    edge_cases: "absent for the stem; exactly 0 means that f32 underflowed or that every path is dead",
    healthy: "similar in all layers, within a factor of about 10 over the depth",
    source: "Poole et al. 2016; Schoenholz et al. 2017",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.signal.map(super::Moments::norm)
}
