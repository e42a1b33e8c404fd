//! The prediction of the theory for the block at the cursor at initialization: its gain, or its forward scale if that
//! is the quantity in view.

use crate::number;
use crate::quantity::Quantity;
use crate::theory::LEAST_UNITS;
use crate::tui::scene::{LaneRef, Scene};

/// The quantity below which the row of theory is shown.
pub(super) fn quantity(scene: &Scene) -> Quantity {
    match scene.view.quantity {
        Quantity::ActRms => Quantity::ActRms,
        _ => Quantity::Gain,
    }
}

/// The predicted value for a lane; `None` if there is no prediction or the layer is not a block.
pub(super) fn at_cursor(scene: &Scene, index: usize, lane: &LaneRef<'_>) -> Option<String> {
    let theory = scene.cache.theories.get(index)?.as_ref().ok()?;
    let block = lane.header.layers.block_number(lane.layer_at(scene.view.cursor.depth))?;
    let quantity = quantity(scene);
    let value = (*theory.of(quantity, None)?.get(block - 1)?)?;
    Some(if quantity == Quantity::Gain { number::factor(value) } else { number::value(value) })
}

/// Why the first lane without a prediction has none, or why it has no line although the quantity in view could have
/// one.
pub(super) fn why_none(scene: &Scene) -> Option<String> {
    let why = scene.cache.theories.iter().find_map(|theory| theory.as_ref().err());
    let has_line = scene.view.quantity.is_signal() || scene.view.quantity == Quantity::ActRms;
    let is_short = scene.cache.theories.iter().flatten().any(|theory| theory.reach == 0);
    match why {
        Some(why) => Some(format!("no theory: {why}")),
        None => (has_line && is_short).then(|| format!("no theory line: under {LEAST_UNITS} units")),
    }
}
