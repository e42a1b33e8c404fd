//! The table of an opened block: a heading, then one line per row with its name and numbers.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Line;

use super::columns::{self, Column, NAME};
use super::rows::Row;
use crate::event::{Dated, TensorNorms};
use crate::quantity::Quantity;
use crate::tui::pane::frame::{cut, put, words};
use crate::tui::theme::{Role, Theme};

/// The table of one lane.
pub(super) struct Table<'a> {
    pub(super) theme: &'a Theme,
    pub(super) lane: usize,
    /// The quantity of the strips' colours.
    pub(super) coloured: Quantity,
    pub(super) rows: &'a [Row],
    pub(super) record: Option<Dated<'a, TensorNorms>>,
    pub(super) area: Rect,
}

/// The positions of the columns of a table.
struct Places {
    /// Columns of the names.
    names: u16,
    /// Each column of numbers with its width, from left to right.
    columns: Vec<(Column, u16)>,
}

impl Table<'_> {
    /// Draws as many rows as there is room for; returns their number.
    pub(super) fn render(&self, buffer: &mut Buffer) -> usize {
        let columns = columns::fitting(self.area.width, self.rows);
        let names = self.area.width.saturating_sub(columns.iter().map(|(_, width)| width).sum()).min(NAME.end);
        let places = Places { names, columns };
        self.heading(&places, buffer);
        let room = usize::from(self.area.height.saturating_sub(1));
        for (row, y) in self.rows.iter().take(room).zip(self.area.y + 1..) {
            self.line(row, y, &places, buffer);
        }
        room
    }

    fn heading(&self, places: &Places, buffer: &mut Buffer) {
        words((self.area.x, self.area.y), "layer", places.names, self.theme.style(Role::Dim), buffer);
        let mut x = self.area.x + places.names;
        for (column, width) in &places.columns {
            let is_coloured = column.quantity() == Some(self.coloured);
            let style = self.theme.style(if is_coloured { Role::Strong } else { Role::Dim });
            right_aligned((x, self.area.y), *width, &Line::styled(column.title(self.theme), style), buffer);
            x += width;
        }
    }

    fn line(&self, row: &Row, y: u16, places: &Places, buffer: &mut Buffer) {
        let role = if row.is_half() { Role::Strong } else { Role::Text };
        let name = cut(&Line::styled(row.label(), self.theme.style(role)), places.names.saturating_sub(1));
        put((self.area.x, y), &name, places.names, buffer);
        let mut x = self.area.x + places.names;
        for (column, width) in &places.columns {
            right_aligned((x, y), *width, &self.number(row, *column), buffer);
            x += width;
        }
    }

    fn number(&self, row: &Row, column: Column) -> Line<'static> {
        let style = match column.quantity() {
            Some(quantity) if quantity == self.coloured => self.theme.lane(self.lane).add_modifier(Modifier::BOLD),
            Some(_) => self.theme.lane(self.lane),
            None => self.theme.style(Role::Dim),
        };
        match column.text(row, self.record) {
            // A sum of layers has no shape of its own.
            None if row.is_half() && column == Column::Shape => Line::raw(""),
            None => Line::styled("–", self.theme.style(Role::Absent)),
            Some(text) if text == "NaN" || text.ends_with('∞') => Line::styled(text, self.theme.style(Role::Bad)),
            Some(text) => Line::styled(text, style),
        }
    }
}

fn right_aligned(place: (u16, u16), width: u16, line: &Line<'_>, buffer: &mut Buffer) {
    let line = cut(line, width.saturating_sub(1));
    let x = place.0 + width.saturating_sub(line.width() as u16);
    put((x, place.1), &line, width, buffer);
}
