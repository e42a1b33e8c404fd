//! One heatmap: layers from top to bottom, steps from left to right, the cursor's cross, labels in its frame.
//!
//! ```text
//! ╭─ plain  ×0.39 per block  theory ×0.41  ×1e-20 over 50 ─╮
//! │ stem ················                                    │
//! │   10 ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                    │
//! ╰block─1──────────60─────────120──────────────────── step ─╯
//! ```

pub(in crate::tui) mod title;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::cell::{Cross, Painter};
use super::frame::{cut, framed, words};
use super::{LanePane, Pane, stages, steps};
use crate::quantity::Quantity;
use crate::round;
use crate::tui::axis::LayerAxis;
use crate::tui::scale::Scale;
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};

/// Minimum distance in rows between two labels of layers.
const LAYER_LABELS: usize = 3;

/// What a heatmap shows.
pub(in crate::tui) struct Heatmap<'a> {
    pub(in crate::tui) title: Line<'a>,
    pub(in crate::tui) painter: Painter<'a>,
    pub(in crate::tui) values: Values,
}

/// The values of the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Values {
    /// The lane's own.
    OfLane,
    /// Their ratio to, or difference from, those of the first lane.
    RatioToFirst,
}

/// Draws the heatmap of one lane.
pub(in crate::tui) fn render(lane_pane: &LanePane<'_>, heatmap: &Heatmap<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, axis } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    framed(theme, pane.frame, &heatmap.title, buffer);
    let pixels = usize::from(pane.picture.height) * theme.pixels_per_cell();
    let layers = LayerAxis::new(lane.history.layers(), &scene.view.depth, pixels);
    picture(lane_pane, heatmap, buffer);
    layer_labels(scene, theme, pane, &layers, buffer);
    let edge = Rect { y: pane.frame.bottom().saturating_sub(1), height: 1, ..pane.picture };
    let column = |step| axis.columns_of_step(step).map(|columns| columns.start);
    let marks = scene.marks();
    steps::label(theme, edge, &axis.steps(), steps::Known::of(scene, &marks), column, buffer);
    axis_words(theme, pane, lane.header.layers.depth_word(), buffer);
}

/// Writes `block`, or what the rows are called, below the labels of layers, and an arrow at the left edge: the gradient
/// flows from the head up to block 1.
fn axis_words(theme: &Theme, pane: &Pane, row: &'static str, buffer: &mut Buffer) {
    let (frame, dim) = (pane.frame, theme.style(Role::Dim));
    let room = pane.picture.x.saturating_sub(frame.x + 1);
    if usize::from(room) >= row.len() {
        words((frame.x + 1, frame.bottom().saturating_sub(1)), row, room, dim, buffer);
    }
    let middle = frame.y + frame.height / 2;
    words((frame.x, middle), theme.glyph("↑", "^"), 1, theme.style(Role::Accent), buffer);
}

/// The scale and palette of a quantity: the colours of a factor diverge from 1.
pub(in crate::tui) fn painter<'a>(scene: &Scene, theme: &'a Theme, quantity: Quantity) -> Painter<'a> {
    let scale = scene.scales.of(quantity).unwrap_or(Scale { low: 0.0, high: 1.0 });
    if quantity.is_factor() {
        let reach = scale.high.abs().max(scale.low.abs());
        return Painter { theme, palette: theme.diverging(), scale: Scale { low: -reach, high: reach } };
    }
    Painter { theme, palette: theme.sequential(), scale }
}

fn picture(lane_pane: &LanePane<'_>, heatmap: &Heatmap<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, axis } = *lane_pane;
    let Some(cache) = scene.cache.heatmaps.get(&pane.lane) else { return };
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let per_cell = theme.pixels_per_cell();
    // The cursor that follows the newest step is at the edge of the picture: a line there would hide new values, and
    // moving it would cost the terminal as much as the new column.
    let column_of_cursor =
        scene.view.cursor.step.and(scene.cursor_step()).and_then(|step| middle(&axis.columns_of_step(step.0)?));
    let layer = lane.layer_at(scene.view.cursor.depth).index();
    let row_of_cursor = cache.layers().and_then(|layers| row_of(layers, layer, per_cell));
    for row in 0..pane.picture.height {
        let first = usize::from(row) * per_cell;
        let is_row = row_of_cursor == Some(usize::from(row));
        for column in 0..pane.picture.width.min(axis.columns()) {
            let bin = axis.bin_of_column(column);
            let cells = [first, first + per_cell - 1].map(|pixel| match heatmap.values {
                Values::OfLane => cache.at(pixel, bin),
                Values::RatioToFirst => scene.cache.ratio(pane.lane, pixel, bin),
            });
            let cross = match (column_of_cursor == Some(column), is_row) {
                (false, false) => Cross::Away,
                (true, false) => Cross::Vertical,
                (false, true) => Cross::Horizontal,
                (true, true) => Cross::Centre,
            };
            if let Some(cell) = buffer.cell_mut((pane.picture.x + column, pane.picture.y + row)) {
                heatmap.painter.paint(cells, cross, cell);
            }
        }
    }
}

/// The row of cells that shows the middle of a layer, unless it is outside.
pub(in crate::tui) fn row_of(layers: &LayerAxis, layer: usize, pixels_per_cell: usize) -> Option<usize> {
    let pixels = layers.pixels_of(layer);
    (!pixels.is_empty()).then(|| (pixels.start + pixels.end - 1) / 2 / pixels_per_cell)
}

/// The column in the middle of several.
fn middle(columns: &std::ops::Range<u16>) -> Option<u16> {
    columns.clone().nth(columns.len().saturating_sub(1) / 2)
}

/// Labels `stem`, round block numbers, `head`, and the cursor's layer, right-aligned beside their rows; stages at their
/// left.
pub(in crate::tui) fn layer_labels(scene: &Scene, theme: &Theme, pane: &Pane, layers: &LayerAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    stages::brackets(scene, theme, pane, layers, buffer);
    let per_cell = theme.pixels_per_cell();
    let most = usize::from(pane.picture.height) / LAYER_LABELS;
    let cursor = lane.layer_at(scene.view.cursor.depth).index();
    let last = lane.history.layers().saturating_sub(1);
    let range = layers.layers.start as u64..layers.layers.end as u64;
    // Labels are placed in this order: the cursor's, the ends, round numbers; earlier ones keep their place.
    let mut wanted = vec![cursor, layers.layers.start, layers.layers.end.saturating_sub(1), 1, last];
    wanted.extend(round::counts(&range, most.max(2)).into_iter().map(|layer| layer as usize));
    let mut taken: Vec<usize> = Vec::new();
    for layer in wanted {
        let Some(row) = row_of(layers, layer, per_cell) else { continue };
        let near = if layer == cursor || layer <= 1 || layer == last { 1 } else { 2 };
        if taken.iter().any(|other| other.abs_diff(row) < near) {
            continue;
        }
        taken.push(row);
        let is_cursor = layer == cursor;
        let style = theme.style(if is_cursor { Role::Cursor } else { Role::Dim });
        let name = lane.header.layers.label(crate::units::LayerId(layer as u32));
        let mark = if is_cursor { theme.glyph("▸", ">") } else { " " };
        let left = stages::columns(scene, pane.frame.width);
        let width = usize::from(pane.labels.width.saturating_sub(left + 1));
        let name = cut(&Line::raw(name), width as u16).to_string();
        let place = (pane.labels.x + left, pane.labels.y + row as u16);
        words(place, &format!("{name:>width$}{mark}"), width as u16 + 1, style, buffer);
    }
}
