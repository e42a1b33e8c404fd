//! Backward gain of a block: ‖δ_l‖/‖δ_{l+1}‖, 1 = preserved. Absent where ‖δ_{l+1}‖ = 0.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain",
    symbol: "‖δₗ‖/‖δₗ₊₁‖",
    ascii: "gain",
    meaning: "factor by which a block amplifies (> 1) or attenuates (< 1) the returning signal",
    formula: "‖δ_l‖ / ‖δ_{l+1}‖; the product over the blocks is the composite gain",
    edge_cases: "absent for stem and head, and if ‖δ_{l+1}‖ = 0",
    healthy: "near 1; 0.9 per block leaves 0.5 % over 50 blocks",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let next = sample.next_signal?.norm();
    let signal = sample.signal?.norm();
    (next != 0.0).then(|| signal / next)
}
