//! Exploding: the signal grows on its way back through the stack, so that early blocks get steps that are far too large.
//!
//! ```text
//! growth = max over l < m of ‖δ_l‖/‖δ_m‖     ill above 1e4, healed below 3e3
//! ```
//!
//! A residual stack at its initialization grows by a few per cent per block without harm, 55-fold over 50 blocks of the
//! default run: AutoTrainer's limit of 70 would call such stacks ill beyond 54 blocks.

use super::super::hysteresis::Hysteresis;
use super::super::lane_step::LaneStep;
use super::super::rule::{Rule, RuleDefinition, Threshold, Verdict};
use super::super::symptom::{Figure, Symptom};
use crate::quantity::Quantity;

/// Growth of the signal above which it explodes.
const GROWTH: f64 = 1e4;
/// Growth below which it has healed.
const BACK: f64 = 3e3;

pub(super) const DEFINITION: RuleDefinition = RuleDefinition {
    name: "exploding",
    meaning: "the gradient signal grows on its way back, so that the early blocks get steps that are far too large",
    formula: "growth = max over l < m of ‖δ_l‖/‖δ_m‖ over the blocks: the worst stretch of the stack",
    thresholds: &[Threshold {
        name: "growth",
        value: GROWTH,
        source: "nablatop; AutoTrainer (Zhang et al. 2021) has 70, which healthy residual stacks of 54 blocks reach",
    }],
    cause: "each block multiplies the signal by more than 1: weights too large, or batch normalization without a skip \
            connection",
    remedy: "--branch-scale 1/sqrt(depth) for residual stacks; a skip connection (--lane residual) beside batch \
             normalization; smaller initial weights; --clip 1",
    needs: &[Quantity::SignalNorm],
    judge: || Box::new(Exploding::default()),
};

#[derive(Default)]
struct Exploding(Hysteresis);

impl Rule for Exploding {
    fn judge(&mut self, step: &LaneStep<'_>) -> Verdict {
        let signal = match &step.signal {
            Ok(signal) => signal,
            Err(missing) => return Verdict::TooEarly(*missing),
        };
        let Some(rise) = signal.rise.filter(|rise| self.0.above(rise.factor, [GROWTH, BACK])) else {
            return Verdict::Clear;
        };
        let growth = Figure { name: "growth", value: rise.factor, limit: Some(GROWTH) };
        let figures = std::iter::once(growth).chain(signal.per_block()).collect();
        let rows = Some([step.depth[rise.low], step.depth[rise.high]]);
        Verdict::Found(Symptom { severity: step.severity(), rows, figures })
    }
}
