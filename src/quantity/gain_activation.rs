//! Factor of the activation derivatives in the branch's gain: ‖φ′ ⊙ v‖/‖v‖, v the signal behind the weight matrix.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_activation",
    symbol: "gain φ′",
    ascii: "gain act",
    meaning: "factor by which the derivative of the activation changes the signal",
    formula: "‖φ′(x) ⊙ v‖ / ‖v‖, v = signal that arrives at the activation; several factors multiply",
    edge_cases: "absent if the block has no activation or v = 0",
    healthy: "1 for the identity; √½ for relu with half of its units active",
    source: "Glorot & Bengio 2010",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.activation
}
