//! Frames with a title, and lines of text that are cut to a width.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::layout::inside;
use crate::tui::theme::{Role, Theme};

/// A rounded frame with a title in its upper edge; returns what lies within.
pub(super) fn framed(theme: &Theme, area: Rect, title: &Line<'_>, buffer: &mut Buffer) -> Rect {
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Frame)).render(area, buffer);
    let room = area.width.saturating_sub(4);
    if room > 0 && area.height > 0 {
        let title = cut(title, room.saturating_sub(2));
        let width = title.width() as u16;
        buffer.set_string(area.x + 2, area.y, " ", Style::new());
        buffer.set_line(area.x + 3, area.y, &title, room.saturating_sub(2));
        buffer.set_string(area.x + 3 + width, area.y, " ", Style::new());
    }
    inside(area)
}

/// Empties an area for what lies on top and frames it.
pub(super) fn overlay(theme: &Theme, area: Rect, title: &Line<'_>, buffer: &mut Buffer) -> Rect {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Accent)).render(area, buffer);
    buffer.set_line(area.x + 3, area.y, title, area.width.saturating_sub(6));
    let inner = inside(area);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// A line that ends with `…` where it is too long.
pub(super) fn cut<'a>(line: &Line<'a>, width: u16) -> Line<'a> {
    let width = usize::from(width);
    if line.width() <= width {
        return line.clone();
    }
    let mut left = width.saturating_sub(1);
    let mut spans = Vec::new();
    for span in &line.spans {
        let mut text = String::new();
        for letter in span.content.chars() {
            let wide = Span::raw(letter.to_string()).width();
            if wide > left {
                spans.push(Span::styled(text + "…", span.style));
                return Line::from(spans);
            }
            left -= wide;
            text.push(letter);
        }
        spans.push(Span::styled(text, span.style));
    }
    Line::from(spans)
}

/// The parts that fit, least important dropped first, joined by two blanks. A part is its rank and its line.
pub(super) fn fit<'a>(mut parts: Vec<(u8, Line<'a>)>, width: u16) -> Line<'a> {
    let length = |parts: &[(u8, Line<'_>)]| parts.iter().map(|(_, line)| line.width() + 2).sum::<usize>();
    while length(&parts) > usize::from(width) + 2 {
        let Some(worst) = (0..parts.len()).max_by_key(|&index| parts[index].0) else { break };
        parts.remove(worst);
    }
    let mut spans = Vec::new();
    for (_, line) in parts {
        if !spans.is_empty() {
            spans.push(Span::raw("  "));
        }
        spans.extend(line.spans);
    }
    Line::from(spans)
}
