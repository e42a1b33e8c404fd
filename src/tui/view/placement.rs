//! The placement of a view's panes: a grid of lanes that adapts to the terminal, with charts below or beside it. Pure
//! arithmetic for every size.

use ratatui::layout::Rect;

use crate::tui::pane::split::{inside, part, split_left, split_right};
use crate::tui::pane::{Pane, Panes, stages};
use crate::tui::scene::Scene;

/// Minimum columns of a lane's pane; the frame and a few labels take 8 of them.
const PANE_COLUMNS: u16 = 20;
/// Minimum rows of a lane's pane; the frame takes 2 of them.
const PANE_ROWS: u16 = 6;
/// Minimum columns for an inspector beside a chart that fills the body.
pub(super) const BESIDE_COLUMNS: u16 = 110;
/// Minimum columns of that inspector: whole names and the values of two lanes, or of more with [`VALUE`] each.
const INSPECTOR: u16 = 44;
const INSPECTOR_WITHOUT_VALUES: u16 = 20;
/// Minimum columns of a lane's values there, and number of lanes with values.
const VALUE: u16 = 9;
const LANES_BESIDE: u16 = 3;
/// The aspect ratio, in cells twice as high as wide, that the grid of panes aims at.
const ASPECT: f64 = 1.4;

/// Columns and rows of a grid of panes.
#[derive(Clone, Copy)]
struct GridShape {
    columns: u16,
    rows: u16,
}

impl GridShape {
    /// All lanes in the shape nearest to [`ASPECT`], or as many panes as fit.
    fn for_lanes(area: Rect, lanes: usize) -> Self {
        let most_columns = (area.width / PANE_COLUMNS).clamp(1, 8);
        let most_rows = (area.height / PANE_ROWS).clamp(1, 8);
        let shapes = (1..=most_columns).flat_map(|columns| (1..=most_rows).map(move |rows| Self { columns, rows }));
        let best = shapes.min_by(|a, b| a.awkwardness(area, lanes).total_cmp(&b.awkwardness(area, lanes)));
        best.unwrap_or(Self { columns: 1, rows: 1 })
    }

    fn panes(self) -> usize {
        usize::from(self.columns * self.rows)
    }

    /// The cost of a shape: a hidden lane is worse than any shape; an empty place is as bad as a side that is nearly
    /// three times too long.
    fn awkwardness(self, area: Rect, lanes: usize) -> f64 {
        let (width, height) = (f64::from(area.width / self.columns), f64::from(area.height / self.rows));
        let shape = (width / (2.0 * height) / ASPECT).ln().abs();
        10.0 * lanes.saturating_sub(self.panes()) as f64 + self.panes().saturating_sub(lanes) as f64 + shape
    }
}

/// A grid of lanes with labels of layers at the left of each picture; scrolled by lanes if not all fit.
pub(super) fn lane_grid(panes: &mut Panes, area: Rect, scene: &Scene) {
    let shape = GridShape::for_lanes(area, panes.lanes.len());
    let shown = shape.panes().min(panes.lanes.len());
    let latest = panes.lanes.end.saturating_sub(shown);
    let first = (panes.lanes.start + scene.view.first_lane).min(latest);
    let labels = scene.most_layers().to_string().len().max(4) as u16;
    let places = (0..shape.rows).flat_map(|row| (0..shape.columns).map(move |column| (row, column)));
    for (lane, (row, column)) in (first..first + shown).zip(places) {
        let across = part(area.x, area.width, shape.columns, column);
        let down = part(area.y, area.height, shape.rows, row);
        let frame = Rect::new(across.start, down.start, across.end - across.start, down.end - down.start);
        let inner = inside(frame);
        let (labels, picture) = split_left(inner, labels + 1 + stages::columns(scene, frame.width));
        panes.of_lanes.push(Pane { lane, frame, labels, picture });
    }
}

/// Loss, profile and inspector side by side.
pub(super) fn charts(panes: &mut Panes, area: Rect, scene: &Scene) {
    let inspector = inspector_width(area.width * 2 / 5, scene);
    let (charts, inspector) = split_right(area, inspector);
    let (loss, profile) = split_left(charts, charts.width / 2);
    (panes.loss, panes.profile, panes.inspector) = (Some(loss), Some(profile), Some(inspector));
}

/// Places the inspector at the right if there is room; returns the area that is left for charts.
pub(super) fn inspector_beside(panes: &mut Panes, body: Rect, scene: &Scene) -> Rect {
    if body.width < BESIDE_COLUMNS {
        return body;
    }
    let lanes = (scene.lanes().count() as u16).min(LANES_BESIDE);
    let least = INSPECTOR.max(INSPECTOR_WITHOUT_VALUES + lanes * VALUE);
    let (chart, inspector) = split_right(body, inspector_width((body.width / 3).max(least), scene));
    panes.inspector = Some(inspector);
    chart
}

/// A width for all lanes, as far as `most` allows.
pub(super) fn inspector_width(most: u16, scene: &Scene) -> u16 {
    let lanes = scene.lanes().count().clamp(1, 8) as u16;
    (28 + lanes * 12).min(most.max(32))
}
