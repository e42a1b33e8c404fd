//! Which view fills the screen.

use super::rotation::turned;
use crate::tui::action::Turn;
use crate::tui::scene::{Scene, ViewId};
use crate::tui::view::VIEWS;

/// The next or previous view that has anything to show.
pub(super) fn show_next(scene: &mut Scene, turn: Turn) {
    let offered = VIEWS.iter().filter(|view| view.id == scene.view.shown || view.has_contents(scene));
    let ids: Vec<ViewId> = offered.map(|view| view.id).collect();
    if let Some(&id) = turned(&ids, |id| *id == scene.view.shown, turn) {
        show(scene, id);
    }
}

/// Shows a view, or the heatmaps where it is the one in view.
pub(super) fn toggle(scene: &mut Scene, id: ViewId) {
    let other = if scene.view.shown == id { ViewId::HOME } else { id };
    show(scene, other);
}

/// Changes the view; lanes scroll from the first again.
pub(super) fn show(scene: &mut Scene, id: ViewId) {
    scene.view.shown = id;
    scene.view.first_lane = 0;
}
