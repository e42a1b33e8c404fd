//! Every quantity of all lanes at the cursor, and what belongs to the step: exact while the step is recent, from least
//! to largest of its bucket after that.

mod theory;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::frame::{cut, fit, framed, words};
use crate::history::{Scalar, Summary};
use crate::layer::LayerKind;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::layout::inside;
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::theme::{Role, Theme};
use crate::units::{LayerId, Step};

/// Columns of a lane's values at least: `1.3e-14` with room.
const LEAST_VALUE: u16 = 9;
/// And at most: a range such as `3e-13…4e-12`.
const MOST_VALUE: u16 = 13;
/// Columns of the names at least.
const NAME: u16 = 9;

/// Quantities that are shown at least before the values of the step take rows from them.
const LEAST_QUANTITIES: usize = 6;

/// Rows of the step, with their names and short names.
const SCALARS: [(Scalar, &str, &str); 4] = [
    (Scalar::Loss, "loss", "loss"),
    (Scalar::Accuracy, "accuracy", "accuracy"),
    (Scalar::GlobalGradNorm, "‖g‖ all layers", "‖g‖ all"),
    (Scalar::LearningRate, "learning rate", "lr"),
];

/// A number or a range as it is shown, and whether it is exact.
struct Shown {
    text: String,
    /// In place of the text where that does not fit.
    short: Option<&'static str>,
    is_exact: bool,
    role: Option<Role>,
}

pub(super) fn render(scene: &Scene, theme: &Theme, frame: Rect, buffer: &mut Buffer) {
    let Some(step) = scene.cursor_step() else {
        framed(theme, frame, &Line::styled("values", theme.style(Role::Strong)), buffer);
        return;
    };
    let lanes: Vec<_> = scene.lanes().collect();
    let inner = framed(theme, frame, &title(scene, theme, step), buffer);
    let inner = padded(inner);
    let fitting = columns(frame, lanes.len());
    let first = scene.view.first_lane.min(lanes.len().saturating_sub(fitting));
    let names = if inner.width < 40 { NAME } else { 13 };
    let value = (inner.width.saturating_sub(names) / fitting as u16).clamp(LEAST_VALUE, MOST_VALUE);
    let table = Table { scene, theme, area: inner, lanes: &lanes[first..first + fitting], first, value };
    let mut row = table.names(inner.y, buffer);
    let mut inexact = false;
    let quantities = table.quantities(step);
    // The row of theory is one of them.
    let rows = usize::from(inner.bottom().saturating_sub(row)).saturating_sub(1);
    let shown = window(&quantities, scene.view.quantity, rows);
    for &quantity in &quantities[shown.clone()] {
        let shown = |lane: &LaneRef<'_>| value_at(lane, quantity, lane.layer_at(scene.view.cursor.depth), step);
        inexact |= table.row(row, &table.quantity_name(quantity), shown, buffer);
        row += 1;
        if quantity == theory::quantity(scene) {
            table.theory(row, buffer);
            row += 1;
        }
    }
    hidden(theme, frame, shown.start, quantities.len() - shown.end, buffer);
    // A blank line between the layer and the step, where there is room.
    row += u16::from(usize::from(inner.bottom().saturating_sub(row)) > SCALARS.len() + 1);
    for (scalar, name, short) in SCALARS {
        let name = Line::styled(table.name(name, short), theme.style(Role::Dim));
        inexact |= table.row(row, &name, |lane| scalar_at(lane, scalar, step), buffer);
        row += 1;
    }
    let held_out = Line::styled(table.name("held-out acc.", "held-out"), theme.style(Role::Dim));
    table.row(row, &held_out, |lane| evaluated(lane, step), buffer);
    remarks(scene, theme, frame, inexact.then_some("least…largest of its bucket"), buffer);
}

/// How many of the lanes have a column; the others are scrolled to.
pub(in crate::tui) fn columns(frame: Rect, lanes: usize) -> usize {
    usize::from(padded(inside(frame)).width.saturating_sub(NAME) / LEAST_VALUE).clamp(1, lanes.max(1))
}

