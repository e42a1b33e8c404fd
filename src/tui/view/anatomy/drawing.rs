//! The lines of one diagram: trunk, branch with its boxes, and beside them norms and factors.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::block::Anatomy;
use super::grid::{Row, Spacing};
use super::shape::{BranchOp, Skip};
use super::symbol::{chip, symbol};
use crate::number;
use crate::quantity::Quantity;
use crate::tui::pane::frame::put;
use crate::tui::theme::{Glyphs, Role, Theme};

/// Minimum columns of a diagram with wider spacing.
const WIDE: u16 = 54;
/// Columns of a norm or factor.
const VALUE: u16 = 8;
/// Columns of the longest bar.
const BAR: u16 = 48;

/// One diagram.
pub(super) struct Drawing<'a> {
    pub(super) theme: &'a Theme,
    pub(super) lane: usize,
    pub(super) anatomy: &'a Anatomy,
    /// Names of input and output.
    pub(super) nodes: [String; 2],
    /// The place of a block that is a single box.
    pub(super) whole: BranchOp,
    pub(super) spacing: Spacing,
    pub(super) area: Rect,
}

/// Columns within the area.
struct Columns {
    /// Column of the branch's line.
    branch: u16,
    /// Half the width of a box, without its middle.
    half: u16,
    /// Column of the labels of norms.
    label: u16,
    /// Column of norms and factors.
    value: u16,
    /// Column of bars, and of the words beside a factor.
    bar: u16,
}

impl Columns {
    fn of(width: u16) -> Self {
        let (branch, half, label) = if width >= WIDE { (18, 4, 8) } else { (10, 3, 6) };
        let first = branch + half + 2;
        Self { branch, half, label: first, value: first + label, bar: first + label + VALUE + 1 }
    }
}

