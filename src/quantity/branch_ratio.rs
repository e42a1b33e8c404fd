//! Branch against input: ‖s·F(x)‖_F/‖x‖_F, shape [B, …]: how far the block is from the identity ("F(x) ≈ 0").

use super::definition::{Axis, Definition};
use super::sample::LayerSample;
use crate::measurement::Measurement;

pub(super) const DEFINITION: Definition = Definition {
    name: "branch_ratio",
    symbol: "‖sF(x)‖/‖x‖",
    ascii: "|sF|/|x|",
    meaning: "how far the block is from the identity: size of the branch relative to its input",
    formula: "‖s·F(x_l)‖_F / ‖x_l‖_F",
    edge_cases: "absent for a plain block, if ‖x‖ = 0, and for a transformer block with a normalization after its \
                 sums",
    healthy: "well below 1 in a deep residual stack; about 1/√depth keeps the sum of all branches bounded",
    source: "He et al. 2016, Identity Mappings",
    axis: Axis::Log,
    measured_with: Measurement::Layers,
    estimate,
};

fn estimate(sample: &LayerSample) -> Option<f64> {
    let input = sample.input?.norm();
    let branch = sample.branch?.norm();
    (input != 0.0).then(|| branch / input)
}
