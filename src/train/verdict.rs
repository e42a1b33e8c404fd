//! Where it began: the first value that is no number among re-run steps, or the largest jump before a leap of the loss.

use super::flight::Cause;
use crate::event::StepRecord;
use crate::layer::LayerTable;
use crate::number;
use crate::quantity::Quantity;
use crate::units::LayerId;

/// In the order in which a step computes them, and whether from the first layer or from the last.
const ORDER: [(Quantity, Way); 5] = [
    (Quantity::ActRms, Way::Forward),
    (Quantity::SignalNorm, Way::Backward),
    (Quantity::GradNorm, Way::Backward),
    (Quantity::WeightNorm, Way::Forward),
    (Quantity::UpdateRatio, Way::Forward),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

/// What a person is told after a re-run.
pub(super) fn sentence(cause: Cause, records: &[StepRecord], layers: &LayerTable) -> String {
    let ends = records.first().zip(records.last());
    let range = ends.map_or_else(String::new, |(first, last)| {
        format!("re-ran steps {} to {} in detail", number::count(first.step.0), number::count(last.step.0))
    });
    let loss = records.last().map_or(f32::NAN, |record| record.loss);
    let what = match cause {
        Cause::NotFinite => format!("the loss is {}: {range}", number::value(f64::from(loss))),
        Cause::Leap(deviations) => {
            format!("the loss leapt to {} ({deviations:.0} deviations): {range}", number::value(f64::from(loss)))
        }
        Cause::Asked => range,
    };
    match (first_not_finite(records, layers), largest_jump(records, layers)) {
        (Some(first), _) => format!("{what}; first not finite: {first}"),
        (None, Some(jump)) => format!("{what}; largest jump: {jump}"),
        (None, None) => what,
    }
}

/// The first value that is NaN or infinite: `act_rms of block 17 at step 810`; `None` where all are finite.
fn first_not_finite(records: &[StepRecord], layers: &LayerTable) -> Option<String> {
    records.iter().find_map(|record| {
        ORDER.iter().find_map(|(quantity, way)| {
            let row = row(record, *quantity)?;
            let mut bad = row.iter().enumerate().filter(|(_, value)| value.is_some_and(|value| !value.is_finite()));
            let (layer, _) = if *way == Way::Forward { bad.next() } else { bad.next_back() }?;
            Some(format!("{quantity} of {} at step {}", place(layers, layer), number::count(record.step.0)))
        })
    })
}

/// The largest change of a quantity from one of the last steps to the next: `grad_norm of block 3, ×41 from step 811 to
/// 812`; `None` where there are fewer than two steps.
fn largest_jump(records: &[StepRecord], layers: &LayerTable) -> Option<String> {
    let [.., before, after] = records else { return None };
    let jumps =
        ORDER.iter().filter_map(|(quantity, _)| Some((*quantity, row(before, *quantity)?, row(after, *quantity)?)));
    let ratios = jumps.flat_map(|(quantity, before, after)| {
        let pairs = before.into_iter().zip(after).enumerate();
        pairs.filter_map(move |(layer, (before, after))| {
            let ratio = f64::from(after?) / f64::from(before?);
            (ratio.is_finite() && ratio > 0.0).then_some((quantity, layer, ratio))
        })
    });
    let (quantity, layer, ratio) = ratios.max_by(|a, b| a.2.ln().abs().total_cmp(&b.2.ln().abs()))?;
    let (from, to) = (number::count(before.step.0), number::count(after.step.0));
    Some(format!("{quantity} of {}, {} from step {from} to {to}", place(layers, layer), number::factor(ratio)))
}

fn row(record: &StepRecord, quantity: Quantity) -> Option<Vec<Option<f32>>> {
    let index = Quantity::ALL.iter().position(|other| *other == quantity)?;
    let values = record.values.row(index);
    (!values.is_empty()).then(|| values.iter().map(|value| value.get()).collect())
}

fn place(layers: &LayerTable, layer: usize) -> String {
    let layer = LayerId(u32::try_from(layer).unwrap_or(u32::MAX));
    match layers.block_number(layer) {
        Some(block) => format!("block {block}"),
        None => layers.label(layer),
    }
}
