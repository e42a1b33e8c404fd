//! Share of units whose post-activation is exactly 0 for every example of the last 10 observed batches, 0 … 1.
//!
//! Deep plain stacks reach 0.4 to 0.5 at initialization, because all examples collapse onto one direction: a high value
//! alone is not a problem.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "dead_fraction",
    symbol: "dead",
    ascii: "dead",
    meaning: "share of units that were exactly 0 for every example of the last 10 observed batches",
    formula: "units with φ(x) = 0 for all elements of the last 10 observed batches / units",
    edge_cases: "absent for activations that are never 0; 0.4 to 0.5 in a deep plain stack at the start is not a problem by itself",
    healthy: "below 0.5 and not growing",
    source: "Amazon SageMaker Debugger, DeadRelu",
    axis: Axis::Linear,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.dead.and_then(super::Share::fraction)
}
