//! Factor of the normalizations in the branch's gain: ‖J_Nᵀ v‖/‖v‖, v the signal at the normalization's output.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_norm",
    symbol: "gain N",
    ascii: "gain norm",
    meaning: "what the normalization makes of the signal",
    formula: "‖J_Nᵀ v‖ / ‖v‖, v the signal that arrives at the normalization; several multiply",
    edge_cases: "absent where the block has no normalization or v = 0",
    healthy: "near 1 over the deviation of what is normalized",
    source: "Yang et al. 2019, A Mean Field Theory of Batch Normalization",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.norm
}
