//! Finds in re-run steps the first value that is not finite, or else the first that left its usual range.
//!
//! ```text
//! before   the values of the same layer at the earlier steps, none of which left its range
//! fewer than 16 of them    more than 30 × the largest, less than 1/1000 of the least
//! else, of the last 16     16 robust deviations of ln(value) from the median, and more than 1.5 × the largest
//!                          or less than 1/1000 of the least
//! ```
//!
//! Every step is judged by those before it, with the smallest deviation so far: a value that grows, at once or step by
//! step, does not widen its own range. Exact zeros among other values are outside any range.

use std::fmt;

use super::alarm::Cause;
use crate::diagnose::pass::{self, ORDER};
use crate::event::StepRecord;
use crate::grid::Value;
use crate::layer::LayerTable;
use crate::number;
use crate::quantity::Quantity;
use crate::robust::{Spread, median};
use crate::units::{LayerId, Step};

/// The first quantities, whose range is meaningful: the update ratio of a layer that hardly moves jumps without a
/// cause.
const JUDGED: usize = 4;
/// With fewer earlier steps the deviation means little.
const ENOUGH: usize = 16;
/// Factor on the largest earlier value that is a jump then: in 9 healthy small runs, in windows of 8, 20 and 64 steps
/// from every 64th step on, one value exceeded it.
const SHORT_RISE: f64 = 30.0;
/// Robust deviations of ln(value) from its median that are a jump; the largest value in healthy runs was 15.3.
const DEVIATIONS: f64 = 16.0;
/// Minimum deviation of ln(value): a constant value has none.
const LEAST_DEVIATION: f64 = 0.1;
/// A jump exceeds the largest recent value by this factor at least: noise grows while a loss falls.
const RISE: f64 = 1.5;
/// A fall below the smallest earlier value by this factor counts: a signal falls with the loss, by 100 from one batch
/// to the next.
const FALL: f64 = 1e-3;
/// Number of consecutive zeros from the first step on after which another value is a jump: values that start at 0 by
/// design (Fixup's last weights, ReZero's α) are other than 0 after a step or two.
const LONG_ZERO: usize = 4;

/// One value of a layer at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) quantity: Quantity,
    pub(super) layer: LayerId,
    pub(super) step: Step,
}

/// What the re-run steps show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Finding {
    /// The first value that is NaN or infinite.
    NotFinite(Site),
    /// The first value that left its usual range: the median of those before, and its new value. Either may be exactly
    /// 0.
    Jump { site: Site, from: f64, to: f64 },
    /// Every value stayed in its range.
    Calm,
    /// There are fewer than two steps to compare.
    TooFew(usize),
}

impl Finding {
    /// The finding of re-run steps in order.
    pub(super) fn of(records: &[StepRecord]) -> Self {
        let measured: Vec<&StepRecord> = records.iter().filter(|record| record.is_measured()).collect();
        if let Some(site) = first_not_finite(&measured) {
            return Self::NotFinite(site);
        }
        match measured.len() {
            few @ (0 | 1) => Self::TooFew(few),
            _ => first_jump(&measured).unwrap_or(Self::Calm),
        }
    }

    /// The finding as a sentence for the user.
    fn sentence(self, cause: Cause, layers: &LayerTable) -> String {
        match self {
            Self::NotFinite(site) => {
                format!("first not finite: {} at step {}", SiteName(site, layers), count(site.step))
            }
            Self::Jump { site, from, to } => {
                let size = |value: f64| if value == 0.0 { "exactly 0".to_owned() } else { number::value(value) };
                let verb = if to > from { "jumped" } else { "fell" };
                let factor =
                    if from > 0.0 && to > 0.0 { format!(" ({})", number::factor(to / from)) } else { String::new() };
                let (place, step) = (SiteName(site, layers), count(site.step));
                format!("{place} {verb} from {} to {}{factor} at step {step}", size(from), size(to))
            }
            Self::Calm if cause == Cause::Asked => "no layer left its usual range".to_owned(),
            Self::Calm => "no layer left its usual range: the origin is unknown".to_owned(),
            Self::TooFew(0) => "no step is kept: the origin is unknown".to_owned(),
            Self::TooFew(_) => {
                "there is only one step and nothing to compare it with: the origin is unknown".to_owned()
            }
        }
    }
}

/// The note after a re-run.
pub(super) fn sentence(cause: Cause, records: &[StepRecord], layers: &LayerTable) -> String {
    let ends = records.first().zip(records.last());
    let range = ends.map_or_else(
        || "nothing was re-run".to_owned(),
        |(first, last)| {
            let nanoseconds: u64 = records.iter().map(|record| record.step_ns).sum();
            let (from, to) = (count(first.step), count(last.step));
            format!("re-ran steps {from} to {to} in detail in {:.1} s", nanoseconds as f64 / 1e9)
        },
    );
    let loss = records.last().and_then(|record| record.loss).unwrap_or(f32::NAN);
    let what = match cause {
        Cause::NotFinite => format!("the loss is {}: {range}", number::value(f64::from(loss))),
        Cause::Leap(deviations) => {
            let loss = number::value(f64::from(loss));
            let deviations = number::count(deviations.round() as u64);
            format!("the loss jumped to {loss} ({deviations} robust deviations above its median): {range}")
        }
        Cause::EarlyLeap(factor) => {
            let loss = number::value(f64::from(loss));
            format!("the loss jumped to {loss} ({} the largest loss before): {range}", number::factor(factor))
        }
        Cause::ValueNotFinite => format!("a value is no longer finite: {range}"),
        Cause::Asked => range,
    };
    format!("{what}; {}", Finding::of(records).sentence(cause, layers))
}

