//! Theory's prediction for one lane as curves over its layers, on the axis of a quantity.

use crate::history::Cell;
use crate::layer::LayerKind;
use crate::quantity::{Axis, Quantity};
use crate::theory::Prediction;
use crate::tui::scene::LaneRef;

/// The prediction for a quantity in every layer, on the quantity's axis: its line, and both ends of its band.
pub(super) fn predicted(lane: LaneRef<'_>, quantity: Quantity, signal: &[Cell], theory: &Prediction) -> [Vec<Cell>; 3] {
    let layers = || lane.header.layers.layers.iter();
    let last = layers().zip(signal).rfind(|(layer, _)| layer.kind == LayerKind::Block);
    let last = last.and_then(|(_, cell)| if let Cell::Value(value) = cell { Some(f64::from(*value)) } else { None });
    let last = last.map(|exponent| 10f64.powf(exponent));
    let Some((median, band)) = theory.of(quantity, last).zip(theory.band(quantity, last)) else {
        return Default::default();
    };
    let place = |value: f64| match quantity.definition().axis {
        Axis::Log => Cell::Value(value.log10() as f32),
        Axis::Linear => Cell::Value(value as f32),
    };
    // A single block makes no line.
    if median.iter().flatten().count() < 2 {
        return Default::default();
    }
    // The line of a signal moves with every step; its band would make each frame larger than a slow connection can
    // transfer.
    let band = if quantity == Quantity::SignalNorm { Vec::new() } else { band };
    let [below, above] = [0, 1].map(|end| band.iter().map(|ends| ends.map(|ends| ends[end])).collect());
    [median, below, above].map(|values: Vec<Option<f64>>| {
        let mut values = values.into_iter();
        let next_value = |kind: LayerKind| if kind == LayerKind::Block { values.next().flatten() } else { None };
        layers().map(|layer| layer.kind).map(next_value).map(|value| value.map_or(Cell::Absent, place)).collect()
    })
}
