//! The view that fills the screen.

use super::rotation::turned;
use crate::tui::action::Turn;
use crate::tui::scene::{Scene, ViewId};
use crate::tui::view::VIEWS;

/// Shows the next or previous view that has something to show.
pub(super) fn show_next(scene: &mut Scene, turn: Turn) {
    let offered = VIEWS.iter().filter(|view| view.id == scene.view.shown || view.has_contents(scene));
    let ids: Vec<ViewId> = offered.map(|view| view.id).collect();
    if let Some(&id) = turned(&ids, |id| *id == scene.view.shown, turn) {
        show(scene, id);
    }
}

/// Shows a view, or the heatmaps if it is shown already.
pub(super) fn toggle(scene: &mut Scene, id: ViewId) {
    let other = if scene.view.shown == id { ViewId::HOME } else { id };
    show(scene, other);
}

/// Changes the view; lanes are scrolled back to the first.
pub(super) fn show(scene: &mut Scene, id: ViewId) {
    scene.view.shown = id;
    scene.view.first_lane = 0;
}
