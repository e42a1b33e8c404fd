//! The panes of the anatomy view: diagrams side by side, as many lanes as fit, as tall as they need.

use ratatui::layout::Rect;

use super::grid::{DiagramGrid, Spacing};
use crate::tui::pane::split::{part, split_right, split_top};
use crate::tui::pane::{Pane, Panes};
use crate::tui::scene::Scene;
use crate::tui::view::placement::{BESIDE_COLUMNS, inspector_width};

/// Minimum columns of a diagram.
const DIAGRAM_COLUMNS: u16 = 40;
/// Minimum rows below the diagrams for another pane.
const BELOW_ROWS: u16 = 7;

/// Diagrams side by side, the inspector beside or below them; if it is beside, the profile is below.
pub(super) fn place(panes: &mut Panes, body: Rect, scene: &Scene) {
    let is_wide = body.width >= BESIDE_COLUMNS;
    let (area, inspector) =
        if is_wide { split_right(body, inspector_width(body.width / 3, scene)) } else { (body, Rect::default()) };
    let grid = DiagramGrid::of(scene);
    let heights = [Spacing::Roomy, Spacing::Tight].map(|spacing| grid.height(spacing));
    let leaves_room = |height: &u16| height + BELOW_ROWS <= area.height;
    let height = heights.into_iter().find(leaves_room).unwrap_or(area.height);
    let (above, below) = split_top(area, height);
    let below = Some(below).filter(|below| !below.is_empty());
    if is_wide {
        (panes.inspector, panes.profile) = (Some(inspector), below);
    } else {
        panes.inspector = below;
    }
    let shown = usize::from(above.width / DIAGRAM_COLUMNS).clamp(1, panes.lanes.len().max(1)) as u16;
    let first = scene.view.first_lane.min(panes.lanes.end.saturating_sub(usize::from(shown)));
    for (column, lane) in (0..shown).zip(first..panes.lanes.end) {
        let across = part(above.x, above.width, shown, column);
        let frame = Rect { x: across.start, width: across.end - across.start, ..above };
        let nothing = Rect::default();
        panes.of_lanes.push(Pane { lane, frame, labels: nothing, picture: nothing });
    }
}
