//! One cell of a heatmap: one or two values, or the glyph of a special value, under the cursor's cross or not.

use ratatui::buffer::Cell as Target;
use ratatui::style::{Color, Modifier};

use crate::history::Cell;
use crate::tui::scale::Scale;
use crate::tui::theme::{Palette, Role, Shade, Theme, between, contrast};

/// The lines of the cursor's cross that pass through a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Cross {
    /// None.
    Away,
    /// The step of the cursor.
    Vertical,
    /// Its layer.
    Horizontal,
    /// Both.
    Centre,
}

/// Draws values with one palette on one scale.
pub(in crate::tui) struct Painter<'a> {
    pub(in crate::tui) theme: &'a Theme,
    pub(in crate::tui) palette: &'a Palette,
    pub(in crate::tui) scale: Scale,
}

impl Painter<'_> {
    /// Draws the upper and the lower value, which are equal if a cell holds one.
    pub(in crate::tui) fn paint(&self, pair: [Cell; 2], cross: Cross, target: &mut Target) {
        let (upper, lower) = (self.shade(pair[0]), self.shade(pair[1]));
        let special = worst(pair);
        match (special, upper, lower) {
            (Some(special), ..) => self.special(special, pair, target),
            (None, Some(upper), Some(lower)) if self.theme.pixels_per_cell() == 2 => halves(upper, lower, target),
            (None, Some(shade), _) | (None, None, Some(shade)) => {
                target.set_symbol(shade.glyph).set_fg(shade.ink).set_bg(shade.ground);
            }
            (None, None, None) => {}
        }
        self.cross(cross, special, target);
    }

    /// The glyph and colours of a special value, as in the legend.
    pub(in crate::tui) fn special(&self, special: Cell, pair: [Cell; 2], target: &mut Target) {
        let (unicode, ascii, role) = special_look(special);
        let style = match special {
            Cell::Nan | Cell::Infinite => self.theme.field(role),
            _ => self.theme.style(role),
        };
        target.set_symbol(self.theme.glyph(unicode, ascii)).set_style(style);
        // Beside a value, the glyph is drawn on the value's colour.
        if let (Cell::Zero, Some(shade)) = (special, pair.iter().find_map(|cell| self.shade(*cell)))
            && shade.ground != Color::Reset
        {
            target.set_bg(shade.ground).set_fg(contrast(shade.ground));
        }
    }

    fn shade(&self, cell: Cell) -> Option<Shade> {
        match cell {
            Cell::Value(value) => Some(self.palette.at(self.scale.position(value))),
            _ => None,
        }
    }

    /// Draws a thin line over the cell; a special glyph stays, and so does a shade that has no background colour.
    fn cross(&self, cross: Cross, special: Option<Cell>, target: &mut Target) {
        let glyph = match cross {
            Cross::Away => return,
            Cross::Vertical => self.theme.glyph("│", "|"),
            Cross::Horizontal => self.theme.glyph("─", "-"),
            Cross::Centre => self.theme.glyph("┼", "+"),
        };
        match special {
            Some(Cell::Absent) => {}
            Some(_) => return,
            None if target.symbol() != " " && target.bg == Color::Reset => {
                target.modifier.toggle(Modifier::REVERSED);
                return;
            }
            None => {}
        }
        if target.symbol() == "▀" {
            target.bg = between(self.theme.colours, target.fg, target.bg);
        }
        if target.bg == Color::Reset {
            target.set_symbol(glyph).set_style(self.theme.style(Role::Frame));
        } else {
            let ink = contrast(target.bg);
            target.set_symbol(glyph).set_fg(ink);
        }
    }
}

/// Two values in one cell.
fn halves(upper: Shade, lower: Shade, target: &mut Target) {
    if upper == lower {
        target.set_symbol(" ").set_fg(Color::Reset).set_bg(lower.ground);
    } else {
        target.set_symbol("▀").set_fg(upper.ground).set_bg(lower.ground);
    }
}

/// The cell that decides the glyph: NaN before ∞ before zero; absent only if both are.
fn worst(pair: [Cell; 2]) -> Option<Cell> {
    let any = |wanted: Cell| pair.contains(&wanted).then_some(wanted);
    let has_value = pair.iter().any(|cell| matches!(cell, Cell::Value(_)));
    let nan = pair.iter().any(|cell| matches!(cell, Cell::Nan)).then_some(Cell::Nan);
    nan.or(any(Cell::Infinite)).or(any(Cell::Zero)).or_else(|| any(Cell::Absent).filter(|_| !has_value))
}

/// Glyph in Unicode and ASCII, and role, of what is not a finite value.
pub(in crate::tui) fn special_look(cell: Cell) -> (&'static str, &'static str, Role) {
    match cell {
        Cell::Nan => ("!", "!", Role::Nan),
        Cell::Infinite => ("∞", "^", Role::Infinite),
        Cell::Zero => ("0", "0", Role::Zero),
        Cell::Absent => ("·", "_", Role::Absent),
        Cell::Empty | Cell::Value(_) => (" ", " ", Role::Text),
    }
}
