//! Factor of the normalizations in the branch's gain: ‖J_Nᵀ v‖/‖v‖, v the signal at the normalization's output.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_norm",
    symbol: "gain N",
    ascii: "gain norm",
    meaning: "factor by which the normalization changes the signal",
    formula: "‖J_Nᵀ v‖ / ‖v‖, v = signal that arrives at the normalization; several factors multiply",
    edge_cases: "absent if the block has no normalization or v = 0",
    healthy: "near 1 / (standard deviation of the normalized values)",
    source: "Yang et al. 2019, A Mean Field Theory of Batch Normalization",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.norm
}
