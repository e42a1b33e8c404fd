//! Identity channel: ‖J_Iᵀ δ_{l+1}‖_F, the signal that comes back through the skip connection (or the projection, gate
//! or mixing that replaces it), shape [B, …]. It is measured, never computed by subtraction.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "identity_norm",
    symbol: "‖Jᵢᵀδ‖",
    ascii: "|dL/dx| skip",
    meaning: "part of the signal that comes back through the skip connection",
    formula: "‖J_Iᵀ δ_{l+1}‖_F; J_I is the identity, or the projection, gate or mixing that replaces it",
    edge_cases: "absent for a block without a skip connection, for stem and head; the whole signal for a block that stochastic depth skipped",
    healthy: "near ‖δ_{l+1}‖: the skip connection passes the signal on unchanged",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.identity_signal.map(super::Moments::norm)
}
