//! Where it began: the first value that is no number among re-run steps, or the first that left its course.

use super::flight::{Cause, MAD, median};
use crate::event::StepRecord;
use crate::grid::Value;
use crate::layer::LayerTable;
use crate::number;
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

/// In the order in which a step computes them, and whether from the first layer or from the last.
const ORDER: [(Quantity, Way); 5] = [
    (Quantity::ActRms, Way::Forward),
    (Quantity::SignalNorm, Way::Backward),
    (Quantity::GradNorm, Way::Backward),
    (Quantity::WeightNorm, Way::Forward),
    (Quantity::UpdateRatio, Way::Forward),
];

/// Those whose course says something: the update ratio of a layer that hardly moves leaps without a cause.
const JUDGED: usize = 4;
/// Robust deviations of ln(value) from its median; healthy runs were seen to peak at 14.6 over 72 steps.
const OFF_COURSE: f64 = 15.0;
/// Least deviation of ln(value): a value that stands still is no yardstick.
const LEAST_DEVIATION: f64 = 0.1;
/// With fewer steps there is no median to speak of: each is compared with the first.
const ENOUGH: usize = 8;
/// Factor to the first step that is off its course then.
const OFF_FIRST: f64 = 4.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

/// What a person is told after a re-run.
pub(super) fn sentence(cause: Cause, records: &[StepRecord], layers: &LayerTable) -> String {
    let ends = records.first().zip(records.last());
    let range = ends.map_or_else(String::new, |(first, last)| {
        let nanoseconds: u64 = records.iter().map(|record| record.step_ns).sum();
        let (from, to) = (number::count(first.step.0), number::count(last.step.0));
        format!("re-ran steps {from} to {to} in detail in {:.1} s", nanoseconds as f64 / 1e9)
    });
    let loss = records.last().map_or(f32::NAN, |record| record.loss);
    let what = match cause {
        Cause::NotFinite => format!("the loss is {}: {range}", number::value(f64::from(loss))),
        Cause::Leap(deviations) => {
            let loss = number::value(f64::from(loss));
            format!("the loss leapt to {loss} ({deviations:.0} robust deviations above its median): {range}")
        }
        Cause::EarlyLeap(factor) => {
            let loss = number::value(f64::from(loss));
            format!("the loss leapt to {loss} ({} the largest before): {range}", number::factor(factor))
        }
        Cause::ValueNotFinite => format!("a value is no longer finite: {range}"),
        Cause::Asked => range,
    };
    match (first_not_finite(records, layers), first_off_course(records, layers)) {
        (Some(first), _) => format!("{what}; first not finite: {first}"),
        (None, Some(first)) => format!("{what}; first off its course: {first}"),
        (None, None) if records.is_empty() => what,
        (None, None) => format!("{what}; every layer keeps to its course"),
    }
}

/// The first value that is NaN or infinite: `signal_norm of block 17 at step 810`; `None` where all are finite.
fn first_not_finite(records: &[StepRecord], layers: &LayerTable) -> Option<String> {
    records.iter().find_map(|record| {
        ORDER.iter().find_map(|(quantity, way)| {
            let row = row(record, *quantity)?;
            let mut bad = row.iter().enumerate().filter(|(_, value)| value.is_some_and(|value| !value.is_finite()));
            let (layer, _) = if *way == Way::Forward { bad.next() } else { bad.next_back() }?;
            Some(format!("{} at step {}", place(*quantity, layer, layers), number::count(record.step.0)))
        })
    })
}

/// Whether a value that the recorder judges by is NaN or infinite. Asked of every step.
pub(super) fn is_broken(record: &StepRecord) -> bool {
    let is_bad = |value: &Value| value.get().is_some_and(|value| !value.is_finite());
    ORDER.iter().any(|(quantity, _)| cells(record, *quantity).iter().any(is_bad))
}

