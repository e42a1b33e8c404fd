//! The command line, which replaces the footer, with a hint above it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::form::around_cursor;
use crate::tui::command::{COMMANDS, hint};
use crate::tui::pane::frame::{blank, put};
use crate::tui::theme::{Role, Theme};

pub(in crate::tui) fn render(input: &tui_input::Input, theme: &Theme, line: Rect, above: Rect, buffer: &mut Buffer) {
    blank(theme, line, buffer);
    blank(theme, above, buffer);
    let text = theme.style(Role::Text);
    let (before, under, after) = around_cursor(input);
    let typed = Line::from(vec![
        Span::styled(":", theme.style(Role::Accent)),
        Span::styled(before, text),
        Span::styled(under, text.add_modifier(Modifier::REVERSED)),
        Span::styled(after, text),
    ]);
    // The end of a long line stays visible, since the user types there.
    let scroll = (typed.width() as u16).saturating_sub(line.width.saturating_sub(2));
    let typed = if scroll > 0 { tail(input.value(), line.width, theme) } else { typed };
    put((line.x + 1, line.y), &typed, line.width.saturating_sub(1), buffer);
    let hint = match hint(input.value()) {
        Some(command) => format!("{} {}  {}", command.word, command.argument, command.help),
        None => COMMANDS.iter().map(|command| command.word).collect::<Vec<_>>().join("  "),
    };
    let hint = Line::styled(hint, theme.style(Role::Dim));
    put((above.x + 1, above.y), &hint, above.width.saturating_sub(2), buffer);
}

fn tail<'a>(value: &str, width: u16, theme: &Theme) -> Line<'a> {
    let letters: Vec<char> = value.chars().collect();
    let shown = usize::from(width.saturating_sub(4));
    let text: String = letters[letters.len().saturating_sub(shown)..].iter().collect();
    Line::from(vec![Span::styled(":…", theme.style(Role::Accent)), Span::styled(text, theme.style(Role::Text))])
}
