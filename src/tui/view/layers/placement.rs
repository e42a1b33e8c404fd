//! The panes of the layers view: a table per lane, one below the other, as high as the largest block needs, with charts
//! below if there is room.

use ratatui::layout::Rect;

use super::columns::{most_rows, table_columns};
use crate::tui::pane::split::{padded, split_left, split_top};
use crate::tui::pane::{Pane, Panes};
use crate::tui::scene::Scene;
use crate::tui::view::placement;

/// Rows of a pane in addition to those of its table: the frame and the heading.
const AROUND: u16 = 3;
/// Minimum rows below the tables for charts.
const CHART_ROWS: u16 = 7;
/// Minimum columns of a strip.
const STRIP: u16 = 20;

/// Places tables, with strips at their right if there is room.
pub(super) fn place(panes: &mut Panes, body: Rect, scene: &Scene) {
    let height = (most_rows(scene) + AROUND).min(body.height).max(1);
    let fitting = usize::from(body.height / height).max(1);
    let shown = fitting.min(panes.lanes.len());
    let first = scene.view.first_lane.min(panes.lanes.end.saturating_sub(shown));
    let mut rest = body;
    for lane in first..first + shown {
        let (frame, below) = split_top(rest, height);
        rest = below;
        let inner = padded(frame);
        let (labels, picture) = split_left(inner, table_columns(inner.width));
        let (_, picture) = split_left(picture, 2);
        let picture = if picture.width < STRIP { Rect { width: 0, ..picture } } else { picture };
        panes.of_lanes.push(Pane { lane, frame, labels, picture });
    }
    if rest.height >= CHART_ROWS {
        placement::charts(panes, rest, scene);
    }
}
