//! Scrollable lines on top of the panes: the help, the notes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::pane::frame::{overlay, put, words};
use crate::tui::theme::{Role, Theme};

/// Maximum width.
const WIDTH: u16 = 84;

/// A title and lines, of which some are scrolled away.
pub(in crate::tui) struct Scrolled<'a> {
    pub(in crate::tui) title: &'a str,
    pub(in crate::tui) lines: &'a [Line<'a>],
    pub(in crate::tui) above: u16,
}

/// Draws the visible lines.
pub(in crate::tui) fn render(theme: &Theme, text: &Scrolled<'_>, area: Rect, buffer: &mut Buffer) {
    let place = place(area);
    let Scrolled { title, lines, above: scrolled } = *text;
    let inner = overlay(theme, place, &Line::styled(title, theme.style(Role::Accent)), buffer);
    for (line, row) in lines.iter().skip(usize::from(scrolled)).zip(inner.rows()) {
        put((row.x, row.y), line, row.width, buffer);
    }
    let rest = lines.len().saturating_sub(usize::from(scrolled) + usize::from(inner.height));
    if rest > 0 && place.height > 0 {
        let more = format!(" {rest} more lines {} ", theme.glyph("↓", "v"));
        let x = place.right().saturating_sub(more.chars().count() as u16 + 3).max(place.x);
        words((x, place.bottom() - 1), &more, place.right() - x, theme.style(Role::Accent), buffer);
    }
}

/// Number of lines that can be scrolled away.
pub(in crate::tui) fn most(lines: usize, area: Rect) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_sub(page(area))
}

/// Number of visible lines.
pub(in crate::tui) fn page(area: Rect) -> u16 {
    place(area).height.saturating_sub(2)
}

/// Width of a line.
pub(in crate::tui) fn width(area: Rect) -> u16 {
    place(area).width.saturating_sub(4)
}

fn place(area: Rect) -> Rect {
    let width = area.width.saturating_sub(4).min(WIDTH);
    let height = area.height.saturating_sub(2);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + area.height.min(1), width, height }
}
