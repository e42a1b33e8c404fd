//! The panes of the anatomy view: diagrams side by side, as many lanes as fit, as tall as they need.

use ratatui::layout::Rect;

use super::{BESIDE_COLUMNS, Diagram, Layout, inspector_width, part, split_right, split_top};
use crate::tui::anatomy::{DiagramGrid, Spacing};
use crate::tui::scene::Scene;

/// Columns of the diagram of a block at least.
const DIAGRAM_COLUMNS: u16 = 40;
/// Rows below the diagrams from which something else has room there.
const BELOW_ROWS: u16 = 7;

impl Layout {
    /// Diagrams side by side, the inspector beside or below them; where it is beside, the profile below.
    pub(super) fn place_diagrams(&mut self, body: Rect, scene: &Scene) {
        let (area, inspector) = match body.width {
            BESIDE_COLUMNS.. => {
                let (area, inspector) = split_right(body, inspector_width(body.width / 3, scene));
                (area, Some(inspector))
            }
            _ => (body, None),
        };
        let grid = DiagramGrid::of(scene);
        let leaves = |spacing: &Spacing, rows: u16| grid.height(*spacing) + rows <= area.height;
        let spacings = [Spacing::Roomy, Spacing::Tight];
        let with_more = spacings.into_iter().find(|spacing| leaves(spacing, BELOW_ROWS));
        let alone = spacings.into_iter().find(|spacing| leaves(spacing, 0));
        let spacing = with_more.or(alone).unwrap_or(Spacing::Tight);
        let height = if with_more.is_some() { grid.height(spacing) } else { area.height };
        let (above, below) = split_top(area, height);
        let below = Some(below).filter(|below| !below.is_empty());
        match inspector {
            Some(_) => (self.inspector, self.profile) = (inspector, below),
            None => self.inspector = below,
        }
        let shown = usize::from(above.width / DIAGRAM_COLUMNS).clamp(1, self.lanes.len().max(1)) as u16;
        let first = scene.view.first_lane.min(self.lanes.end.saturating_sub(usize::from(shown)));
        for (column, lane) in (0..shown).zip(first..self.lanes.end) {
            let across = part(above.x, above.width, shown, column);
            let frame = Rect { x: across.start, width: across.end - across.start, ..above };
            self.diagrams.push(Diagram { lane, frame, spacing });
        }
    }
}
