//! Vanishing: the signal dies on its way back through the stack, so that early blocks cannot learn.
//!
//! ```text
//! left = min over l < m of ‖δ_l‖/‖δ_m‖       ill below 1e-3, healed above 3e-3
//! ```
//!
//! The signal is compared with itself at a higher block, never with a constant: ‖∂L/∂x‖ falls with the loss, and a lane
//! that has converged is not one that dies. Gradients of the weights prove nothing: without biases they are flat over
//! the depth of a dying stack.

use super::super::hysteresis::Hysteresis;
use super::super::lane_step::LaneStep;
use super::super::rule::{Rule, RuleDefinition, Threshold, Verdict};
use super::super::symptom::{Figure, Symptom};
use crate::quantity::Quantity;

/// Share of the signal below which it has vanished.
const LEFT: f64 = 1e-3;
/// Share above which a signal that has vanished is back.
const BACK: f64 = 3e-3;

pub(super) const DEFINITION: RuleDefinition = RuleDefinition {
    name: "vanishing",
    meaning: "the gradient signal dies on its way back, so that the early blocks cannot learn",
    formula: "left = min over l < m of ‖δ_l‖/‖δ_m‖ over the blocks: the worst stretch of the stack",
    thresholds: &[Threshold {
        name: "left",
        value: LEFT,
        source: "AutoTrainer (Zhang et al. 2021): first/last < 1e-3, here over the worst stretch and of the signal",
    }],
    cause: "each block multiplies the signal by less than 1, and nothing leads around it: 0.9 per block leaves 0.5 % \
            over 50 blocks",
    remedy: "a skip connection around each block (--lane residual); else an initialization that keeps the signal's \
             size (--init orthogonal, kaiming for ReLU), or fewer blocks",
    needs: &[Quantity::SignalNorm],
    judge: || Box::new(Vanishing::default()),
};

#[derive(Default)]
struct Vanishing(Hysteresis);

impl Rule for Vanishing {
    fn judge(&mut self, step: &LaneStep<'_>) -> Verdict {
        let signal = match &step.signal {
            Ok(signal) => signal,
            Err(missing) => return Verdict::TooEarly(*missing),
        };
        let fall = signal.fall;
        if !self.0.below(fall.factor, [LEFT, BACK]) {
            return Verdict::Clear;
        }
        // Every block whose signal is that small beside the one at which the stretch begins.
        let source = signal.values[fall.high].map_or(0.0, f64::from);
        let is_gone = |value: &Option<f32>| value.is_some_and(|value| f64::from(value) < LEFT * source);
        let gone = |place: Option<usize>| step.depth[place.unwrap_or(fall.low)];
        let rows = [gone(signal.values.iter().position(is_gone)), gone(signal.values.iter().rposition(is_gone))];
        let left = Figure { name: "left", value: fall.factor, limit: Some(LEFT) };
        let figures = std::iter::once(left).chain(signal.per_block()).collect();
        Verdict::Found(Symptom { severity: step.severity(), rows: Some(rows), figures })
    }
}
