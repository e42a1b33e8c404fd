//! The question before something is lost, in the place of the footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{blank, fit, put};
use crate::tui::scene::Question;
use crate::tui::theme::{Role, Theme};

/// The question, what `y` does and what `n` does.
pub(super) fn words(question: &Question) -> (&'static str, &'static str, &'static str) {
    match question {
        Question::Quit => ("Quit? This run is not over and is not logged.", "quit", "stay"),
        Question::Restart(_) => ("Restart? This run is not logged (:log DIR keeps it).", "restart", "stay"),
    }
}

pub(super) fn render(question: &Question, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    blank(theme, area, buffer);
    let (key, text) = (theme.style(Role::Accent), theme.style(Role::Text));
    let (asks, yes, no) = words(question);
    let answers = Line::from(vec![
        Span::styled("y", key),
        Span::styled(format!(" {yes}  "), text),
        Span::styled("n", key),
        Span::styled(format!(" {no}"), text),
    ]);
    let line =
        fit(vec![(1, Line::styled(asks, theme.style(Role::Warning))), (0, answers)], area.width.saturating_sub(2));
    put((area.x + 1, area.y), &line, area.width.saturating_sub(2), buffer);
}
