//! Frames with a title, and lines of text that are shortened to a width.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::pane::split::inside;
use crate::tui::theme::{Role, Theme};

/// Draws a rounded frame with a title in its upper edge; returns the area inside.
pub(in crate::tui) fn framed(theme: &Theme, area: Rect, title: &Line<'_>, buffer: &mut Buffer) -> Rect {
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Frame)).render(area, buffer);
    let room = area.width.saturating_sub(4);
    if room > 0 && area.height > 0 {
        let title = cut(title, room.saturating_sub(2));
        clear(Rect { x: area.x + 2, width: title.width() as u16 + 2, height: 1, ..area }, buffer);
        put((area.x + 3, area.y), &title, room.saturating_sub(2), buffer);
    }
    inside(area)
}

/// Clears an area for a window on top and frames it.
pub(in crate::tui) fn overlay(theme: &Theme, area: Rect, title: &Line<'_>, buffer: &mut Buffer) -> Rect {
    clear(area, buffer);
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Accent)).render(area, buffer);
    let title = cut(title, area.width.saturating_sub(6));
    clear(Rect { x: area.x + 3, width: title.width() as u16, height: 1, ..area }, buffer);
    put((area.x + 3, area.y), &title, title.width() as u16, buffer);
    let inner = inside(area);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// Clears an area with its colours: a style that is set later would only be added to them.
pub(in crate::tui) fn clear(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
}

/// Fills an area with blanks in the colours of text, for a line that replaces another.
pub(in crate::tui) fn blank(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    // A style alone would leave the old background.
    clear(area, buffer);
    buffer.set_style(area, theme.style(Role::Text));
}

/// Writes words at a place, shortened to a width.
pub(in crate::tui) fn words(place: (u16, u16), text: &str, width: u16, style: Style, buffer: &mut Buffer) {
    let line = cut(&Line::styled(text, style), width);
    clear(Rect::new(place.0, place.1, line.width() as u16, 1), buffer);
    put(place, &line, width, buffer);
}

/// Writes a line at a place, shortened to a width. Every text that can hold a number is written by this function.
pub(in crate::tui) fn put(place: (u16, u16), line: &Line<'_>, width: u16, buffer: &mut Buffer) {
    buffer.set_line(place.0, place.1, &cut(line, width), width);
}

/// One cell of a drawing.
pub(in crate::tui) fn dot(place: (u16, u16), glyph: &str, style: Style, buffer: &mut Buffer) {
    if let Some(cell) = buffer.cell_mut(place) {
        cell.set_symbol(glyph).set_style(style);
    }
}

/// Lines of at most `width` columns, wrapped between words; a word that fits on no line, such as a long path, is
/// broken.
pub(in crate::tui) fn wrapped(text: &str, width: usize) -> Vec<String> {
    crate::text::confined(text, width)
}

/// A line that ends with `…` if it is too long. A name may be shortened, a number never: one that does not fit is left
/// out, since `5.2` instead of `5.2e-4` would be wrong.
pub(in crate::tui) fn cut<'a>(line: &Line<'a>, width: u16) -> Line<'a> {
    let width = usize::from(width);
    if line.width() <= width {
        return line.clone();
    }
    let letters: Vec<(char, Style)> =
        line.spans.iter().flat_map(|span| span.content.chars().map(|letter| (letter, span.style))).collect();
    let mut kept = 0;
    let mut columns = 0;
    for (letter, _) in &letters {
        columns += Span::raw(letter.to_string()).width();
        if columns + 1 > width {
            break;
        }
        kept += 1;
    }
    let text: Vec<char> = letters.iter().map(|(letter, _)| *letter).collect();
    kept = before_number(&text, kept);
    // Text that was shortened before does not get a second `…`.
    while kept > 0 && text[kept - 1] == '…' {
        kept -= 1;
    }
    let mut spans: Vec<Span<'a>> = Vec::new();
    for (letter, style) in &letters[..kept] {
        match spans.last_mut() {
            Some(span) if span.style == *style => span.content.to_mut().push(*letter),
            _ => spans.push(Span::styled(letter.to_string(), *style)),
        }
    }
    if width > 0 {
        match spans.last_mut() {
            Some(span) => span.content.to_mut().push('…'),
            None => spans.push(Span::styled("…", letters.first().map_or(line.style, |(_, style)| *style))),
        }
    }
    Line::from(spans).style(line.style)
}