fn padded(inner: Rect) -> Rect {
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// In the lower edge: why a lane has no theory, and where there is room for it another remark.
fn remarks(scene: &Scene, theme: &Theme, frame: Rect, other: Option<&str>, buffer: &mut Buffer) {
    let all = [theory::why_none(scene), other.map(str::to_owned)];
    let parts: Vec<_> = (0..).zip(all.into_iter().flatten()).map(|(rank, words)| (rank, Line::raw(words))).collect();
    if parts.is_empty() {
        return;
    }
    let line = fit(parts, frame.width.saturating_sub(6));
    let x = frame.right().saturating_sub(line.width() as u16 + 4).max(frame.x + 1);
    words((x, frame.bottom() - 1), &format!(" {line} "), frame.width - 2, theme.style(Role::Dim), buffer);
}

/// In the lower edge: how many quantities have no row, above and below.
fn hidden(theme: &Theme, frame: Rect, above: usize, below: usize, buffer: &mut Buffer) {
    let mark = |count: usize, arrow: &str| if count == 0 { String::new() } else { format!("{arrow}{count} ") };
    let text = mark(above, theme.glyph("↑", "^")) + &mark(below, theme.glyph("↓", "v"));
    if !text.is_empty() {
        let place = (frame.x + 2, frame.bottom() - 1);
        words(place, &format!(" {text}"), frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
    }
}

/// Which of the quantities are shown in so many rows: those around the one of the heatmaps, while the values of the step
/// keep their place below where there are rows enough for both.
fn window(quantities: &[Quantity], chosen: Quantity, rows: usize) -> Range<usize> {
    let below = SCALARS.len() + 2;
    let rows = if rows >= below + LEAST_QUANTITIES { rows - below } else { rows };
    let rows = rows.min(quantities.len());
    let chosen = quantities.iter().position(|quantity| *quantity == chosen).unwrap_or(0);
    let start = chosen.saturating_sub(rows / 2).min(quantities.len() - rows);
    start..start + rows
}

/// `block 17 · step 212`, or the share of the depth where the lanes differ in it.
fn title<'a>(scene: &Scene, theme: &Theme, step: Step) -> Line<'a> {
    let depth = scene.view.cursor.depth;
    let mut names = scene.lanes().map(|lane| layer_name(&lane, lane.layer_at(depth)));
    let first = names.next().unwrap_or_default();
    let place = if names.all(|name| name == first) { first } else { format!("{:.0} % of depth", depth * 100.0) };
    Line::from(vec![
        Span::styled(place, theme.style(Role::Strong)),
        Span::styled(format!(" · step {}", number::count(step.0)), theme.style(Role::Strong)),
    ])
}

fn layer_name(lane: &LaneRef<'_>, layer: LayerId) -> String {
    let label = lane.header.layers.label(layer);
    match lane.header.layers.get(layer).map(|found| found.kind) {
        Some(LayerKind::Block) => format!("block {label}"),
        _ => label,
    }
}

/// Rows of names and values.
struct Table<'a> {
    scene: &'a Scene,
    theme: &'a Theme,
    area: Rect,
    lanes: &'a [LaneRef<'a>],
    first: usize,
    /// Columns of a lane's values.
    value: u16,
}

impl Table<'_> {
    /// Those that a shown lane has a value of, and the one of the heatmaps.
    fn quantities(&self, step: Step) -> Vec<Quantity> {
        let (scene, depth) = (self.scene, self.scene.view.cursor.depth);
        let has = |quantity: Quantity| {
            let at = |lane: &LaneRef<'_>| value_at(lane, quantity, lane.layer_at(depth), step).is_some();
            quantity == scene.view.quantity || self.lanes.iter().any(at)
        };
        scene.quantities().into_iter().filter(|quantity| has(*quantity)).collect()
    }

    /// The names of the lanes; returns the row after.
    fn names(&self, y: u16, buffer: &mut Buffer) -> u16 {
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
            buffer.set_line(self.area.x, y, &cut(&words, self.names_width()), self.names_width());
        }
        y + 1
    }

    /// Which lanes have a column, where not all have.
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

    /// What theory says of the block at the cursor.
    fn theory(&self, y: u16, buffer: &mut Buffer) {
        if y >= self.area.bottom() {
            return;
        }
        let name = Line::styled(self.name("theory at init", "theory"), self.theme.style(Role::Dim));
        buffer.set_line(self.area.x, y, &name, self.names_width());
        for (index, lane) in self.lanes.iter().enumerate() {
            let shown = theory::at_cursor(self.scene, self.first + index, lane);
            let style = self.theme.style(if shown.is_some() { Role::Lane(self.first + index) } else { Role::Absent });
            self.right_aligned(y, index, &Line::styled(shown.unwrap_or_else(|| "–".to_owned()), style), buffer);
        }
    }

    /// One row; whether a value in it is not exact.
    fn row(&self, y: u16, name: &Line<'_>, shown: impl Fn(&LaneRef<'_>) -> Option<Shown>, buffer: &mut Buffer) -> bool {
        if y >= self.area.bottom() {
            return false;
        }
        buffer.set_line(self.area.x, y, &cut(name, self.names_width()), self.names_width());
        let mut inexact = false;
        for (index, lane) in self.lanes.iter().enumerate() {
            let lane_style = self.theme.lane(self.first + index);
            let line = match shown(lane) {
                None => Line::styled("–", self.theme.style(Role::Absent)),
                Some(shown) => {
                    inexact |= !shown.is_exact;
                    let is_long = shown.text.chars().count() >= usize::from(self.value);
                    let text = shown.short.filter(|_| is_long).map_or(shown.text, str::to_owned);
                    Line::styled(text, shown.role.map_or(lane_style, |role| self.theme.style(role)))
                }
            };
            self.right_aligned(y, index, &line, buffer);
        }
        inexact
    }

    /// The name, or the short one where it does not fit.
    fn name<'b>(&self, name: &'b str, short: &'b str) -> &'b str {
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
        buffer.set_line(x, y, &cut(line, width), width);
    }

    /// Symbol and, where there is room, the name; the quantity of the heatmaps stands out.
    fn quantity_name<'b>(&self, quantity: Quantity) -> Line<'b> {
        let definition = quantity.definition();
        let room = self.names_width();
        let symbol = self.theme.glyph(definition.symbol, definition.ascii);
        let is_long = Span::raw(symbol).width() > usize::from(room.saturating_sub(1));
        let symbol = if is_long { definition.ascii } else { symbol };
        let is_shown = quantity == self.scene.view.quantity;
        let symbols = usize::from(room.min(12));
        let name = if room >= 25 { definition.name.replace('_', " ") } else { String::new() };
        let role = if is_shown { Role::Strong } else { Role::Dim };
        Line::from(vec![
            Span::styled(format!("{symbol:<symbols$}"), self.theme.style(role)),
            Span::styled(name, self.theme.style(role)),
        ])
    }
}

