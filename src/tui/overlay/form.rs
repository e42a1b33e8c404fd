//! The form of settings: one line per setting with its error, and the accepted values at the bottom.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::config::setting;
use crate::tui::choices::choices;
use crate::tui::pane::frame::{out_of_sight, overlay, put, wrapped};
use crate::tui::pane::split::{split_bottom, split_top};
use crate::tui::scene::{Field, SettingsForm};
use crate::tui::theme::{Role, Theme};

/// Width of the keys.
const KEY: usize = 22;
/// Width of the values.
const VALUE: usize = 18;
/// Maximum width of the form.
const WIDTH: u16 = 100;

pub(in crate::tui) fn render(form: &SettingsForm, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let groups = setting::Group::ALL.len() as u16;
    let height = (form.fields.len() as u16 + groups + 6).min(area.height.saturating_sub(2));
    let width = WIDTH.min(area.width.saturating_sub(4));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    let title = Line::styled(" edit and restart ", theme.style(Role::Accent));
    let inner = overlay(theme, place, &title, buffer);
    let foot = foot(form, theme, usize::from(inner.width));
    let (list, below) = split_bottom(inner, foot.len() as u16 + 1);
    let below = split_top(below, 1).1;
    fields(form, theme, list, buffer);
    for (line, row) in foot.iter().zip(below.rows()) {
        put((row.x, row.y), line, row.width, buffer);
    }
}

fn fields(form: &SettingsForm, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut lines = Vec::new();
    let mut focus = 0;
    let mut group = None;
    for (index, field) in form.fields.iter().enumerate() {
        let here = setting::find(field.key).map(|setting| setting.group);
        if here != group {
            lines.push(Line::styled(here.map_or("", setting::Group::heading), theme.style(Role::Strong)));
            group = here;
        }
        if index == form.focus {
            focus = lines.len();
        }
        lines.push(line(field, theme, if index == form.focus { Focus::Here } else { Focus::Elsewhere }));
    }
    let height = usize::from(area.height);
    let first = (focus + 1 + height / 3).saturating_sub(height).min(lines.len().saturating_sub(height));
    for (line, row) in lines.iter().skip(first).zip(area.rows()) {
        put((row.x, row.y), line, row.width, buffer);
    }
    // The right end of the line below the list says how many settings are hidden.
    let below = lines.len().saturating_sub(first + height);
    let text = out_of_sight(theme, first, below);
    if !text.is_empty() {
        let words = Line::styled(format!("{text}more lines"), theme.style(Role::Dim));
        let width = words.width() as u16;
        put((area.right().saturating_sub(width), area.bottom()), &words, width, buffer);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Focus {
    Here,
    Elsewhere,
}

fn line<'a>(field: &Field, theme: &Theme, focus: Focus) -> Line<'a> {
    let is_changed = field.input.value() != field.before;
    let key = theme.style(if focus == Focus::Here { Role::Accent } else { Role::Dim });
    let value = theme.style(if is_changed { Role::Warning } else { Role::Text });
    let mark = if focus == Focus::Here { theme.glyph("▸ ", "> ") } else { "  " };
    let mut spans = vec![Span::styled(format!("{mark}{:<KEY$} ", field.key), key)];
    if focus == Focus::Here {
        let (before, under, after) = around_cursor(&field.input);
        let typed = before.chars().count() + 1 + after.chars().count();
        spans.push(Span::styled(before, value.add_modifier(Modifier::UNDERLINED)));
        spans.push(Span::styled(under, value.add_modifier(Modifier::REVERSED)));
        spans.push(Span::styled(after, value.add_modifier(Modifier::UNDERLINED)));
        spans.push(Span::raw(" ".repeat(VALUE.saturating_sub(typed))));
    } else {
        spans.push(Span::styled(format!("{:<VALUE$}", field.input.value()), value));
    }
    match &field.problem {
        Some(problem) => spans.push(Span::styled(format!(" {problem}"), theme.style(Role::Bad))),
        None if is_changed => spans.push(Span::styled(format!(" was {}", field.before), theme.style(Role::Dim))),
        None => {}
    }
    Line::from(spans)
}

/// The text before the cursor, the letter under it (a blank at the end), the text after it.
pub(in crate::tui) fn around_cursor(input: &tui_input::Input) -> (String, String, String) {
    let mut letters = input.value().chars();
    let before: String = letters.by_ref().take(input.cursor()).collect();
    let under = letters.next().map_or_else(|| " ".to_owned(), String::from);
    (before, under, letters.collect())
}

/// Help and accepted values of the focused setting, and the errors of this setting and of all settings together.
fn foot(form: &SettingsForm, theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let Some(field) = form.fields.get(form.focus) else { return Vec::new() };
    let Some(setting) = setting::find(field.key) else { return Vec::new() };
    let choose =
        if choices(setting.key).is_empty() { "" } else { theme.glyph("; ←→ choose", "; left right choose") };
    let scope = if setting.is_per_lane() { " · in every lane" } else { "" };
    let beside = line(field, theme, Focus::Here);
    let too_long = field.problem.as_ref().filter(|_| beside.width() > width);
    let (last, role) = match (&form.problem, too_long) {
        (Some(problem), _) | (None, Some(problem)) => (problem.as_str(), Role::Bad),
        (None, None) => ("Enter restarts the lanes with these settings, Esc changes nothing", Role::Dim),
    };
    let texts = [
        (format!("{}: {}{scope}", setting.key, setting.help), Role::Text),
        (format!("takes {}{choose}", setting.values), Role::Dim),
        (last.to_owned(), role),
    ];
    let lines = texts.iter().map(|(text, role)| (wrapped(text, width), theme.style(*role)));
    lines.flat_map(|(lines, style)| lines.into_iter().map(move |line| Line::styled(line, style))).collect()
}
