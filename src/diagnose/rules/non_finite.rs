//! Non-finite: a value is NaN or ±∞. The first row in the order in which a step computes them is where it began.
//!
//! ```text
//! forward, stem → head    act_rms, then the loss
//! backward, head → stem   signal_norm, grad_norm
//! update, stem → head     weight_norm, update_ratio
//! ```

use super::super::lane_step::LaneStep;
use super::super::rule::{Missing, Rule, RuleDefinition, Verdict};
use super::super::symptom::{Figure, Severity, Symptom};
use crate::quantity::Quantity;
use crate::units::LayerId;

/// The quantities that are read, in the order in which a step computes them; `true` if from the head backward.
const ORDER: [(Quantity, bool); 5] = [
    (Quantity::ActRms, false),
    (Quantity::SignalNorm, true),
    (Quantity::GradNorm, true),
    (Quantity::WeightNorm, false),
    (Quantity::UpdateRatio, false),
];

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
        let loss = step.record.loss.filter(|loss| !loss.is_finite());
        let found = |name: &'static str, value: f32, rows| {
            let figures = vec![Figure { name, value: f64::from(value), limit: None }];
            Verdict::Found(Symptom { severity: Severity::Error, rows, figures })
        };
        if let Some(loss) = loss.filter(|_| !step.record.is_measured()) {
            return found("loss", loss, None);
        }
        if !step.record.is_measured() {
            return Verdict::TooEarly(Missing::Step);
        }
        for (quantity, is_backward) in ORDER {
            if let Some((row, value)) = first_bad(step, quantity, is_backward) {
                return found(quantity.name(), value, Some([row; 2]));
            }
            // The forward pass ends with the loss.
            if let Some(loss) = loss.filter(|_| quantity == Quantity::ActRms) {
                return found("loss", loss, None);
            }
        }
        Verdict::Clear
    }
}

fn first_bad(step: &LaneStep<'_>, quantity: Quantity, is_backward: bool) -> Option<(LayerId, f32)> {
    let row = step.row(quantity)?;
    let mut bad = (0..).map(LayerId).zip(row).filter_map(|(layer, value)| {
        let value = value.get().filter(|value| !value.is_finite())?;
        Some((layer, value))
    });
    if is_backward { bad.last() } else { bad.next() }
}
