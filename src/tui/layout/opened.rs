//! The panes of the view of layers: a table per lane, one below the other, as tall as the largest block needs; charts
//! below them where there is room.

use ratatui::layout::Rect;

use super::{Layout, Pane, inside, split_left, split_top};
use crate::tui::scene::Scene;
use crate::tui::view::layers::{most_rows, table_columns};

/// Rows of a pane beside those of its table: the frame and the heading.
const AROUND: u16 = 3;
/// Rows below the tables from which charts have room there.
const CHART_ROWS: u16 = 7;
/// Columns of a strip at least.
const STRIP: u16 = 20;

impl Layout {
    /// Tables, with strips at their right where there is room.
    pub(super) fn place_opened(&mut self, body: Rect, scene: &Scene) {
        let height = (most_rows(scene) + AROUND).min(body.height).max(1);
        let fitting = usize::from(body.height / height).max(1);
        let shown = fitting.min(self.lanes.len());
        let first = scene.view.first_lane.min(self.lanes.end.saturating_sub(shown));
        let mut rest = body;
        for lane in first..first + shown {
            let (frame, below) = split_top(rest, height);
            rest = below;
            let inner = inside(frame);
            let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
            let (labels, picture) = split_left(inner, table_columns(inner.width));
            let (_, picture) = split_left(picture, 2);
            let picture = if picture.width < STRIP { Rect { width: 0, ..picture } } else { picture };
            self.opened.push(Pane { lane, frame, labels, picture });
        }
        if rest.height >= CHART_ROWS {
            self.place_charts(rest, scene);
        }
    }
}
