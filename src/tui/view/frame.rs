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
        clear(Rect { x: area.x + 2, width: width + 2, height: 1, ..area }, buffer);
        buffer.set_line(area.x + 3, area.y, &title, room.saturating_sub(2));
    }
    inside(area)
}

/// Empties an area for what lies on top and frames it.
pub(super) fn overlay(theme: &Theme, area: Rect, title: &Line<'_>, buffer: &mut Buffer) -> Rect {
    clear(area, buffer);
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Accent)).render(area, buffer);
    clear(
        Rect { x: area.x + 3, width: (title.width() as u16).min(area.width.saturating_sub(6)), height: 1, ..area },
        buffer,
    );
    buffer.set_line(area.x + 3, area.y, title, area.width.saturating_sub(6));
    let inner = inside(area);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// Takes away what stands in an area, colours and all: a style that is set later would only be laid over it.
pub(super) fn clear(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
}

/// An area of blanks in the colours of text, for a line that stands in place of another.
pub(super) fn blank(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    // A style alone would leave the background of what stood there.
    clear(area, buffer);
    buffer.set_style(area, theme.style(Role::Text));
}

/// Words in a place of their own, cut to a width.
pub(super) fn words(place: (u16, u16), text: &str, width: u16, style: Style, buffer: &mut Buffer) {
    let long = Span::raw(text).width() as u16;
    clear(Rect::new(place.0, place.1, long.min(width), 1), buffer);
    buffer.set_stringn(place.0, place.1, text, usize::from(width), style);
}

/// Lines of at most so many columns, broken between words where that can be.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let columns = |text: &str| Span::raw(text).width();
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() && columns(word) <= width {
            line.push_str(word);
        } else if columns(line) + 1 + columns(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else if columns(word) <= width {
            lines.push(word.to_owned());
        } else {
            // A word that fits on no line: a long path.
            let letters: Vec<char> = word.chars().collect();
            lines.extend(letters.chunks((width / 2).max(1)).map(|part| part.iter().collect()));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
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
                return Line::from(spans).style(line.style);
            }
            left -= wide;
            text.push(letter);
        }
        spans.push(Span::styled(text, span.style));
    }
    Line::from(spans).style(line.style)
}

/// The parts that fit, joined by two blanks: the most important is always there, each further one where there is still
/// room for it. A part is its rank and its line.
pub(super) fn fit(parts: Vec<(u8, Line<'_>)>, width: u16) -> Line<'_> {
    let mut by_rank: Vec<usize> = (0..parts.len()).collect();
    by_rank.sort_by_key(|&index| parts[index].0);
    let mut taken = vec![false; parts.len()];
    let mut length = 0;
    for index in by_rank {
        let more = parts[index].1.width() + 2;
        if length == 0 || length + more <= usize::from(width) + 2 {
            taken[index] = true;
            length += more;
        }
    }
    let parts = parts.into_iter().zip(taken).filter_map(|(part, taken)| taken.then_some(part));
    let mut spans = Vec::new();
    for (_, line) in parts {
        if !spans.is_empty() {
            spans.push(Span::raw("  "));
        }
        spans.extend(line.spans.into_iter().map(|span| Span::styled(span.content, line.style.patch(span.style))));
    }
    cut(&Line::from(spans), width)
}
