//! Factor of the weight matrices in the branch's gain: ‖v Wᵀ‖/‖v‖, v the signal at the matrix' output.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_weight",
    symbol: "gain W",
    ascii: "gain W",
    meaning: "factor by which the weight matrix changes the signal",
    formula: "‖v Wᵀ‖ / ‖v‖, v = signal that arrives at the matrix; several factors multiply",
    edge_cases: "absent if the block has no weight matrix or v = 0",
    healthy: "σ_w of the initialization: 0.58 default, 1 Xavier, 1.41 Kaiming",
    source: "Glorot & Bengio 2010",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.weight
}
