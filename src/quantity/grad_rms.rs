//! Gradient size per parameter: ‖g‖₂/√n, comparable between layers of different size.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "grad_rms",
    symbol: "rms(g)",
    ascii: "rms(g)",
    meaning: "gradient size per parameter, comparable between layers of different size",
    formula: "‖g‖₂ / √n, n = number of parameters of the layer",
    edge_cases: "absent if the layer received no gradient or has no parameters",
    healthy: "above 1e-7 (SageMaker: vanishing below)",
    source: "Glorot & Bengio 2010",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.grad.and_then(super::Moments::rms)
}
