//! The question before something is lost, which replaces the footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::pane::frame::{blank, fit, put};
use crate::tui::scene::Question;
use crate::tui::theme::{Role, Theme};

/// The question, what `y` does and what `n` does.
pub(in crate::tui) fn words(question: &Question) -> (&'static str, &'static str, &'static str) {
    match question {
        Question::Quit => ("Quit? This run has not ended and is not logged.", "quit", "stay"),
        Question::Restart(_) => ("Restart? This run is not logged (:log DIR keeps it).", "restart", "stay"),
    }
}

pub(in crate::tui) fn render(question: &Question, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (asks, yes, no) = words(question);
    line(asks, &[("y", yes), ("n", no)], theme, area, buffer);
}

/// The line while the next run is being prepared, before any question.
pub(in crate::tui) fn waiting(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    line("Preparing the next run; this one continues.", &[("Esc", "keep this one")], theme, area, buffer);
}

fn line(sentence: &str, keys: &[(&str, &str)], theme: &Theme, area: Rect, buffer: &mut Buffer) {
    blank(theme, area, buffer);
    let answers = keys.iter().map(|(key, does)| {
        Line::from(vec![
            Span::styled(*key, theme.style(Role::Accent)),
            Span::styled(format!(" {does}"), theme.style(Role::Text)),
        ])
    });
    let sentence = Line::styled(sentence, theme.style(Role::Warning));
    let parts = std::iter::once((1, sentence)).chain(answers.map(|answer| (0, answer))).collect();
    let line = fit(parts, area.width.saturating_sub(2));
    put((area.x + 1, area.y), &line, area.width.saturating_sub(2), buffer);
}