fn count(step: Step) -> String {
    number::count(step.0)
}

/// The first value that is NaN or infinite; `None` if all are finite.
fn first_not_finite(records: &[&StepRecord]) -> Option<Site> {
    records.iter().find_map(|record| {
        let (quantity, layer, _) = pass::first_not_finite(|quantity| cells(record, quantity))?;
        Some(Site { quantity, layer, step: record.step })
    })
}

/// Whether a value that the recorder judges is NaN or infinite. This is checked on every step.
pub(super) fn is_broken(record: &StepRecord) -> bool {
    pass::first_not_finite(|quantity| cells(record, quantity)).is_some()
}

/// The values of one quantity of one layer, step by step.
#[derive(Clone, Debug, Default)]
struct RunningRange {
    /// Logarithms of the earlier values that are not 0.
    logs: Vec<f64>,
    /// Number of earlier values that are exactly 0.
    zeros: usize,
    /// The smallest robust deviation so far.
    deviation: Option<f64>,
}

impl RunningRange {
    /// Whether a value left the range of the earlier ones: returns their median. Otherwise the value joins them.
    fn left_by(&mut self, value: f64) -> Option<f64> {
        let usual = if self.logs.is_empty() { 0.0 } else { median(&mut self.logs.clone()).exp() };
        if value == 0.0 {
            self.zeros += 1;
            return (self.zeros == 1 && !self.logs.is_empty()).then_some(usual);
        }
        let log = value.ln();
        let found = if self.logs.is_empty() { self.zeros >= LONG_ZERO } else { self.is_out(log) };
        self.logs.push(log);
        found.then_some(usual)
    }

    /// Whether a logarithm is outside the range of the earlier ones, of which there is at least one.
    fn is_out(&mut self, log: f64) -> bool {
        let largest = |logs: &[f64]| logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = |logs: &[f64]| logs.iter().copied().fold(f64::INFINITY, f64::min);
        let Some(start) = self.logs.len().checked_sub(ENOUGH) else {
            return log > largest(&self.logs) + SHORT_RISE.ln() || log < least(&self.logs) + FALL.ln();
        };
        let late = &self.logs[start..];
        let Spread { median: middle, deviation } = Spread::of(late.iter().copied());
        let deviation = deviation.max(LEAST_DEVIATION).min(self.deviation.unwrap_or(f64::INFINITY));
        self.deviation = Some(deviation);
        let is_far = (log - middle).abs() > DEVIATIONS * deviation;
        is_far && (log > largest(late) + RISE.ln() || log < least(late) + FALL.ln())
    }
}

/// The first value that left its usual range, in the order in which a step computes them.
fn first_jump(records: &[&StepRecord]) -> Option<Finding> {
    let layers = records.first().map_or(0, |record| cells(record, Quantity::ActRms).len());
    let mut courses = vec![vec![RunningRange::default(); layers]; JUDGED];
    for record in records {
        let mut found = None;
        for ((quantity, way), courses) in ORDER.iter().zip(&mut courses) {
            let row = cells(record, *quantity);
            for layer in way.along(row.len().min(layers)) {
                let Some(to) = row[layer].get().map(f64::from) else { continue };
                let from = courses[layer].left_by(to);
                let site = Site { quantity: *quantity, layer: row_id(layer), step: record.step };
                found = found.or(from.map(|from| Finding::Jump { site, from, to }));
            }
        }
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A quantity of every layer; empty if it was not measured.
fn cells(record: &StepRecord, quantity: Quantity) -> &[Value] {
    Quantity::ALL.iter().position(|other| *other == quantity).map_or(&[], |index| record.values.row(index))
}

fn row_id(layer: usize) -> LayerId {
    LayerId(u32::try_from(layer).unwrap_or(u32::MAX))
}

/// The name of the value for the user. The input of a layer is the output of the layer before it.
struct SiteName<'a>(Site, &'a LayerTable);

impl fmt::Display for SiteName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Site { quantity, layer, .. }, layers) = self;
        match (quantity, layer.0.checked_sub(1)) {
            (Quantity::ActRms, Some(before)) => {
                write!(f, "output of {} ({quantity} of {})", layers.name(LayerId(before)), layers.name(*layer))
            }
            _ => write!(f, "{quantity} of {}", layers.name(*layer)),
        }
    }
}

#[cfg(test)]
mod tests;
