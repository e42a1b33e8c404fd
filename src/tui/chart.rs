//! Curves in character cells: braille dots, two by four per cell; on terminals without colour or Unicode one mark per
//! lane, so that curves can be distinguished. A dashed curve has dots in every second cell, and a mark of its own.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Colours, Glyphs, Role, Theme};

/// Dots of a cell from left to right.
pub(super) const ACROSS: usize = 2;
/// Dots of a cell from top to bottom.
pub(super) const DOWN: usize = 4;

/// Bit of each dot, by row and column.
const BITS: [[u8; ACROSS]; DOWN] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// Marks of the lanes for terminals without colour.
const MARKS: [&str; 8] = ["*", "+", "o", "x", "#", "%", "@", "="];

/// The mark of a dashed curve there; a hyphen in ASCII.
pub(super) const DASH: &str = "·";

/// The mark of a lane.
pub(super) fn mark(lane: usize) -> &'static str {
    MARKS[lane % MARKS.len()]
}

/// Whether a lane's curve is drawn with its mark.
pub(super) fn is_marked(theme: &Theme) -> bool {
    theme.colours == Colours::None || theme.glyphs != Glyphs::Unicode
}

/// Distance in cells between the dots of a dotted curve.
const DOTS_APART: usize = 4;

/// The style of a curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    /// Measured values.
    Solid,
    /// The prediction of the theory: every second cell, in a fainter colour.
    Dashed,
    /// The band of the theory, which holds most nets: every fourth cell.
    Dotted,
}

/// A grid of dots over some cells.
pub(super) struct Canvas {
    area: Rect,
    stroke: Stroke,
    dots: Vec<u8>,
    lanes: Vec<Option<usize>>,
}

impl Canvas {
    pub(super) fn new(area: Rect, stroke: Stroke) -> Self {
        let cells = usize::from(area.width) * usize::from(area.height);
        Self { area, stroke, dots: vec![0; cells], lanes: vec![None; cells] }
    }

    /// The style of its curve.
    pub(super) fn stroke(&self) -> Stroke {
        self.stroke
    }

    /// Whether anything is drawn.
    pub(super) fn has_dots(&self) -> bool {
        self.dots.iter().any(|&dots| dots != 0)
    }

    /// Dots from left to right.
    pub(super) fn width(&self) -> usize {
        usize::from(self.area.width) * ACROSS
    }

    /// Dots from top to bottom.
    pub(super) fn height(&self) -> usize {
        usize::from(self.area.height) * DOWN
    }

    /// Sets the dots of a column from one row to another.
    pub(super) fn column(&mut self, x: usize, from: usize, to: usize, lane: usize) {
        for y in from.min(to)..=from.max(to) {
            self.dot(x, y, lane);
        }
    }

    /// Sets the dots of a line between two points.
    pub(super) fn line(&mut self, from: (usize, usize), to: (usize, usize), lane: usize) {
        let (from, to) = if from.0 <= to.0 { (from, to) } else { (to, from) };
        let span = (to.0 - from.0).max(1) as f64;
        let height_at = |x: usize| from.1 as f64 + (to.1 as f64 - from.1 as f64) * (x - from.0) as f64 / span;
        for x in from.0..=to.0 {
            // The line goes from the middle of the previous column to that of the next: a steep line has no gaps.
            let start = if x > from.0 { f64::midpoint(height_at(x - 1), height_at(x)) } else { height_at(x) };
            let end = if x < to.0 { f64::midpoint(height_at(x), height_at(x + 1)) } else { height_at(x) };
            self.column(x, start.round() as usize, end.round() as usize, lane);
        }
    }

    fn dot(&mut self, x: usize, y: usize, lane: usize) {
        if x >= self.width() || y >= self.height() {
            return;
        }
        // Lanes alternate: two dashed lines that coincide are both visible.
        let is_drawn = match self.stroke {
            Stroke::Solid => true,
            Stroke::Dashed => !(x / ACROSS + lane).is_multiple_of(2),
            Stroke::Dotted => (x / ACROSS + lane).is_multiple_of(DOTS_APART),
        };
        if !is_drawn {
            return;
        }
        let cell = y / DOWN * usize::from(self.area.width) + x / ACROSS;
        self.dots[cell] |= BITS[y % DOWN][x % ACROSS];
        self.lanes[cell] = Some(lane);
    }

    /// Draws the curves over the current content.
    pub(super) fn render(&self, theme: &Theme, buffer: &mut Buffer) {
        for (index, (&dots, &lane)) in self.dots.iter().zip(&self.lanes).enumerate() {
            let Some(lane) = lane else { continue };
            let (column, row) = (index % usize::from(self.area.width), index / usize::from(self.area.width));
            let Some(cell) = buffer.cell_mut((self.area.x + column as u16, self.area.y + row as u16)) else { continue };
            cell.reset();
            let (mark, role) = match self.stroke {
                Stroke::Solid => (mark(lane), Role::Lane(lane)),
                Stroke::Dashed | Stroke::Dotted => (DASH, Role::Theory(lane)),
            };
            if is_marked(theme) {
                cell.set_symbol(mark);
            } else if let Some(braille) = char::from_u32(0x2800 + u32::from(dots)) {
                cell.set_char(braille);
            }
            cell.set_style(theme.style(role));
        }
    }
}

/// The ends of a logarithmic axis, as powers of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LogRange {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl LogRange {
    /// The dot row of a value, from the top.
    pub(super) fn dot_of(self, value: f64, dots: usize) -> usize {
        dot_of(value.log10(), self.low, self.high, dots)
    }
}

/// The dot row of a value between the ends of an axis, from the top; values outside are at the edge.
pub(super) fn dot_of(value: f64, low: f64, high: f64, dots: usize) -> usize {
    let share = ((high - value) / (high - low)).clamp(0.0, 1.0);
    (share * dots.saturating_sub(1) as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steep_line_has_no_gaps() {
        let mut canvas = Canvas::new(Rect::new(0, 0, 2, 5), Stroke::Solid);
        canvas.line((0, 0), (3, 19), 0);
        for y in 0..20 {
            assert!(
                (0..4).any(|x| canvas.dots[y / DOWN * 2 + x / ACROSS] & BITS[y % DOWN][x % ACROSS] != 0),
                "row {y}"
            );
        }
    }

    #[test]
    fn dots_outside_are_left_out() {
        let mut canvas = Canvas::new(Rect::new(0, 0, 0, 0), Stroke::Dashed);
        canvas.line((0, 0), (9, 9), 0);
        assert_eq!(canvas.width(), 0);
        assert_eq!(dot_of(f64::NAN, 0.0, 1.0, 8), 0);
        assert_eq!((dot_of(9.0, 0.0, 1.0, 8), dot_of(-9.0, 0.0, 1.0, 8)), (0, 7));
    }
}
