//! The list of quantities and of other values with a view: a search line, one row each with its range in this run, and
//! an explanation of the chosen one below.
//!
//! ```text
//! ╭─ quantities ──────────────────────────────────────────────────────────────╮
//! │ find  gai_                                                                │
//! │ ▸ gain             ‖δₗ‖/‖δₗ₊₁‖     ×0.12…1.3       how much one block …    │
//! │                                                                           │
//! │ formula  ‖δ_l‖ / ‖δ_{l+1}‖                                                │
//! ╰───────────────────────────────────────────────────────────────────────────╯
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::form::around_cursor;
use crate::glossary::{GlossaryEntry, Term};
use crate::number;
use crate::quantity::{Axis, Quantity};
use crate::tui::pane::absence;
use crate::tui::pane::frame::{self, overlay};
use crate::tui::pane::split::{split_bottom, split_top};
use crate::tui::scene::{Picker, Scene};
use crate::tui::theme::{Role, Theme};

/// Maximum width of the list.
const WIDTH: u16 = 132;
/// Minimum width of a row with its meaning.
const MEANING: u16 = 92;
/// Lines below the list: a blank one, and the explanation of the chosen quantity.
const FOOT: u16 = 5;

pub(in crate::tui) fn render(picker: &Picker, scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let height = (Picker::entries().count() as u16 + FOOT + 4).min(area.height.saturating_sub(2));
    let width = WIDTH.min(area.width.saturating_sub(4));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    let title = Line::styled(" quantities and views ", theme.style(Role::Accent));
    let inner = overlay(theme, place, &title, buffer);
    let (search, rest) = split_top(inner, 2);
    let (list, foot) = split_bottom(rest, FOOT);
    put(&[find(picker, theme)], search, buffer);
    let found = picker.found();
    if found.is_empty() {
        let nothing = "no name, symbol or meaning contains this";
        put(&[Line::styled(nothing, theme.style(Role::Warning))], list, buffer);
        return;
    }
    let rows: Vec<_> = (0..)
        .zip(&found)
        .map(|(index, topic)| {
            let focus = if index == picker.focus { Focus::Here } else { Focus::Elsewhere };
            row(*topic, scene, theme, list.width, focus)
        })
        .collect();
    let height = usize::from(list.height);
    let first = (picker.focus + 1 + height / 3).saturating_sub(height).min(rows.len().saturating_sub(height));
    put(&rows[first..], list, buffer);
    if let Some(chosen) = picker.chosen() {
        put(&explain(chosen, theme), split_top(foot, 1).1, buffer);
    }
}

fn put(lines: &[Line<'_>], area: Rect, buffer: &mut Buffer) {
    for (line, row) in lines.iter().zip(area.rows()) {
        frame::put((row.x, row.y), line, row.width, buffer);
    }
}

/// The search text, with the cursor.
fn find<'a>(picker: &Picker, theme: &Theme) -> Line<'a> {
    let (before, under, after) = around_cursor(&picker.search);
    let text = theme.style(Role::Text);
    Line::from(vec![
        Span::styled("find  ", theme.style(Role::Accent)),
        Span::styled(before, text),
        Span::styled(under, text.add_modifier(Modifier::REVERSED)),
        Span::styled(after, text),
    ])
}

#[derive(Clone, Copy, PartialEq)]
enum Focus {
    Here,
    Elsewhere,
}

/// Name, symbol, range, and the meaning if there is room.
fn row<'a>(topic: GlossaryEntry, scene: &Scene, theme: &Theme, width: u16, focus: Focus) -> Line<'a> {
    let Term { name: title, symbol, ascii, meaning, .. } = topic.term();
    let symbol = Some(theme.glyph(symbol, ascii)).filter(|symbol| *symbol != title).unwrap_or_default();
    let range = match topic {
        GlossaryEntry::Quantity(quantity) => range(quantity, scene),
        GlossaryEntry::Term(_) => Some("its own view".to_owned()),
    };
    let has_values = range.is_some();
    let nothing = match topic {
        GlossaryEntry::Quantity(quantity) if !has_values => absence::why_none(quantity, scene),
        _ => "",
    };
    let (mark, name) = match focus {
        Focus::Here => (theme.glyph("▸ ", "> "), theme.style(Role::Accent)),
        Focus::Elsewhere if has_values => ("  ", theme.style(Role::Text)),
        Focus::Elsewhere => ("  ", theme.style(Role::Dim)),
    };
    let values = theme.style(if has_values { Role::Text } else { Role::Dim });
    let mut spans = vec![
        Span::styled(format!("{mark}{title:<17}"), name),
        Span::styled(format!("{symbol:<15}"), theme.style(Role::Dim)),
        Span::styled(format!("{:<19}", range.unwrap_or_else(|| nothing.to_owned())), values),
    ];
    if width >= MEANING {
        spans.push(Span::styled(meaning, theme.style(Role::Dim)));
    }
    Line::from(spans)
}

/// Smallest to largest value of all lanes so far; `None` if there is none.
fn range(quantity: Quantity, scene: &Scene) -> Option<String> {
    if !scene.lanes().any(|lane| lane.history.has(quantity)) {
        return None;
    }
    let ranges = scene.lanes().filter_map(|lane| lane.history.extent(quantity));
    let Some((low, high)) = ranges.reduce(|all, lane| (all.0.min(lane.0), all.1.max(lane.1))) else {
        return Some(match quantity.definition().axis {
            // Zeros have no position on this axis.
            Axis::Log => "0, or not finite".to_owned(),
            Axis::Linear => "not finite".to_owned(),
        });
    };
    let sign = if quantity == Quantity::Gain { "×" } else { "" };
    let words = |end: f32| match quantity.definition().axis {
        Axis::Log => number::magnitude(10f64.powf(f64::from(end))),
        Axis::Linear => number::magnitude(f64::from(end)),
    };
    let (low, high) = (words(low), words(high));
    Some(if low == high { format!("{sign}{low}") } else { format!("{sign}{low}…{high}") })
}

/// The explanation of the chosen quantity.
fn explain<'a>(topic: GlossaryEntry, theme: &Theme) -> Vec<Line<'a>> {
    let Term { meaning, formula, healthy, source, .. } = topic.term();
    let line = |label: &'static str, words: &'static str, role| {
        Line::from(vec![
            Span::styled(format!("{label:<9}"), theme.style(Role::Dim)),
            Span::styled(words, theme.style(role)),
        ])
    };
    vec![
        line("meaning", meaning, Role::Text),
        line("formula", formula, Role::Text),
        line("healthy", healthy, Role::Text),
        line("source", source, Role::Dim),
    ]
}
