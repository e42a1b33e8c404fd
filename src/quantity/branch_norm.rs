//! Branch channel: ‖s·J_Fᵀ δ_{l+1}‖_F, the signal that comes back through F, shape [B, …]; in a plain block it is the
//! whole signal, except for what comes back by a long skip connection ([`super::long_skip_norm`]).

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "branch_norm",
    symbol: "‖sJ_Fᵀδ‖",
    ascii: "|dL/dx| branch",
    meaning: "part of the signal that comes back through the branch; all of it in a plain block without a long skip",
    formula: "‖s·J_Fᵀ δ_{l+1}‖_F",
    edge_cases: "absent for stem and head, and if stochastic depth skipped the block; NaN and ±Inf stay",
    healthy: "below the identity channel in a deep residual stack",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.branch_signal.map(super::Moments::norm)
}
