//! Distance from initialization: ‖θ_t − θ_0‖/‖θ_0‖ after the step, over all parameters of the layer. Has it learned at all?

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "distance",
    symbol: "‖θ−θ₀‖/‖θ₀‖",
    ascii: "|w-w0|/w0",
    meaning: "how far the layer has moved from where it started: has it learned at all?",
    formula: "‖θ_t − θ_0‖₂ / ‖θ_0‖₂ over all parameters of the layer, θ_t after the step",
    edge_cases: "absent where ‖θ_0‖ = 0; exact 0 = not moving",
    healthy: "rises early, then levels off",
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
