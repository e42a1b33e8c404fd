//! Non-finite: a value is NaN or ±∞. The first in the order in which a step computes them is where it began; the loss
//! comes at the end of the forward pass.

use super::super::lane_step::LaneStep;
use super::super::missing::Missing;
use super::super::pass::first_not_finite;
use super::super::rule::{Rule, RuleDefinition, Verdict};
use super::super::symptom::{Figure, Severity, Symptom};
use crate::quantity::Quantity;

pub(super) const DEFINITION: RuleDefinition = RuleDefinition {
    name: "non-finite",
    meaning: "a value is NaN or infinite, and from there every value that depends on it",
    formula: "the first of act_rms (stem to head), loss, signal_norm, grad_norm (head to stem), weight_norm, \
              update_ratio (stem to head) that is NaN or ±∞",
    thresholds: &[],
    cause: "the learning rate is too large for the depth, the activations overflow, or the data hold NaN",
    remedy: "a smaller --lr, --warmup, --clip 1, or --branch-scale 1/sqrt(depth); the flight recorder (F) names the \
             step on which it began",
    needs: &[],
    judge: || Box::new(NonFinite),
};

struct NonFinite;

impl Rule for NonFinite {
    fn judge(&mut self, step: &LaneStep<'_>) -> Verdict {
        let first = first_not_finite(|quantity| step.row(quantity));
        let in_forward_pass = first.filter(|(quantity, ..)| *quantity == Quantity::ActRms);
        let loss = step.record.loss.filter(|loss| !loss.is_finite());
        let (name, value, rows) = match (in_forward_pass, loss, first) {
            (Some((quantity, layer, value)), ..) | (None, None, Some((quantity, layer, value))) => {
                (quantity.name(), value, Some([layer; 2]))
            }
            (None, Some(loss), _) => ("loss", loss, None),
            (None, None, None) if step.record.is_measured() => return Verdict::Clear,
            (None, None, None) => return Verdict::TooEarly(Missing::Step),
        };
        let figures = vec![Figure { name, value: f64::from(value), limit: None }];
        Verdict::Found(Symptom { severity: Severity::Error, rows, figures })
    }
}
