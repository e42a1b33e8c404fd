//! Labels of steps in the lower edge of a frame: the cursor's first, then the first step, then round ones.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::words;
use crate::number;
use crate::round;
use crate::tui::scene::Mark;
use crate::tui::theme::{Role, Theme};

/// Columns between two labels.
const APART: u16 = 11;

/// Labels that do not touch each other; what is put first keeps its place.
pub(super) struct Labels {
    edge: Rect,
    taken: Vec<Range<u16>>,
}

impl Labels {
    /// In one line of cells.
    pub(super) fn new(edge: Rect) -> Self {
        Self { edge, taken: Vec::new() }
    }

    /// Puts a label around a column, unless another is there.
    pub(super) fn put(&mut self, column: u16, text: &str, style: Style, buffer: &mut Buffer) {
        let width = text.chars().count() as u16;
        let start = (column + 1).saturating_sub(width / 2 + 1).min(self.edge.width.saturating_sub(width));
        let place = start..start + width;
        let is_free = self.taken.iter().all(|other| place.end < other.start || other.end < place.start);
        if is_free && place.end <= self.edge.width {
            words((self.edge.x + start, self.edge.y), text, width, style, buffer);
            self.taken.push(place);
        }
    }
}

/// Labels steps below a picture, the cursor's and those at which something happened; `column` says where a step stands, if it is in view.
pub(super) fn label(
    theme: &Theme,
    edge: Rect,
    steps: &Range<u64>,
    (cursor, marks): (Option<u64>, &[Mark]),
    column: impl Fn(u64) -> Option<u16>,
    buffer: &mut Buffer,
) {
    let mut labels = Labels::new(edge);
    if let Some((cursor, column)) = cursor.and_then(|step| Some((step, column(step)?))) {
        let text = format!("{}{}", theme.glyph("▴", ""), number::count(cursor));
        labels.put(column, &text, theme.style(Role::Cursor), buffer);
    }
    for mark in marks {
        let role = if mark.is_bad { Role::Bad } else { Role::Warning };
        if let Some(column) = column(mark.step.0) {
            labels.put(column, theme.glyph("◆", "*"), theme.style(role), buffer);
        }
    }
    let round = round::counts(steps, usize::from(edge.width / APART).max(1));
    labels.put(edge.width.saturating_sub(1), "step", theme.style(Role::Dim), buffer);
    for step in std::iter::once(steps.start).chain(round) {
        // Not against the words at its left.
        if let Some(column) = column(step).map(|column| column.max(1)) {
            labels.put(column, &number::count(step), theme.style(Role::Dim), buffer);
        }
    }
}
