//! Branch channel: ‖s·J_Fᵀ δ_{l+1}‖_F, what comes back through F, shape [B, …]; of a plain block all of the signal.

use super::{Axis, Cadence, Definition, LayerSample};

pub(super) const DEFINITION: Definition = Definition {
    name: "branch_norm",
    symbol: "‖sJ_Fᵀδ‖",
    ascii: "|dL/dx| branch",
    meaning: "the signal that comes back through the branch; all of it in a plain block",
    formula: "‖s·J_Fᵀ δ_{l+1}‖_F",
    edge_cases: "absent for stem and head; NaN and ±Inf stay",
    healthy: "below the identity channel in a deep residual stack",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    cadence: Cadence::Always,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    sample.branch_signal.map(super::Moments::norm)
}
