//! The question before quitting, in the place of the footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::blank;
use crate::tui::theme::{Role, Theme};

pub(super) fn render(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    blank(theme, area, buffer);
    let (key, text) = (theme.style(Role::Accent), theme.style(Role::Text));
    let line = Line::from(vec![
        Span::styled(" Quit? This run is not over and is not logged. ", theme.style(Role::Warning)),
        Span::styled("y", key),
        Span::styled(" quit  ", text),
        Span::styled("n", key),
        Span::styled(" stay", text),
    ]);
    buffer.set_line(area.x, area.y, &line, area.width);
}
