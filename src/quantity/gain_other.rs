//! Factor of everything else in the branch's gain: the scale s, pooling, attention mixing.
//! With the other factors it telescopes to the branch's gain.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "gain_other",
    symbol: "gain s",
    ascii: "gain other",
    meaning: "factor by which the scale and all other operations of the branch change the signal",
    formula: "product of the other ratios of norms along the branch: the scale s, pooling, mixing, reading from several \
              streams and writing to them, and the points where the paths through the two sub-layers of a transformer block part or \
              meet",
    edge_cases: "absent if the block has no such operation",
    healthy: "the scale s if there is no other such operation",
    source: "Hanin & Rolnick 2018",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.factors.other
}
