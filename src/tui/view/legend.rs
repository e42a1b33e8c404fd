//! The colour bar with its ends, and every special glyph with its meaning.

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::cell::special_look;
use super::filters;
use super::frame::{fit, put};
use super::heatmap::painter;
use super::samples;
use crate::history::{self, Cell, Reduce};
use crate::number;
use crate::quantity::Axis;
use crate::tui::layout::Layout;
use crate::tui::scale::Scale;
use crate::tui::scene::{Mode, Scene};
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// Columns of the colour bar at most, and its share of the line.
const BAR: u16 = 60;
const BAR_SHARE: u16 = 4;

/// Whether anything is drawn in the colours of a scale, or in glyphs that need words.
pub(in crate::tui) fn is_shown(scene: &Scene) -> bool {
    scene.view.mode != Mode::Loss && scene.view.mode.has_contents(scene)
}

pub(super) fn render(scene: &Scene, theme: &Theme, layout: &Layout, buffer: &mut Buffer) {
    let area = layout.legend;
    if area.is_empty() {
        return;
    }
    if scene.view.mode == Mode::Filters {
        let line = fit(filters::legend(scene, theme, layout), area.width.saturating_sub(2));
        put((area.x + 1, area.y), &line, area.width.saturating_sub(2), buffer);
        return;
    }
    if scene.view.mode == Mode::Samples {
        let line = fit(samples::legend(theme, layout), area.width.saturating_sub(2));
        put((area.x + 1, area.y), &line, area.width.saturating_sub(2), buffer);
        return;
    }
    let painter = painter(scene, theme);
    let (low, high) = ends(scene, theme, painter.scale);
    let dim = theme.style(Role::Dim);
    let mut bar = vec![Span::styled(format!("{low} "), dim)];
    let width = (area.width / BAR_SHARE).clamp(8, BAR);
    for column in 0..width {
        let shade = painter.palette.at((f32::from(column) + 0.5) / f32::from(width));
        bar.push(Span::styled(shade.glyph, Style::new().fg(shade.ink).bg(shade.ground)));
    }
    bar.push(Span::styled(format!(" {high}"), dim));
    // The lines of the profile have the colours of their lanes.
    let has_scale = scene.view.mode != Mode::Profile;
    let mut parts: Vec<_> = has_scale.then(|| (0, Line::from(bar))).into_iter().collect();
    parts.extend(hidden(theme, layout));
    if has_scale {
        parts.extend(meaning(scene, theme));
    }
    if scene.view.mode != Mode::Anatomy {
        parts
            .extend([Cell::Zero, Cell::Nan, Cell::Infinite, Cell::Absent].map(|cell| (1, special(scene, theme, cell))));
        let blank = match scene.view.mode {
            Mode::Histogram => Some("blank: none"),
            Mode::Denoising => None,
            _ => is_blank(scene, layout).then_some("blank: not reached"),
        };
        parts.extend(blank.map(|words| (2, Line::styled(words, dim))));
    }
    let line = fit(parts, area.width.saturating_sub(2));
    put((area.x + 1, area.y), &line, area.width.saturating_sub(2), buffer);
}

/// Whether a lane was not, or not yet, where the axis ends.
fn is_blank(scene: &Scene, layout: &Layout) -> bool {
    let end = layout.step_axis(scene).steps().end;
    let reaches = |step: Step| step.0 + 1 >= end;
    let all = scene.lanes().all(|lane| lane.history.last_step().is_some_and(reaches));
    !(scene.has_ended() && all && scene.newest().is_some_and(reaches))
}

/// The ends in words; with an arrow where values lie outside, which have the colour of that end.
fn ends(scene: &Scene, theme: &Theme, scale: Scale) -> (String, String) {
    let (low, high) = numbers(scene, scale.low, scale.high);
    let [below, above] = beyond(scene, scale);
    let marked = |mark: &str, end: String| format!("{mark} {end}");
    (
        if below { marked(theme.glyph("≤", "<="), low) } else { low },
        if above { marked(theme.glyph("≥", ">="), high) } else { high },
    )
}

