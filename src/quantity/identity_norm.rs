//! Identity channel: ‖J_Iᵀ δ_{l+1}‖_F, what comes back through the skip connection (or the projection, gate or mixing in
//! its place), shape [B, …]. Measured, never by subtraction.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "identity_norm",
    symbol: "‖Jᵢᵀδ‖",
    ascii: "|dL/dx| skip",
    meaning: "the signal that comes back through the skip connection",
    formula: "‖J_Iᵀ δ_{l+1}‖_F; J_I is the identity, or the projection, gate or mixing that stands in its place",
    edge_cases: "absent for a block without a skip connection, for stem and head; of a block that stochastic depth left out all of the signal",
    healthy: "near ‖δ_{l+1}‖: the skip connection hands on what it gets",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.identity_signal.map(super::Moments::norm)
}
