//! Cosine of the two channels, −1 … 1: ⟨J_Iᵀδ, s·J_Fᵀδ⟩/(‖J_Iᵀδ‖·‖s·J_Fᵀδ‖) over all elements of the batch.
//!
//! −1 means that the branch cancels the identity: 1 + ∂F/∂x is not a guaranteed lower bound, and this value shows when
//! it fails.

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "channel_cosine",
    symbol: "cos(I,F)",
    ascii: "cos(I,F)",
    meaning: "cosine of the angle between the two channels: −1 = the branch cancels the skip connection",
    formula: "⟨J_Iᵀδ, s·J_Fᵀδ⟩ / (‖J_Iᵀδ‖·‖s·J_Fᵀδ‖), δ = δ_{l+1}",
    edge_cases: "absent for a plain block, if stochastic depth skipped the block, and if either channel is 0",
    healthy: "near 0 at the start; near −1 the skip connection no longer helps",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Linear,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let product = sample.channel_product?;
    let norms = sample.identity_signal?.norm() * sample.branch_signal?.norm();
    (norms != 0.0).then(|| product / norms)
}
