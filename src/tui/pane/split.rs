//! Cuts rectangles into parts: without a frame, at each side, in nearly equal parts. A part is never larger than the
//! whole.

use std::ops::Range;

use ratatui::layout::Rect;

/// The area inside a frame.
pub(in crate::tui) fn inside(frame: Rect) -> Rect {
    if frame.width < 2 || frame.height < 2 {
        return Rect::new(frame.x, frame.y, 0, 0);
    }
    Rect::new(frame.x + 1, frame.y + 1, frame.width - 2, frame.height - 2)
}

/// The area inside a frame, without a blank column at either side.
pub(in crate::tui) fn padded(frame: Rect) -> Rect {
    let inner = inside(frame);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// The first rows, and the rest.
pub(in crate::tui) fn split_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (Rect { height: rows, ..area }, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

/// The rest, and the last rows.
pub(in crate::tui) fn split_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    split_top(area, area.height - rows.min(area.height))
}

/// The first columns, and the rest.
pub(in crate::tui) fn split_left(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    (Rect { width: columns, ..area }, Rect { x: area.x + columns, width: area.width - columns, ..area })
}

/// The rest, and the last columns.
pub(in crate::tui) fn split_right(area: Rect, columns: u16) -> (Rect, Rect) {
    split_left(area, area.width - columns.min(area.width))
}

/// The `index`-th of `parts` nearly equal parts of a length.
pub(in crate::tui) fn part(start: u16, length: u16, parts: u16, index: u16) -> Range<u16> {
    let end_of = |index: u16| start + (u32::from(length) * u32::from(index) / u32::from(parts.max(1))) as u16;
    end_of(index)..end_of(index + 1)
}