/// Whether a lane has had values below and above the scale.
fn beyond(scene: &Scene, scale: Scale) -> [bool; 2] {
    match scene.view.mode {
        Mode::Anatomy | Mode::Histogram | Mode::Layers | Mode::Filters | Mode::Denoising | Mode::Samples => [false; 2],
        Mode::Difference => [scene.picture.largest_ratio > scale.high; 2],
        Mode::Heatmaps | Mode::Profile | Mode::Loss => {
            let extents = scene.lanes().filter_map(|lane| lane.history.extent(scene.view.quantity));
            history::beyond(extents, (scale.low, scale.high))
        }
    }
}

fn numbers(scene: &Scene, low: f32, high: f32) -> (String, String) {
    match (scene.view.mode, scene.coloured().definition().axis) {
        (Mode::Anatomy, _) => ("×1/8".to_owned(), "×8".to_owned()),
        (Mode::Histogram, _) => ("0.01 %".to_owned(), "100 %".to_owned()),
        (Mode::Difference, Axis::Log) => (format!("×{}", number::power(low)), format!("×{}", number::power(high))),
        (_, Axis::Log) => (number::power(low), number::power(high)),
        (_, Axis::Linear) => (number::value(f64::from(low)), number::value(f64::from(high))),
    }
}

/// Which lanes are in view, where not all are.
pub(super) fn hidden<'a>(theme: &Theme, layout: &Layout) -> Option<(u8, Line<'a>)> {
    let shown = layout.shown();
    let count = layout.lanes.end;
    let words = match shown.len() {
        0 => return None,
        1 => format!("lane {} of {count}, Tab: more", shown.end),
        _ => format!("lanes {}–{} of {count}, Tab: more", shown.start + 1, shown.end),
    };
    (shown.len() < layout.lanes.len()).then(|| (0, Line::styled(words, theme.style(Role::Warning))))
}

/// What the colours mean, with the rank of each part.
fn meaning<'a>(scene: &Scene, theme: &Theme) -> Vec<(u8, Line<'a>)> {
    let dim = theme.style(Role::Dim);
    if scene.view.mode == Mode::Difference {
        let first = scene.lanes().next().map_or_else(String::new, |lane| scene.lane_name(&lane));
        let patch = |position: f32| {
            let shade = theme.diverging().at(position);
            Span::styled(shade.glyph, Style::new().fg(shade.ink).bg(shade.ground))
        };
        let words = |text: String| Span::styled(text, dim);
        let smaller = Line::from(vec![patch(0.12), words(format!(" smaller than {first}"))]);
        return vec![(1, smaller), (1, Line::from(vec![patch(0.88), words(" larger".to_owned())]))];
    }
    if scene.view.mode == Mode::Anatomy {
        let words = "a step's factor: blue shrinks the signal, red grows it";
        return vec![(1, Line::styled(words, dim))];
    }
    if scene.view.mode == Mode::Layers {
        return vec![(3, Line::styled("the scale of whole blocks", dim))];
    }
    if scene.view.mode == Mode::Denoising {
        let words = "gradient of the loss at these times alone";
        return vec![(1, Line::styled(words, dim))];
    }
    if scene.view.mode == Mode::Histogram {
        return vec![(1, Line::styled("of a layer's gradient elements", dim))];
    }
    let reduce = match scene.view.reduce {
        Reduce::Extreme => "a cell: extreme",
        Reduce::Mean => "a cell: mean",
    };
    vec![(3, Line::styled("one scale for all lanes", dim)), (4, Line::styled(reduce, dim))]
}

fn special<'a>(scene: &Scene, theme: &Theme, cell: Cell) -> Line<'a> {
    let (unicode, ascii, role) = special_look(cell);
    let is_ratio = scene.view.mode == Mode::Difference && scene.view.quantity.definition().axis == Axis::Log;
    let (style, words) = match (cell, is_ratio) {
        (Cell::Nan, false) => (theme.field(role), "NaN"),
        (Cell::Nan, true) => (theme.field(role), theme.glyph("NaN, 0 ÷ 0", "NaN, 0 / 0")),
        (Cell::Infinite, false) => (theme.field(role), "infinite"),
        (Cell::Infinite, true) => (theme.field(role), theme.glyph("infinite, ÷ 0", "infinite, / 0")),
        (Cell::Zero, _) => (theme.style(role), "exact zero"),
        _ => (theme.style(role), "no value"),
    };
    let words = Span::styled(format!(" {words}"), theme.style(Role::Dim));
    Line::from(vec![Span::styled(theme.glyph(unicode, ascii), style), words])
}