impl Drawing<'_> {
    pub(super) fn render(&self, rows: &[Row], buffer: &mut Buffer) {
        let columns = Columns::of(self.area.width);
        for (y, row) in (self.area.y..self.area.bottom()).zip(rows) {
            self.row(*row, y, &columns, buffer);
        }
        self.skip(rows, buffer);
    }

    fn row(&self, row: Row, y: u16, columns: &Columns, buffer: &mut Buffer) {
        let [signal_in, signal_out] = self.anatomy.signal;
        let [label_in, label_out] = self.nodes.each_ref().map(|node| delta(node));
        match row {
            Row::Enter => self.forward(0, y, columns, buffer),
            Row::Leave => self.forward(1, y, columns, buffer),
            Row::Split => {
                self.turn(y, self.theme.glyph("●", "o"), self.theme.glyph("╮", "."), columns, buffer);
                self.size(&label_in, signal_in, Weight::Main, y, columns, buffer);
            }
            Row::Sum => {
                let node = match self.anatomy.skip {
                    Skip::Around => self.theme.glyph("⊕", "+"),
                    Skip::Missing | Skip::Unknown => self.theme.glyph("●", "o"),
                };
                self.turn(y, node, self.theme.glyph("╯", "'"), columns, buffer);
                self.size(&label_out, signal_out, Weight::Main, y, columns, buffer);
            }
            Row::Edge(part) => self.edge(part, y, columns, buffer),
            Row::Above(part) | Row::Middle(part) | Row::Below(part) => self.part(row, part, y, columns, buffer),
            Row::Arriving => {
                self.trunk(y, buffer);
                self.line(y, columns, buffer);
                self.branch_output(y, columns, buffer);
            }
        }
    }

    /// `↓ x17  rms 0.53`.
    fn forward(&self, end: usize, y: u16, columns: &Columns, buffer: &mut Buffer) {
        let (name, scale) = (&self.nodes[end], self.anatomy.scale[end]);
        let mut spans = vec![
            Span::styled(format!("{} ", self.theme.glyph("↓", "v")), self.style(Role::Frame)),
            Span::styled(name.clone(), self.style(Role::Strong)),
        ];
        if let Some(scale) = scale {
            spans.push(Span::styled("  rms ", self.style(Role::Dim)));
            spans.push(Span::styled(number::value(scale), self.theme.lane(self.lane)));
        }
        self.put(0, y, &Line::from(spans), buffer);
        if end == 0 {
            let words = match self.area.width {
                WIDE.. => self.theme.glyph("↑ the signal on its way back", "^ the signal on its way back"),
                _ => self.theme.glyph("↑ backward", "^ backward"),
            };
            let column = if self.area.width >= WIDE { columns.label } else { columns.value + 1 };
            self.put(column, y, &Line::styled(words, self.style(Role::Dim)), buffer);
        }
    }

    /// `↓ sF(x)  rms 0.074  ‖sF(x)‖/‖x‖ 0.14`: the contribution of the branch in the forward pass.
    fn branch_output(&self, y: u16, columns: &Columns, buffer: &mut Buffer) {
        let strong = self.theme.lane(self.lane);
        let dim = |text: String| Span::styled(text, self.style(Role::Dim));
        let name = match (self.anatomy.skip, self.area.width) {
            (Skip::Around, WIDE..) => "sF(x)  ",
            (Skip::Missing | Skip::Unknown, WIDE..) => "F(x)  ",
            _ => "",
        };
        let mut spans = vec![dim(format!("{} {name}", self.theme.glyph("↓", "v")))];
        if let Some(scale) = self.anatomy.branch_scale() {
            spans.extend([dim("rms ".to_owned()), Span::styled(number::value(scale), strong)]);
        }
        if let Some(ratio) = self.anatomy.branch_ratio {
            let definition = Quantity::BranchRatio.definition();
            let symbol = self.theme.glyph(definition.symbol, definition.ascii);
            let [before, value, after] = match self.area.width {
                WIDE.. => [format!("  {symbol} "), number::value(ratio), String::new()],
                _ => [" ".to_owned(), number::factor(ratio), " x".to_owned()],
            };
            spans.extend([dim(before), Span::styled(value, strong), dim(after)]);
        }
        if spans.len() > 1 {
            self.put(columns.label, y, &Line::from(spans), buffer);
        }
    }

    /// Draws a node of the trunk and the line from it to the branch.
    fn turn(&self, y: u16, node: &'static str, corner: &'static str, columns: &Columns, buffer: &mut Buffer) {
        let length = usize::from(columns.branch.saturating_sub(1));
        let line = Line::from(vec![
            Span::styled(node, self.style(Role::Strong)),
            Span::styled(self.theme.glyph("─", "-").repeat(length) + corner, self.style(Role::Frame)),
        ]);
        self.put(0, y, &line, buffer);
    }

    /// Draws the line of the skip connection, if there is one.
    fn trunk(&self, y: u16, buffer: &mut Buffer) {
        if self.anatomy.skip == Skip::Around {
            self.put(0, y, &Line::styled(self.theme.glyph("┃", "|"), self.style(Role::Good)), buffer);
        }
    }

    fn line(&self, y: u16, columns: &Columns, buffer: &mut Buffer) {
        self.put(columns.branch, y, &Line::styled(self.theme.glyph("│", "|"), self.style(Role::Frame)), buffer);
    }

    /// Draws the edge above an op, with the signal on it.
    fn edge(&self, part: BranchOp, y: u16, columns: &Columns, buffer: &mut Buffer) {
        self.trunk(y, buffer);
        self.line(y, columns, buffer);
        let Some(drawn) = self.drawn(part) else { return };
        let is_first = self.anatomy.parts.first().is_some_and(|(first, _)| *first == drawn);
        match (is_first, self.anatomy.skip) {
            // In a plain block this is δ_l, which is shown above.
            (true, Skip::Missing | Skip::Unknown) => {}
            (true, Skip::Around) => {
                self.size("branch", self.anatomy.channels[1], Weight::Side, y, columns, buffer);
            }
            (false, _) => self.size("", self.anatomy.behind(drawn), Weight::Side, y, columns, buffer),
        }
    }

    /// Draws one line of an op's box, or of the line at its place if this block does not have the op.
    fn part(&self, row: Row, place: BranchOp, y: u16, columns: &Columns, buffer: &mut Buffer) {
        self.trunk(y, buffer);
        let Some(part) = self.drawn(place) else {
            self.line(y, columns, buffer);
            return;
        };
        let is_strongest = self.anatomy.strongest() == Some(part);
        let frame = if is_strongest { self.style(Role::Warning) } else { self.style(Role::Frame) };
        let word = symbol(part, self.anatomy, self.theme);
        let width = usize::from(columns.half * 2 - 1);
        let word: String = word.chars().take(width).collect();
        let bar = self.theme.glyph("─", "-").repeat(width);
        let [left, middle, right] = match (row, self.spacing) {
            (Row::Above(_), _) => [self.theme.glyph("╭", "."), &bar, self.theme.glyph("╮", ".")],
            (Row::Below(_), _) => [self.theme.glyph("╰", "'"), &bar, self.theme.glyph("╯", "'")],
            (_, Spacing::Roomy) => [self.theme.glyph("│", "|"), &word, self.theme.glyph("│", "|")],
            (_, Spacing::Tight) => ["[", &word, "]"],
        };
        let style = if is_strongest { self.style(Role::Warning) } else { self.style(Role::Strong) };
        let line = Line::from(vec![
            Span::styled(left, frame),
            Span::styled(format!("{middle:^width$}"), if middle == bar { frame } else { style }),
            Span::styled(right, frame),
        ]);
        self.put(columns.branch - columns.half, y, &line, buffer);
        if matches!(row, Row::Middle(_)) {
            self.factor(part, y, columns, buffer);
        }
    }

    /// Draws `×0.58 ◂ lost here`.
    fn factor(&self, part: BranchOp, y: u16, columns: &Columns, buffer: &mut Buffer) {
        let factor = self.anatomy.parts.iter().find(|(other, _)| *other == part).and_then(|(_, factor)| *factor);
        let Some(factor) = factor else {
            self.put(columns.value + VALUE - 1, y, &Line::styled("–", self.style(Role::Absent)), buffer);
            return;
        };
        let text = number::factor(factor);
        let width = text.chars().count() as u16;
        let mut span = chip(text, factor, self.theme);
        let is_strongest = self.anatomy.strongest() == Some(part);
        if is_strongest {
            span = span.patch_style(Style::new().add_modifier(Modifier::BOLD));
            if span.style.bg.is_none() {
                span.style = self.theme.field(Role::Warning);
            }
            let (word, here) = match factor {
                _ if factor.is_nan() => ("NaN", " here"),
                _ if factor.is_infinite() => (self.theme.glyph("∞", "inf"), " here"),
                ..1.0 => ("lost", " here"),
                _ => ("grew", " here"),
            };
            let here = if self.area.width >= WIDE { here } else { "" };
            let words = format!("{} {word}{here}", self.theme.glyph("◂", "<"));
            self.put(columns.bar, y, &Line::styled(words, self.style(Role::Warning)), buffer);
        }
        self.put((columns.value + VALUE).saturating_sub(width), y, &Line::from(span), buffer);
    }

    /// Draws a norm of the signal with its bar.
    fn size(&self, label: &str, size: Option<f64>, weight: Weight, y: u16, columns: &Columns, buffer: &mut Buffer) {
        self.put(columns.label, y, &Line::styled(label.to_owned(), self.style(Role::Dim)), buffer);
        let Some(size) = size else {
            self.put(columns.value + VALUE - 1, y, &Line::styled("–", self.style(Role::Absent)), buffer);
            return;
        };
        let style = if size.is_finite() { self.theme.lane(self.lane) } else { self.style(Role::Bad) };
        let text = format!("{:>width$}", number::value(size), width = usize::from(VALUE));
        self.put(columns.value, y, &Line::styled(text, style), buffer);
        let room = self.area.width.saturating_sub(columns.bar).min(BAR);
        if let Some(largest) = self.anatomy.largest().filter(|_| size.is_finite()) {
            let style = match weight {
                Weight::Main => style,
                Weight::Side => self.style(Role::Theory(self.lane)),
            };
            let bar = bar(size / largest, room, self.theme);
            self.put(columns.bar, y, &Line::styled(bar, style), buffer);
        }
    }

    /// Writes between trunk and branch what passes around the branch and comes back, or that there is no skip connection;
    /// nothing if that is unknown.
    fn skip(&self, rows: &[Row], buffer: &mut Buffer) {
        if self.anatomy.number.is_none() {
            return;
        }
        // The words are not beside a box, where the gap is narrow.
        let is_open = |row: &Row| matches!(row, Row::Edge(_) | Row::Arriving);
        let open: Vec<u16> = (self.area.y..).zip(rows).filter(|(_, row)| is_open(row)).map(|(y, _)| y).collect();
        let lines = match self.anatomy.skip {
            Skip::Around => self.around(open.len()),
            Skip::Missing => vec![Line::styled("no skip", self.style(Role::Dim))],
            Skip::Unknown => Vec::new(),
        };
        for (y, line) in open.into_iter().zip(lines) {
            self.put(2, y, &line, buffer);
        }
    }

    /// `skip`, `↓ 0.53`, `↑ 3.0e-3`, `×1.00`: as many as there are lines for.
    fn around(&self, count: usize) -> Vec<Line<'static>> {
        let is_wide = self.area.width >= WIDE;
        let strong = self.theme.lane(self.lane);
        let dim = |text: String| Span::styled(text, self.style(Role::Dim));
        let value = |value: Option<f64>| Span::styled(value.map_or_else(|| "–".to_owned(), number::value), strong);
        let factor = self.anatomy.skip_gain().map(|gain| Span::styled(number::factor(gain), strong));
        let [rms, space] = if is_wide { [" rms ", " "] } else { [""; 2] };
        // The identity passes its input on unchanged.
        let forward = vec![dim(format!("{}{rms}", self.theme.glyph("↓", "v"))), value(self.anatomy.scale[0])];
        let back = vec![dim(format!("{}{space}", self.theme.glyph("↑", "^"))), value(self.anatomy.channels[0])];
        let mut lines = vec![Line::from(forward), Line::from(back)];
        let mut name = Line::from(dim("skip".to_owned()));
        if is_wide {
            name.extend(factor.into_iter().flat_map(|factor| [Span::raw(" "), factor]));
        } else if count > 3 {
            lines.extend(factor.map(Line::from));
        }
        if count > 2 {
            lines.insert(0, name);
        }
        lines
    }

    /// The op that this block has at a place; `None` if it has none.
    fn drawn(&self, place: BranchOp) -> Option<BranchOp> {
        let has = |part: BranchOp| self.anatomy.parts.iter().any(|(other, _)| *other == part).then_some(part);
        has(place).or_else(|| has(BranchOp::Whole).filter(|_| place == self.whole))
    }

    fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    fn put(&self, column: u16, y: u16, line: &Line<'_>, buffer: &mut Buffer) {
        let room = self.area.width.saturating_sub(column);
        if room > 0 && y < self.area.bottom() {
            put((self.area.x + column, y), line, room, buffer);
        }
    }
}

/// How prominent an edge is.
#[derive(Clone, Copy, PartialEq)]
enum Weight {
    /// Between blocks.
    Main,
    /// Within the branch.
    Side,
}

/// The signal at a node: `δ17` at `x17`.
fn delta(node: &str) -> String {
    node.strip_prefix('x').map_or_else(|| "δ".to_owned(), |number| format!("δ{number}"))
}

/// A share of `width` columns, in eighths of a cell.
fn bar(share: f64, width: u16, theme: &Theme) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * f64::from(width) * 8.0).round() as usize;
    match theme.glyphs {
        Glyphs::Ascii | Glyphs::Console => "=".repeat(eighths.div_ceil(8)),
        Glyphs::Unicode => "█".repeat(eighths / 8) + EIGHTHS[eighths % 8],
    }
}
