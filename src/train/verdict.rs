//! Where it began: the first value that is no number among re-run steps, or the first that left its course before a leap of
//! the loss.

use super::flight::Cause;
use crate::event::StepRecord;
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

/// What is off its course by this part of the largest deviation, in logarithms, counts as its beginning.
const BEGINNING: f64 = 0.5;

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
            format!("the loss leapt to {} ({deviations:.0} deviations): {range}", number::value(f64::from(loss)))
        }
        Cause::Asked => range,
    };
    match (first_not_finite(records, layers), first_off_course(records, layers)) {
        (Some(first), _) => format!("{what}; first not finite: {first}"),
        (None, Some(first)) => format!("{what}; first off its course: {first}"),
        (None, None) => what,
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

/// A value beside its median over all re-run steps.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    quantity: Quantity,
    layer: usize,
    step: Step,
    /// ln(value / median).
    log: f64,
}

/// The first value that is clearly off its median: `grad_norm of block 3 at step 812, ×41 its median`; `None` where fewer
/// than three steps were measured or nothing changes.
fn first_off_course(records: &[StepRecord], layers: &LayerTable) -> Option<String> {
    let all: Vec<Deviation> = ORDER.iter().flat_map(|(quantity, _)| deviations(records, *quantity)).collect();
    let most = all.iter().map(|deviation| deviation.log.abs()).fold(0.0, f64::max);
    if most == 0.0 {
        return None;
    }
    let off = || all.iter().filter(|deviation| deviation.log.abs() >= BEGINNING * most);
    let step = off().map(|deviation| deviation.step).min()?;
    let first = off().filter(|deviation| deviation.step == step).max_by(|a, b| a.log.abs().total_cmp(&b.log.abs()))?;
    let place = place(first.quantity, first.layer, layers);
    Some(format!("{place} at step {}, {} its median", number::count(step.0), number::factor(first.log.exp())))
}

/// Of every layer at every step, where the layer was measured at least three times and is neither zero nor infinite.
fn deviations(records: &[StepRecord], quantity: Quantity) -> Vec<Deviation> {
    let rows: Vec<(Step, Vec<Option<f32>>)> =
        records.iter().filter_map(|record| Some((record.step, row(record, quantity)?))).collect();
    let layers = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let of_layer = |layer: usize| {
        let logs: Vec<(Step, f64)> = rows
            .iter()
            .filter_map(|(step, row)| Some((*step, f64::from((*row.get(layer)?)?).ln())))
            .filter(|(_, log)| log.is_finite())
            .collect();
        let mut sorted: Vec<f64> = logs.iter().map(|(_, log)| *log).collect();
        sorted.sort_by(f64::total_cmp);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        let logs = if logs.len() < 3 { Vec::new() } else { logs };
        logs.into_iter().map(move |(step, log)| Deviation { quantity, layer, step, log: log - median })
    };
    (0..layers).flat_map(of_layer).collect()
}

fn row(record: &StepRecord, quantity: Quantity) -> Option<Vec<Option<f32>>> {
    let index = Quantity::ALL.iter().position(|other| *other == quantity)?;
    let values = record.values.row(index);
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
