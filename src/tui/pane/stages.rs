//! Stages of a lane at the axis of layers: a bracket beside the rows of each stage, with its name if there is room.
//!
//! ```text
//! 32×32·16 ╭ 1 ▀▀▀▀▀▀▀▀       in a pane with room; in a narrow one the brackets alone
//!          ╰ 3 ▀▀▀▀▀▀▀▀
//! 16×16·32 ╭ 4 ▀▀▀▀▀▀▀▀
//! ```
//!
//! In the depth profile a dotted line separates two stages.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{cut, dot, put, words};
use crate::layer::LayerTable;
use crate::tui::axis::LayerAxis;
use crate::tui::pane::Pane;
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::theme::{Role, Theme};

/// Minimum columns of a pane in which stages have names beside their brackets.
const NAMED: u16 = 56;

/// Columns for the stages at the left of a pane of this width; the same for all panes.
pub(in crate::tui) fn columns(scene: &Scene, width: u16) -> u16 {
    let longest = scene.lanes().flat_map(|lane| names(&lane.header.layers)).max();
    match longest {
        None => 0,
        Some(longest) if width >= NAMED => longest + 2,
        Some(_) => 1,
    }
}

/// Widths of the names of the stages.
fn names(layers: &LayerTable) -> Vec<u16> {
    layers.stages().into_iter().map(|(_, name)| Span::raw(name).width() as u16).collect()
}

/// Draws brackets and names at the left edge of the labels.
pub(in crate::tui) fn brackets(scene: &Scene, theme: &Theme, pane: &Pane, layers: &LayerAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let room = columns(scene, pane.frame.width);
    if room == 0 {
        return;
    }
    let per_cell = theme.pixels_per_cell();
    let cursor = lane.layer_at(scene.view.cursor.depth).index();
    for (rows, name) in lane.header.layers.stages() {
        let Some(lines) = lines_of(&rows, layers, per_cell, pane.labels.height) else { continue };
        let role = if rows.contains(&cursor) { Role::Text } else { Role::Dim };
        let (first, last) = (lines.start, lines.end - 1);
        for y in lines.clone() {
            let glyph = match y {
                _ if first == last => theme.glyph("╶", "-"),
                y if y == first => theme.glyph("╭", ","),
                y if y == last => theme.glyph("╰", "'"),
                _ => theme.glyph("│", "|"),
            };
            let place = (pane.labels.x + room - 1, pane.labels.y + y);
            dot(place, glyph, theme.style(Role::Frame), buffer);
        }
        if room > 1 {
            let width = room - 2;
            let name = cut(&Line::styled(name.to_owned(), theme.style(role)), width);
            let place = pane.labels.x + width.saturating_sub(name.width() as u16);
            put((place, pane.labels.y + lines.start.midpoint(lines.end - 1)), &name, width, buffer);
        }
    }
}

/// Lines of cells whose middle shows one of these layers.
fn lines_of(rows: &Range<usize>, layers: &LayerAxis, per_cell: usize, height: u16) -> Option<Range<u16>> {
    let shows = |line: &u16| rows.contains(&layers.layer_at(usize::from(*line) * per_cell + (per_cell - 1) / 2));
    let first = (0..height).find(shows)?;
    let last = (0..height).rfind(shows)?;
    Some(first..last + 1)
}

/// A lane with the stages that all lanes share; `None` if they differ, since they have no common axis of depth then.
pub(in crate::tui) fn common(scene: &Scene) -> Option<LaneRef<'_>> {
    let mut lanes = scene.lanes();
    let first = lanes.next()?;
    let stages = first.header.layers.stages();
    let alike =
        |lane: LaneRef<'_>| lane.history.layers() == first.history.layers() && lane.header.layers.stages() == stages;
    (!stages.is_empty() && lanes.all(alike)).then_some(first)
}

/// One of the stages that all lanes share, as relative depths.
struct StageDepths<'a> {
    name: &'a str,
    /// Its beginning.
    start: f64,
    /// The middle of its last layer.
    last: f64,
    /// Its end.
    end: f64,
}

/// The stages that all lanes share; empty if they differ.
fn depths(scene: &Scene) -> Vec<StageDepths<'_>> {
    let Some(lane) = common(scene) else { return Vec::new() };
    let layers = lane.history.layers() as f64;
    let of_rows = |(rows, name): (Range<usize>, _)| {
        let [start, end] = [rows.start, rows.end].map(|row| row as f64);
        StageDepths { name, start: start / layers, last: (end - 0.5) / layers, end: end / layers }
    };
    lane.header.layers.stages().into_iter().map(of_rows).collect()
}

/// Draws lines between the stages in a chart over the depth.
pub(in crate::tui) fn boundaries(
    scene: &Scene,
    theme: &Theme,
    chart: Rect,
    column: impl Fn(f64) -> Option<u16>,
    buffer: &mut Buffer,
) {
    for start in depths(scene).iter().skip(1).filter_map(|stage| column(stage.start)) {
        for y in chart.top()..chart.bottom() {
            dot((chart.x + start, y), theme.glyph("┊", ":"), theme.style(Role::Frame), buffer);
        }
    }
}

/// Draws the names in its first line, if they fit and nothing but the cursor's line is there.
pub(in crate::tui) fn names_above(
    scene: &Scene,
    theme: &Theme,
    chart: Rect,
    column: impl Fn(f64) -> Option<u16>,
    buffer: &mut Buffer,
) {
    for StageDepths { name, start, last, end } in depths(scene) {
        let start = column(start);
        // If the window of layers begins within a stage, its name is at the edge.
        let from = start.map_or(0, |start| start + 1);
        let to = column(end).unwrap_or(chart.width);
        let in_view = column(last).is_some() || start.is_some();
        let width = Span::raw(name).width() as u16;
        let is_drawn_over = (from..from + width).any(|column| {
            let cell = buffer.cell((chart.x + column, chart.y));
            cell.is_some_and(|cell| ![" ", theme.glyph("│", "|")].contains(&cell.symbol()))
        });
        if in_view && to.saturating_sub(from) > width && !is_drawn_over {
            words((chart.x + from, chart.y), name, width, theme.style(Role::Dim), buffer);
        }
    }
}
