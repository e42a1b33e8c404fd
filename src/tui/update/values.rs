//! The values that the panes show: the quantity, the reduction of several values to one cell, the rows of the
//! inspector.

use super::rotation::turned;
use crate::history::Reduce;
use crate::tui::action::Turn;
use crate::tui::scene::Scene;

/// Scrolls by a few rows, at most over all quantities.
pub(super) fn scroll(scene: &mut Scene, turn: Turn) {
    const ROWS: isize = 3;
    let most = scene.quantities().len().cast_signed();
    let by = if turn == Turn::Forward { ROWS } else { -ROWS };
    scene.view.values_scroll = (scene.view.values_scroll + by).clamp(-most, most);
}

/// Shows the next or previous quantity that has values.
pub(super) fn next_quantity(scene: &mut Scene, turn: Turn) {
    let quantities = scene.quantities_with_values();
    if let Some(&next) = turned(&quantities, |quantity| *quantity == scene.view.quantity, turn) {
        scene.view.quantity = next;
        scene.view.values_scroll = 0;
    }
}

/// Switches between the extreme and the mean of the values that share a cell.
pub(super) fn toggle_reduce(scene: &mut Scene) {
    scene.view.reduce = match scene.view.reduce {
        Reduce::Extreme => Reduce::Mean,
        Reduce::Mean => Reduce::Extreme,
    };
    let sentence = match scene.view.reduce {
        Reduce::Extreme => "a cell shows the extreme of its values: a spike of one step stays visible",
        Reduce::Mean => "a cell shows the mean of its values (or of their logarithms)",
    };
    scene.say(sentence);
}
