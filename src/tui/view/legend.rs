//! The colour bar with its ends, and every special glyph with its meaning.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::cell::special_look;
use super::frame::fit;
use super::heatmap::painter;
use crate::history::{Cell, Reduce};
use crate::quantity::Axis;
use crate::tui::number;
use crate::tui::scene::{Mode, Scene};
use crate::tui::theme::{Role, Theme};

/// Columns of the colour bar at most, and its share of the line.
const BAR: u16 = 60;
const BAR_SHARE: u16 = 4;

pub(super) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let painter = painter(scene, theme);
    let (low, high) = ends(scene, painter.scale.low, painter.scale.high);
    let dim = theme.style(Role::Dim);
    let mut bar = vec![Span::styled(format!("{low} "), dim)];
    let width = (area.width / BAR_SHARE).clamp(8, BAR);
    for column in 0..width {
        let shade = painter.palette.at((f32::from(column) + 0.5) / f32::from(width));
        bar.push(Span::styled(shade.glyph, ratatui::style::Style::new().fg(shade.ink).bg(shade.ground)));
    }
    bar.push(Span::styled(format!(" {high}"), dim));
    let mut parts = vec![(0, Line::from(bar))];
    parts.extend(words(scene).into_iter().map(|(rank, words)| (rank, Line::styled(words, dim))));
    parts.extend([Cell::Zero, Cell::Nan, Cell::Infinite, Cell::Absent].map(|cell| (1, special(theme, cell))));
    parts.push((2, Line::styled("blank not reached", dim)));
    let line = fit(parts, area.width.saturating_sub(2));
    buffer.set_line(area.x + 1, area.y, &line, area.width.saturating_sub(2));
}

fn ends(scene: &Scene, low: f32, high: f32) -> (String, String) {
    match (scene.view.mode, scene.view.quantity.definition().axis) {
        (Mode::Difference, _) => (format!("×{}", number::power(low)), format!("×{}", number::power(high))),
        (_, Axis::Log) => (number::power(low), number::power(high)),
        (_, Axis::Linear) => (number::value(f64::from(low)), number::value(f64::from(high))),
    }
}

/// What the colours mean, with the rank of each part.
fn words(scene: &Scene) -> Vec<(u8, String)> {
    if scene.view.mode == Mode::Difference {
        let first = scene.lanes().next().map_or_else(String::new, |lane| scene.lane_name(&lane));
        return vec![(1, format!("left end: smaller than {first}, right end: larger"))];
    }
    let reduce = match scene.view.reduce {
        Reduce::Extreme => "extreme of a cell",
        Reduce::Mean => "mean of a cell",
    };
    vec![(3, "one scale for all lanes".to_owned()), (4, reduce.to_owned())]
}

fn special<'a>(theme: &Theme, cell: Cell) -> Line<'a> {
    let (unicode, ascii, role) = special_look(cell);
    let (style, words) = match cell {
        Cell::Nan => (theme.field(role), "NaN"),
        Cell::Infinite => (theme.field(role), "infinite"),
        Cell::Zero => (theme.style(role), "exact zero"),
        _ => (theme.style(role), "no value"),
    };
    let words = Span::styled(format!(" {words}"), theme.style(Role::Dim));
    Line::from(vec![Span::styled(theme.glyph(unicode, ascii), style), words])
}
