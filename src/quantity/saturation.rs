//! Share of activations in the flat parts of φ, 0 … 1, over units × examples: |tanh| > 0.97, sigmoid outside (0.03, 0.97).

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "saturation",
    symbol: "saturated",
    ascii: "saturated",
    meaning: "share of activations in the flat parts of tanh or sigmoid",
    formula: "units × examples with |tanh| > 0.97, or sigmoid outside (0.03, 0.97) / all",
    edge_cases: "absent for other activations; NaN does not count as saturated",
    healthy: "below 0.5",
    source: "Karpathy 2022; Amazon SageMaker Debugger",
    axis: Axis::Linear,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.saturated.and_then(super::Share::fraction)
}
