//! Gradient norm of a layer: ‖g‖₂ = √Σ gᵢ² over all its parameters, before clipping. NaN in, NaN out.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "grad_norm",
    symbol: "‖g‖",
    ascii: "|g|",
    meaning: "norm of the loss gradient with respect to the layer's parameters",
    formula: "‖g‖₂ = √Σ g² over all parameters of the layer, before clipping",
    edge_cases: "absent if the layer received no gradient; NaN and ±Inf stay",
    healthy: "no published range: it depends on layer size and loss scale; compare layers, and with signal_norm",
    source: "Glorot & Bengio 2010",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.grad.map(super::Moments::norm)
}
