//! Relative update: ‖Δθ‖/‖θ‖ of one optimizer step, healthy near 1e-3. Absent when ‖θ‖ = 0.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "update_ratio",
    symbol: "‖Δθ‖/‖θ‖",
    ascii: "|dw|/|w|",
    meaning: "relative change of the parameters by one optimizer step; healthy near 1e-3, 0 = not moving",
    formula: "‖θ_after − θ_before‖ / ‖θ_before‖",
    edge_cases: "absent if ‖θ‖ = 0 or the step was not applied",
    healthy: "1e-4 to 1e-1 (TheDeepChecker), near 1e-3 (Karpathy); 0 = not moving",
    source: "CS231n; Karpathy 2022",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let weight = sample.weight?.norm();
    let update = sample.update?.norm();
    (weight != 0.0).then(|| update / weight)
}