/// How far a value is off its course.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    quantity: Quantity,
    layer: usize,
    step: Step,
    /// ln(value / what it is compared with).
    log: f64,
    /// Above 1: clearly.
    score: f64,
}

/// What values are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Yardstick {
    Median,
    First,
}

/// The first value that is clearly off its course, in the order in which a step computes them: `grad_norm of block 3 at
/// step 812, ×41 its median`; `None` where all wander as healthy ones do.
fn first_off_course(records: &[StepRecord], layers: &LayerTable) -> Option<String> {
    let measured = records.iter().filter(|record| record.is_measured()).count();
    let yardstick = if measured < ENOUGH { Yardstick::First } else { Yardstick::Median };
    let judged = ORDER.iter().take(JUDGED);
    let mut off: Vec<Deviation> =
        judged.clone().flat_map(|(quantity, _)| deviations(records, *quantity, yardstick)).collect();
    off.retain(|deviation| deviation.score > 1.0);
    let step = off.iter().map(|deviation| deviation.step).min()?;
    let first = judged.clone().find_map(|(quantity, way)| {
        let mut here = off.iter().filter(|deviation| (deviation.step, deviation.quantity) == (step, *quantity));
        if *way == Way::Forward { here.next() } else { here.next_back() }
    })?;
    let place = place(first.quantity, first.layer, layers);
    let of = match yardstick {
        Yardstick::Median => "its median",
        Yardstick::First => "that of the first step",
    };
    Some(format!("{place} at step {}, {} {of}", number::count(step.0), number::factor(first.log.exp())))
}

/// Of every layer at every step, where it is neither zero nor infinite.
fn deviations(records: &[StepRecord], quantity: Quantity, yardstick: Yardstick) -> Vec<Deviation> {
    let rows: Vec<(Step, Vec<Option<f32>>)> =
        records.iter().filter_map(|record| Some((record.step, row(record, quantity)?))).collect();
    let layers = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let of_layer = |layer: usize| {
        let logs: Vec<(Step, f64)> = rows
            .iter()
            .filter_map(|(step, row)| Some((*step, f64::from((*row.get(layer)?)?).ln())))
            .filter(|(_, log)| log.is_finite())
            .collect();
        let (course, limit) = match yardstick {
            Yardstick::First => (logs.first().map_or(0.0, |(_, log)| *log), OFF_FIRST.ln()),
            Yardstick::Median => {
                let course = median(&mut logs.iter().map(|(_, log)| *log).collect::<Vec<_>>());
                let spread = median(&mut logs.iter().map(|(_, log)| (log - course).abs()).collect::<Vec<_>>());
                (course, OFF_COURSE * (MAD * spread).max(LEAST_DEVIATION))
            }
        };
        logs.into_iter().map(move |(step, log)| {
            let log = log - course;
            Deviation { quantity, layer, step, log, score: log.abs() / limit }
        })
    };
    (0..layers).flat_map(of_layer).collect()
}

/// A quantity of every layer; empty where it was not measured.
fn cells(record: &StepRecord, quantity: Quantity) -> &[Value] {
    Quantity::ALL.iter().position(|other| *other == quantity).map_or(&[], |index| record.values.row(index))
}

fn row(record: &StepRecord, quantity: Quantity) -> Option<Vec<Option<f32>>> {
    let values = cells(record, quantity);
    (!values.is_empty()).then(|| values.iter().map(|value| value.get()).collect())
}

/// Which value it is. What arrives at a layer was made by the layer before.
fn place(quantity: Quantity, layer: usize, layers: &LayerTable) -> String {
    let name = |layer: usize| layers.name(LayerId(u32::try_from(layer).unwrap_or(u32::MAX)));
    match (quantity, layer.checked_sub(1)) {
        (Quantity::ActRms, Some(before)) => format!("output of {} ({quantity} of {})", name(before), name(layer)),
        _ => format!("{quantity} of {}", name(layer)),
    }
}

#[cfg(test)]
mod tests;
