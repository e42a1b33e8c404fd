//! The value of a lane at a step: a number or a range, exact while the step is recent, later from the smallest to the
//! largest of its bucket.

use crate::history::{CellValue, Scalar, Summary};
use crate::number;
use crate::quantity::Quantity;
use crate::tui::scene::LaneRef;
use crate::tui::theme::Role;
use crate::units::{LayerId, Step};

/// Replaces "not moving" where that does not fit.
pub(super) const STILL: &str = "0 still";

/// A number or a range in words, and whether it is exact.
pub(super) struct Shown {
    pub(super) text: String,
    /// Replaces the text where that does not fit.
    pub(super) short: Option<&'static str>,
    pub(super) is_exact: bool,
    pub(super) role: Option<Role>,
}

pub(super) fn value_at(lane: &LaneRef<'_>, quantity: Quantity, layer: LayerId, step: Step) -> Option<Shown> {
    match lane.history.known(quantity, layer, step)? {
        CellValue::Exactly(value) => Some(exactly(quantity, value)),
        CellValue::Roughly(summary) => summarized(quantity, &summary),
    }
}

fn exactly(quantity: Quantity, value: f32) -> Shown {
    let role = (!value.is_finite()).then_some(Role::Bad);
    if value == 0.0 && matches!(quantity, Quantity::UpdateRatio | Quantity::Distance) {
        return Shown { text: "not moving".to_owned(), short: Some(STILL), is_exact: true, role };
    }
    Shown { text: one(quantity, value), short: None, is_exact: true, role }
}

/// One value in the notation of its quantity: a gain is a factor.
fn one(quantity: Quantity, value: f32) -> String {
    match quantity {
        Quantity::Gain if value.is_finite() && value != 0.0 => number::factor(f64::from(value)),
        _ => number::value(f64::from(value)),
    }
}

fn summarized(quantity: Quantity, summary: &Summary) -> Option<Shown> {
    if summary.non_finite > 0 {
        let text = format!("{} not fin.", summary.non_finite);
        return Some(Shown { text, short: None, is_exact: false, role: Some(Role::Bad) });
    }
    let (least, largest) = (summary.min?, summary.max?);
    let mut shown = range(least, largest, summary.count);
    if quantity == Quantity::Gain {
        // Both ends are factors: one sign before the first is enough.
        shown.text = match shown.text.split_once('…') {
            Some(_) => format!("×{}", shown.text),
            None => one(quantity, largest),
        };
    }
    Some(shown)
}

fn range(least: f32, largest: f32, count: u32) -> Shown {
    let (low, high) = (number::magnitude(f64::from(least)), number::magnitude(f64::from(largest)));
    if least == largest || low == high {
        return Shown { text: number::value(f64::from(largest)), short: None, is_exact: count == 1, role: None };
    }
    Shown { text: format!("{low}…{high}"), short: None, is_exact: false, role: None }
}

pub(super) fn scalar_at(lane: &LaneRef<'_>, scalar: Scalar, step: Step) -> Option<Shown> {
    let bucket = lane.history.scalar(scalar, step.0..step.0 + 1, 1).first().copied().flatten()?;
    if bucket.count == 1 || bucket.min == bucket.max {
        let text = match scalar {
            Scalar::Accuracy => number::percent(f64::from(bucket.last)),
            Scalar::LearningRate => number::rate(number::shortest(bucket.last)),
            _ => number::value(f64::from(bucket.last)),
        };
        let role = (!bucket.last.is_finite()).then_some(Role::Bad);
        return Some(Shown { text, short: None, is_exact: bucket.count == 1, role });
    }
    if bucket.non_finite > 0 {
        let text = format!("{} not fin.", bucket.non_finite);
        return Some(Shown { text, short: None, is_exact: false, role: Some(Role::Bad) });
    }
    if scalar == Scalar::Accuracy {
        let text = format!("{:.0}…{:.0} %", bucket.min * 100.0, bucket.max * 100.0);
        return Some(Shown { text, short: None, is_exact: false, role: None });
    }
    Some(range(bucket.min, bucket.max, bucket.count))
}

/// Whether a lane has classes, judged by whether it has an accuracy.
pub(super) fn has_classes(lane: &LaneRef<'_>, step: Step) -> bool {
    scalar_at(lane, Scalar::Accuracy, step).is_some() || lane.history.evals().iter().any(|eval| eval.accuracy.is_some())
}

/// The last evaluation at or before the step: the accuracy or, for a lane without classes, the loss, which is labelled
/// if other lanes have classes.
pub(super) fn evaluated(lane: &LaneRef<'_>, step: Step, others_have_classes: bool) -> Option<Shown> {
    let eval = lane.history.evals().iter().rev().find(|eval| eval.step <= step)?;
    let role = (!eval.loss.is_finite()).then_some(Role::Bad);
    let text = match eval.accuracy {
        Some(share) => number::percent(f64::from(share)),
        None if others_have_classes => format!("loss {}", number::value(f64::from(eval.loss))),
        None => number::value(f64::from(eval.loss)),
    };
    Some(Shown { text, short: None, is_exact: true, role })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_a_factor_whether_of_a_step_or_of_several() {
        let words_for = |quantity, min, max| {
            let summary = Summary {
                steps: 1..10,
                min: Some(min),
                max: Some(max),
                mean: None,
                last: None,
                count: 9,
                non_finite: 0,
            };
            summarized(quantity, &summary).map(|shown| shown.text)
        };
        assert_eq!(exactly(Quantity::Gain, 1.45).text, "×1.45");
        assert_eq!(words_for(Quantity::Gain, 0.352, 0.352).as_deref(), Some("×0.35"));
        assert_eq!(words_for(Quantity::Gain, 0.23, 0.28).as_deref(), Some("×0.23…0.28"));
        assert_eq!(words_for(Quantity::ActRms, 0.23, 0.28).as_deref(), Some("0.23…0.28"));
        assert_eq!(words_for(Quantity::ActRms, 0.352, 0.352).as_deref(), Some("0.352"));
    }
}
