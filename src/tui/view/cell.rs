//! One cell of a heatmap: one or two values, or what stands in their place, under the cross of the cursor or not.

use ratatui::buffer::Cell as Target;
use ratatui::style::{Color, Modifier};

use crate::history::Cell;
use crate::tui::scale::Scale;
use crate::tui::theme::{Colours, Palette, Role, Shade, Theme, contrast, lit};

/// How strongly the cross of the cursor lights a cell.
const LIT: f32 = 0.5;

/// Whether a line of the cursor's cross passes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cross {
    /// The step of the cursor.
    pub(super) vertical: bool,
    /// Its layer, for the upper and the lower pixel.
    pub(super) horizontal: [bool; 2],
}

/// Draws values with one palette on one scale.
pub(super) struct Painter<'a> {
    pub(super) theme: &'a Theme,
    pub(super) palette: &'a Palette,
    pub(super) scale: Scale,
}

impl Painter<'_> {
    /// Draws the upper and the lower value; both are the same where a cell holds one.
    pub(super) fn paint(&self, pair: [Cell; 2], cross: Cross, target: &mut Target) {
        let (upper, lower) = (self.shade(pair[0]), self.shade(pair[1]));
        match (worst(pair), upper, lower) {
            (Some(special), ..) => self.special(special, pair, target),
            (None, Some(upper), Some(lower)) if self.theme.pixels_per_cell() == 2 => halves(upper, lower, target),
            (None, Some(shade), _) | (None, None, Some(shade)) => {
                target.set_symbol(shade.glyph).set_fg(shade.ink).set_bg(shade.ground);
            }
            (None, None, None) => {}
        }
        self.cross(cross, target);
    }

    /// The glyph and colours of a special value, as in the legend.
    pub(super) fn special(&self, special: Cell, pair: [Cell; 2], target: &mut Target) {
        let (unicode, ascii, role) = special_look(special);
        let style = match special {
            Cell::Nan | Cell::Infinite => self.theme.field(role),
            _ => self.theme.style(role),
        };
        target.set_symbol(self.theme.glyph(unicode, ascii)).set_style(style);
        // Beside a value: the value's colour behind the glyph.
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

    fn cross(&self, cross: Cross, target: &mut Target) {
        if !cross.vertical && cross.horizontal == [false; 2] {
            return;
        }
        match self.theme.colours {
            Colours::True | Colours::Indexed => self.light(cross, target),
            Colours::Sixteen | Colours::None => {
                if cross.vertical || cross.horizontal == [true; 2] {
                    target.modifier.toggle(Modifier::REVERSED);
                }
            }
        }
    }

    /// Lights the pixels that the cross passes through; data stay readable.
    fn light(&self, cross: Cross, target: &mut Target) {
        let [upper, lower] = cross.horizontal.map(|horizontal| horizontal || cross.vertical);
        let light = |colour| lit(self.theme.colours, colour, LIT);
        if target.symbol() == "▀" {
            target.fg = if upper { light(target.fg) } else { target.fg };
            target.bg = if lower { light(target.bg) } else { target.bg };
        } else if (upper || lower) && target.bg != Color::Reset {
            target.bg = light(target.bg);
            if target.symbol() != " " {
                target.fg = contrast(target.bg);
            }
        } else if target.symbol() == " " && cross.vertical {
            target.set_symbol(self.theme.glyph("│", "|")).set_style(self.theme.style(Role::Frame));
        } else if target.symbol() == " " {
            target.set_symbol(self.theme.glyph("─", "-")).set_style(self.theme.style(Role::Frame));
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

/// What must be seen of two cells: NaN before ∞ before zero; absent only where nothing else is.
fn worst(pair: [Cell; 2]) -> Option<Cell> {
    let any = |wanted: Cell| pair.contains(&wanted).then_some(wanted);
    let has_value = pair.iter().any(|cell| matches!(cell, Cell::Value(_)));
    let nan = pair.iter().any(|cell| matches!(cell, Cell::Nan)).then_some(Cell::Nan);
    nan.or(any(Cell::Infinite)).or(any(Cell::Zero)).or_else(|| any(Cell::Absent).filter(|_| !has_value))
}

/// Glyph in Unicode and ASCII, and role, of what is no finite value.
pub(super) fn special_look(cell: Cell) -> (&'static str, &'static str, Role) {
    match cell {
        Cell::Nan => ("!", "!", Role::Nan),
        Cell::Infinite => ("∞", "^", Role::Infinite),
        Cell::Zero => ("0", "0", Role::Zero),
        Cell::Absent => ("·", "_", Role::Absent),
        Cell::Empty | Cell::Value(_) => (" ", " ", Role::Text),
    }
}
