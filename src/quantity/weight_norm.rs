//! Parameter norm of a layer: ‖θ‖₂, before the optimizer's step.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "weight_norm",
    symbol: "‖θ‖",
    ascii: "|w|",
    meaning: "norm of the layer's parameters before the step",
    formula: "‖θ‖₂ over all parameters of the layer",
    edge_cases: "absent if the layer has no parameters",
    healthy: "no published range; unlimited growth is a warning",
    source: "Krogh & Hertz 1991",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.weight.map(super::Moments::norm)
}
