//! Forward scale: rms of the layer's input, ‖x_l‖_F/√numel, shape [B, …], whole batch.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "act_rms",
    symbol: "rms(x)",
    ascii: "rms(x)",
    meaning: "forward scale: rms of the activations at the layer's input",
    formula: "‖x_l‖_F / √numel(x_l)",
    edge_cases: "absent if the input is not observed",
    healthy: "0.5 to 2 (TheDeepChecker, standard deviation of activations)",
    source: "Poole et al. 2016",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.input.and_then(super::Moments::rms)
}
