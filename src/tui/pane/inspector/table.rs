//! A table with names at the left and a column of values for every lane that fits.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::shown::{STILL, Shown, value_at};
use super::theory;
use crate::measurement::Measurement;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::pane::frame::put;
use crate::tui::scene::{CursorState, LaneRef, Scene};
use crate::tui::schedule::{self, Wording};
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

/// Rows of names and values.
pub(super) struct Table<'a> {
    pub(super) scene: &'a Scene,
    pub(super) theme: &'a Theme,
    pub(super) area: Rect,
    pub(super) lanes: &'a [LaneRef<'a>],
    pub(super) first: usize,
    /// Width of a lane's column.
    pub(super) value: u16,
}

impl Table<'_> {
    /// The quantities of which a shown lane has a value, and the one of the heatmaps.
    pub(super) fn quantities(&self) -> Vec<Quantity> {
        let (scene, depth) = (self.scene, self.scene.view.cursor.depth);
        let has = |quantity: Quantity| {
            let value = |lane: &LaneRef<'_>| {
                let step = scene.shown_step(lane)?;
                value_at(lane, quantity, lane.layer_at(depth), step)
            };
            quantity == scene.view.quantity || self.lanes.iter().any(|lane| value(lane).is_some())
        };
        scene.quantities().into_iter().filter(|quantity| has(*quantity)).collect()
    }

    /// Draws the names of the lanes; returns the row after them.
    pub(super) fn names(&self, y: u16, buffer: &mut Buffer) -> u16 {
        if self.area.height == 0 {
            return y;
        }
        for (index, lane) in self.lanes.iter().enumerate() {
            let name = self.scene.lane_name(lane);
            let style = self.theme.lane(self.first + index).add_modifier(Modifier::BOLD);
            self.right_aligned(y, index, &Line::styled(name, style), buffer);
        }
        if let Some(words) = self.hidden_lanes() {
            let words = Line::styled(words, self.theme.style(Role::Warning));
            put((self.area.x, y), &words, self.names_width(), buffer);
        }
        y + 1
    }

    /// Draws the last step of each lane without values at the cursor; returns the row after.
    pub(super) fn last_steps(&self, y: u16, buffer: &mut Buffer) -> u16 {
        let state = |lane: &LaneRef<'_>| self.scene.cursor_state(lane);
        if self.lanes.iter().filter_map(state).all(|state| state.step().is_some()) {
            return y;
        }
        let name = self.dim("last step", "last");
        let last = |lane: &LaneRef<'_>| {
            let text = match state(lane)? {
                CursorState::At(_) => String::new(),
                CursorState::Ended(last) | CursorState::Behind(last) => number::count(last.0),
                CursorState::Begins(first) => format!("from {}", number::count(first.0)),
            };
            Some(Shown { text, short: None, is_exact: true, role: Some(Role::Warning) })
        };
        self.line(y, &name, last, buffer);
        y + 1
    }

    /// Whether a value of these quantities is shown as [`STILL`].
    pub(super) fn says_still(&self, quantities: &[Quantity]) -> bool {
        let (scene, depth) = (self.scene, self.scene.view.cursor.depth);
        let is_still = |quantity: Quantity, lane: &LaneRef<'_>| {
            let shown = scene.shown_step(lane).and_then(|step| value_at(lane, quantity, lane.layer_at(depth), step));
            shown.is_some_and(|shown| shown.short == Some(STILL) && self.is_long(&shown))
        };
        quantities.iter().any(|quantity| self.lanes.iter().any(|lane| is_still(*quantity, lane)))
    }

    /// Whether it leaves no blank before it in its column.
    fn is_long(&self, shown: &Shown) -> bool {
        shown.text.chars().count() >= usize::from(self.value)
    }

    /// Whether the interval of a quantity, or the step of its value, must be shown.
    pub(super) fn has_cadence(&self, quantity: Quantity) -> bool {
        let of_step = |lane: &LaneRef<'_>| schedule::of_shown_step(self.scene, lane, quantity);
        self.every(quantity).is_some() || self.lanes.iter().any(|lane| of_step(lane).is_some())
    }

    /// Draws the interval of the following quantities and the step of their values if it is not the cursor's; returns
    /// the row after.
    pub(super) fn cadence(&self, y: u16, quantity: Quantity, buffer: &mut Buffer) -> u16 {
        if !self.has_cadence(quantity) {
            return y;
        }
        let every = self.every(quantity);
        let (long, short) = every.as_ref().map_or(("measured", "measured"), |every| (&every.long, &every.short));
        let name = self.dim(long, short);
        let of_step = |lane: &LaneRef<'_>| {
            let older = schedule::of_shown_step(self.scene, lane, quantity);
            let short = if older.is_some() { "older" } else { "" };
            // A quantity that is not measured on every step always says when it was measured.
            let shown = self.scene.shown_step(lane).filter(|step| lane.history.taken(quantity, *step).is_some());
            let here = shown.filter(|_| quantity.definition().measured_with != Measurement::Layers);
            let here = here.map_or_else(String::new, |step| format!("at {}", number::count(step.0)));
            let text = older.map_or(here, |words| words.short);
            Some(Shown { text, short: Some(short), is_exact: true, role: None })
        };
        self.line(y, &name, of_step, buffer);
        y + 1
    }

    /// How often the first shown lane measures a quantity.
    fn every(&self, quantity: Quantity) -> Option<Wording> {
        let lane = self.lanes.first()?;
        schedule::words(lane.config, quantity.definition().measured_with)
    }

    /// Which lanes have a column, if not all have one.
    fn hidden_lanes(&self) -> Option<String> {
        let count = self.scene.lanes().count();
        if self.lanes.len() == count {
            return None;
        }
        let shown = match self.lanes.len() {
            1 => (self.first + 1).to_string(),
            shown => format!("{}–{}", self.first + 1, self.first + shown),
        };
        let whole = format!("lanes {shown} of {count}: Tab");
        let is_long = Span::raw(&whole).width() >= usize::from(self.names_width());
        Some(if is_long { format!("{shown} of {count}") } else { whole })
    }

    /// Draws the prediction of the theory for the block at the cursor.
    pub(super) fn theory(&self, y: u16, buffer: &mut Buffer) {
        if y >= self.area.bottom() {
            return;
        }
        let name = Line::styled(self.name("theory at init", "theory"), self.theme.style(Role::Dim));
        put((self.area.x, y), &name, self.names_width(), buffer);
        for (index, lane) in self.lanes.iter().enumerate() {
            let shown = theory::at_cursor(self.scene, self.first + index, lane);
            let style = self.theme.style(if shown.is_some() { Role::Lane(self.first + index) } else { Role::Absent });
            self.right_aligned(y, index, &Line::styled(shown.unwrap_or_else(|| "–".to_owned()), style), buffer);
        }
    }

    /// Draws one row of values at the step that each lane shows; returns whether one of them is not exact.
    pub(super) fn row(
        &self,
        y: u16,
        name: &[Line<'_>; 2],
        shown: impl Fn(&LaneRef<'_>, Step) -> Option<Shown>,
        buffer: &mut Buffer,
    ) -> bool {
        self.line(y, name, |lane| shown(lane, self.scene.shown_step(lane)?), buffer)
    }

    /// The same for values that do not depend on a step. The name, or the short name if it does not fit, uses the room
    /// that the first value leaves.
    pub(super) fn line(
        &self,
        y: u16,
        name: &[Line<'_>; 2],
        shown: impl Fn(&LaneRef<'_>) -> Option<Shown>,
        buffer: &mut Buffer,
    ) -> bool {
        if y >= self.area.bottom() {
            return false;
        }
        let mut inexact = false;
        let mut room = self.names_width() + self.value - 1;
        for (index, lane) in self.lanes.iter().enumerate() {
            let lane_style = self.theme.lane(self.first + index);
            let line = match shown(lane) {
                None => Line::styled("–", self.theme.style(Role::Absent)),
                Some(shown) => {
                    inexact |= !shown.is_exact;
                    let is_long = self.is_long(&shown);
                    let text = match shown.short {
                        Some(short) if is_long => short.to_owned(),
                        // A value that is too long for its column becomes `…`: a part of it would be wrong.
                        None if is_long => "…".to_owned(),
                        _ => shown.text,
                    };
                    Line::styled(text, shown.role.map_or(lane_style, |role| self.theme.style(role)))
                }
            };
            if index == 0 {
                room = room.saturating_sub(line.width() as u16).max(self.names_width());
            }
            self.right_aligned(y, index, &line, buffer);
        }
        let [long, short] = name;
        let fitting = if long.width() <= usize::from(room) { long } else { short };
        put((self.area.x, y), fitting, room, buffer);
        inexact
    }

    /// A name and a short name, for a row that is not a quantity.
    pub(super) fn dim<'b>(&self, long: &'b str, short: &'b str) -> [Line<'b>; 2] {
        [long, short].map(|name| Line::styled(name, self.theme.style(Role::Dim)))
    }

    /// The name, or the short name if it does not fit.
    pub(super) fn name<'b>(&self, name: &'b str, short: &'b str) -> &'b str {
        let is_long = Span::raw(name).width() >= usize::from(self.names_width());
        if is_long { short } else { name }
    }

    fn names_width(&self) -> u16 {
        self.area.width.saturating_sub(self.value * self.lanes.len() as u16)
    }

    fn right_aligned(&self, y: u16, column: usize, line: &Line<'_>, buffer: &mut Buffer) {
        let right = self.area.right().saturating_sub(self.value * (self.lanes.len() - 1 - column) as u16);
        let width = (line.width() as u16).min(self.value - 1);
        let x = right.saturating_sub(width).max(self.area.x);
        put((x, y), line, width, buffer);
    }

    /// The name, with the symbol if there is room. The quantity of the heatmaps is emphasized.
    pub(super) fn quantity_name<'b>(&self, quantity: Quantity) -> [Line<'b>; 2] {
        let definition = quantity.definition();
        let room = usize::from(self.names_width());
        let columns = |text: &str| Span::raw(text).width();
        let symbol = self.theme.glyph(definition.symbol, definition.ascii);
        let name = definition.name.replace('_', " ");
        let is_shown = quantity == self.scene.view.quantity;
        let style = self.theme.style(if is_shown { Role::Strong } else { Role::Dim });
        let both = columns(&name) + 2 + columns(symbol);
        // A symbol that equals the name is left out.
        let has_symbol = both < room && symbol != name;
        let whole = if has_symbol {
            format!("{name:<width$}{symbol}", width = room - 1 - columns(symbol))
        } else {
            name.clone()
        };
        [whole, name].map(|text| Line::styled(text, style))
    }
}