/// Number of letters that remain: a number at the end is left out whole, with the blanks before it.
fn before_number(text: &[char], fitting: usize) -> usize {
    let is_inside = fitting > 0 && text.get(fitting).is_some_and(|next| !next.is_whitespace());
    let start = text[..fitting].iter().rposition(|letter| letter.is_whitespace()).map_or(0, |blank| blank + 1);
    if run_number(&text[start..]).is_some_and(|number| fitting > start + number) {
        return fitting;
    }
    let first =
        text[start..].iter().take_while(|letter| !letter.is_whitespace()).find(|letter| letter.is_alphanumeric());
    if is_inside && first.is_some_and(char::is_ascii_digit) {
        text[..start].iter().rposition(|letter| !letter.is_whitespace()).map_or(0, |last| last + 1)
    } else {
        fitting
    }
}

/// Length of the run number before a lane's name, `2:` of `2:residual`; `None` for a number itself, such as `1:02`.
fn run_number(word: &[char]) -> Option<usize> {
    let digits = word.iter().take_while(|letter| letter.is_ascii_digit()).count();
    let mut letters = word.iter().take_while(|letter| !letter.is_whitespace());
    let is_name = word.get(digits) == Some(&':') && letters.any(|letter| letter.is_alphabetic());
    (digits > 0 && is_name).then_some(digits + 1)
}

/// The parts that fit, joined by two blanks: the most important is always there, each further one if there is still
/// room for it. A part has a rank and a line.
pub(in crate::tui) fn fit(parts: Vec<(u8, Line<'_>)>, width: u16) -> Line<'_> {
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

/// `↑3 ↓12 `: the number of hidden rows above and below; empty if there are none.
pub(in crate::tui) fn out_of_sight(theme: &Theme, above: usize, below: usize) -> String {
    let mark = |count: usize, arrow: &str| if count == 0 { String::new() } else { format!("{arrow}{count} ") };
    mark(above, theme.glyph("↑", "^")) + &mark(below, theme.glyph("↓", "v"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_to(text: &str, width: u16) -> String {
        cut(&Line::raw(text.to_owned()), width).to_string()
    }

    #[test]
    fn a_number_is_never_cut_and_a_name_may_be() {
        for (text, width, wanted) in [
            ("loss 5.2e-4", 8, "loss…"),
            ("loss 5.2e-4", 11, "loss 5.2e-4"),
            ("5.2e-4", 5, "…"),
            ("×0.41/block  of 50", 8, "…"),
            ("residual-2 ×1.08", 7, "residu…"),
            ("residual-2 ×1.08", 12, "residual-2…"),
            ("ended at step 1,204", 17, "ended at step…"),
            ("residu… 2.30e-4", 10, "residu…"),
            ("a–b", 0, ""),
            ("2:residual", 5, "2:re…"),
            ("12:residual ×1.08", 9, "12:resid…"),
            ("12:residual", 3, "…"),
            ("1:1/plain", 5, "1:1/…"),
            ("1:02:03 of 9", 5, "…"),
        ] {
            assert_eq!(cut_to(text, width), wanted, "{text} in {width}");
        }
    }

    #[test]
    fn whatever_the_width_every_number_left_is_one_of_the_whole() {
        let text = "step 1,204 of 20,000  12.5 steps/s  loss 2.30e-4 at block 17, 3e-13…4e-12";
        let numbers: Vec<&str> = text.split_whitespace().collect();
        for width in 0..100 {
            let short = cut_to(text, width);
            let short = short.trim_end_matches('…');
            for word in short.split_whitespace().filter(|word| word.contains(|letter: char| letter.is_ascii_digit())) {
                assert!(numbers.contains(&word), "{word} at {width}");
            }
        }
    }
}