fn value_at(lane: &LaneRef<'_>, quantity: Quantity, layer: LayerId, step: Step) -> Option<Shown> {
    if lane.history.end().is_some() && lane.history.last_step().is_some_and(|last| step > last) {
        return None;
    }
    if let Some(exact) = lane.history.value(quantity, layer, step) {
        return Some(exactly(quantity, exact));
    }
    if lane.history.record(Some(step)).is_some() {
        return None;
    }
    summarized(&lane.history.summary(quantity, layer, step)?)
}

fn exactly(quantity: Quantity, value: f32) -> Shown {
    let role = (!value.is_finite()).then_some(Role::Bad);
    if value == 0.0 && matches!(quantity, Quantity::UpdateRatio | Quantity::Distance) {
        return Shown { text: "not moving".to_owned(), short: Some("0"), is_exact: true, role };
    }
    let text = match quantity {
        Quantity::Gain if value.is_finite() && value != 0.0 => number::factor(f64::from(value)),
        _ => number::value(f64::from(value)),
    };
    Shown { text, short: None, is_exact: true, role }
}

fn summarized(summary: &Summary) -> Option<Shown> {
    if summary.non_finite > 0 {
        let text = format!("{} not fin.", summary.non_finite);
        return Some(Shown { text, short: None, is_exact: false, role: Some(Role::Bad) });
    }
    let (least, largest) = (summary.min?, summary.max?);
    Some(range(least, largest, summary.count))
}

fn range(least: f32, largest: f32, count: u32) -> Shown {
    let (low, high) = (number::magnitude(f64::from(least)), number::magnitude(f64::from(largest)));
    if least == largest || low == high {
        return Shown { text: number::value(f64::from(largest)), short: None, is_exact: count == 1, role: None };
    }
    Shown { text: format!("{low}…{high}"), short: None, is_exact: false, role: None }
}

fn scalar_at(lane: &LaneRef<'_>, scalar: Scalar, step: Step) -> Option<Shown> {
    // A lane that still trains may be a step or two behind the others.
    let step = if lane.history.end().is_some() { step } else { step.min(lane.history.last_step()?) };
    let bucket = lane.history.scalar(scalar, step.0..step.0 + 1, 1).first().copied().flatten()?;
    if bucket.count == 1 || bucket.min == bucket.max {
        let text = match scalar {
            Scalar::Accuracy => number::percent(f64::from(bucket.last)),
            Scalar::LearningRate => number::rate(number::shortest(bucket.last)),
            _ => number::value(f64::from(bucket.last)),
        };
        let role = (!bucket.last.is_finite()).then_some(Role::Bad);
        return Some(Shown { text, short: None, is_exact: bucket.count == 1, role });
    }
    if bucket.non_finite > 0 {
        let text = format!("{} not fin.", bucket.non_finite);
        return Some(Shown { text, short: None, is_exact: false, role: Some(Role::Bad) });
    }
    if scalar == Scalar::Accuracy {
        let text = format!("{:.0}…{:.0} %", bucket.min * 100.0, bucket.max * 100.0);
        return Some(Shown { text, short: None, is_exact: false, role: None });
    }
    Some(range(bucket.min, bucket.max, bucket.count))
}

/// The last evaluation at or before the step.
fn evaluated(lane: &LaneRef<'_>, step: Step) -> Option<Shown> {
    let eval = lane.history.evals().iter().rev().find(|eval| eval.step <= step)?;
    let role = (!eval.loss.is_finite()).then_some(Role::Bad);
    Some(Shown { text: number::percent(f64::from(eval.accuracy)), short: None, is_exact: true, role })
}
