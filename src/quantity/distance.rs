//! Distance from initialization: ‖θ_t − θ_0‖/‖θ_0‖ after the step, over all parameters of the layer. It shows whether
//! the layer has learned.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "distance",
    symbol: "‖θ−θ₀‖/‖θ₀‖",
    ascii: "|w-w0|/w0",
    meaning: "how far the parameters have moved from their initial values: has the layer learned?",
    formula: "‖θ_t − θ_0‖₂ / ‖θ_0‖₂ over all parameters of the layer, θ_t after the step",
    edge_cases: "absent if ‖θ_0‖ = 0; exactly 0 = not moving",
    healthy: "it rises early, then levels off",
    source: "Cockpit (Schneider et al. 2021), Distance",
    axis: Axis::Log,
    measured_with: Measurement::Histograms,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let initial = sample.initial?.norm();
    let drift = sample.drift?.norm();
    (initial != 0.0).then(|| drift / initial)
}
