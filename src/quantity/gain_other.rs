//! Factor of everything else in the branch's gain: the scale s, pooling, attention mixing.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_other",
    symbol: "gain s",
    ascii: "gain other",
    meaning: "what the scale and all other steps of the branch make of the signal",
    formula: "product of the remaining ratios of norms along the branch: the scale s, pooling, mixing, reading from several \
              streams and writing to them, and where the ways through the two halves of a transformer's block part or \
              meet",
    edge_cases: "absent where the block has no such step",
    healthy: "the scale s where there is nothing else",
    source: "Hanin & Rolnick 2018",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.other
}
