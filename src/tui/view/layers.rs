//! The block at the cursor opened to the layers that it is made of: a row each with its shape, what it costs, and how
//! large gradient, weights and update are; where there is room also over the steps, in the colours of the heatmaps. The
//! halves of a transformer's block have rows of their own with what their layers add up to.
//!
//! ```text
//! ╭─ residual  block 4  16×16·32  14 k parameters  4.7 MFLOP  step 41 ──────────────────╮
//! │ layer          shape      params    FLOP      ‖g‖     ‖W‖   update  ‖g‖ over steps  │
//! │ convolution 1  32×16×3×3   4,608   1.2 M    0.816    5.62   2.1e-3  ▓▓▓▒▒▒░░░       │
//! │ norm 1         2·32           64       –    0.135    5.66   1.0e-3  ▒▒░░░░░░░       │
//! ╰─────────────────────────────────────────────────────────────────────────────────────╯
//! ```

mod rows;
mod strips;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

pub(super) use self::rows::Row;
use self::rows::rows;
use super::frame::{cut, fit, framed, put, words};
use super::measured_at::{TENSORS, why_none};
use crate::event::{Dated, TensorNorm, TensorNorms};
use crate::history::MeasuredAt;
use crate::measurement::Measurement;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::axis::StepAxis;
use crate::tui::layout::Pane;
use crate::tui::scene::{LaneRef, Scene};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};

/// A column of numbers behind the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Shape,
    Parameters,
    Flops,
    Grad,
    Weight,
    Update,
}

impl Column {
    /// From left to right, with the width of each.
    const ALL: [(Self, u16); 6] = [
        (Self::Shape, 13),
        (Self::Parameters, 8),
        (Self::Flops, 8),
        (Self::Grad, 10),
        (Self::Weight, 10),
        (Self::Update, 10),
    ];
    /// What gives way first where not all fit is last.
    const BY_WORTH: [Self; 6] = [Self::Grad, Self::Update, Self::Parameters, Self::Weight, Self::Flops, Self::Shape];

    fn title(self, theme: &Theme) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Parameters => "params",
            Self::Flops => "FLOP",
            Self::Grad => theme.glyph("‖g‖", "|g|"),
            Self::Weight => theme.glyph("‖W‖", "|W|"),
            Self::Update => theme.glyph("‖ΔW‖/‖W‖", "|dW|/|W|"),
        }
    }

    /// The quantity of the heatmaps that is the same of a whole block.
    fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Grad => Some(Quantity::GradNorm),
            Self::Weight => Some(Quantity::WeightNorm),
            Self::Update => Some(Quantity::UpdateRatio),
            Self::Shape | Self::Parameters | Self::Flops => None,
        }
    }

    fn text(self, row: &Row, record: Option<Dated<'_, TensorNorms>>) -> Option<String> {
        match self {
            Self::Shape => row.shape.clone(),
            Self::Parameters => row.parameters.map(number::amount),
            Self::Flops => row.flops.map(number::amount),
            Self::Grad => record?.norm(TensorNorm::Grad, &row.tensors).map(number::value),
            Self::Weight => record?.norm(TensorNorm::Weight, &row.tensors).map(number::value),
            Self::Update => record?.update_ratio(&row.tensors).map(number::value),
        }
    }
}

/// Columns of the names at least and at most.
const NAME: Range<u16> = 12..20;

/// Columns that a table of so many at most has use for; strips stand at its right.
pub(in crate::tui) fn table_columns(width: u16) -> u16 {
    let all: u16 = Column::ALL.iter().map(|(_, width)| width).sum();
    width.min(NAME.end + all)
}

/// Rows of the largest table of any lane, headings of halves included, without its heading.
pub(in crate::tui) fn most_rows(scene: &Scene) -> u16 {
    let of = |layer: &crate::layer::Layer| {
        // Two halves; tensors that the stack does not name have a row each at most.
        let halves = layer.sublayers.iter().filter_map(|sublayer| sublayer.half.as_deref()).take(1).count() * 2;
        layer.opened().len() + halves
    };
    let lanes = scene.lanes();
    let most = lanes.flat_map(|lane| lane.header.layers.layers.iter().map(of)).max().unwrap_or(0);
    u16::try_from(most).unwrap_or(u16::MAX).clamp(1, MOST_ROWS)
}

/// A table takes no more rows, however many layers a block has: charts stand below it.
const MOST_ROWS: u16 = 16;

pub(super) fn render(scene: &Scene, theme: &Theme, pane: &Pane, axis: &StepAxis, buffer: &mut Buffer) {
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<TensorNorms>(step));
    framed(theme, pane.frame, &title(scene, theme, pane, &lane, record), buffer);
    let rows = rows(&lane, scene.view.cursor.depth);
    let area = pane.labels;
    if rows.is_empty() {
        words((area.x, area.y), "no layers are known inside", area.width, theme.style(Role::Dim), buffer);
        return;
    }
    let columns = columns(area.width, &rows);
    let names = area.width.saturating_sub(columns.iter().map(|(_, width)| width).sum()).min(NAME.end);
    heading(scene, theme, area, (names, &columns), buffer);
    let room = usize::from(area.height.saturating_sub(1));
    for (row, y) in rows.iter().take(room).zip(area.y + 1..) {
        line(scene, theme, pane, (row, record), (y, names, &columns), buffer);
    }
    if rows.len() > room {
        let more = format!(" {} {} more ", theme.glyph("↓", "v"), rows.len() - room);
        let place = (pane.frame.x + 2, pane.frame.bottom().saturating_sub(1));
        words(place, &more, pane.frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
    }
    if record.is_none() {
        for (text, place) in why_none(scene, &lane, &TENSORS).iter().zip(pane.picture.rows().skip(1)) {
            words((place.x, place.y), text, place.width, theme.style(Role::Dim), buffer);
        }
        return;
    }
    strips::render(scene, theme, pane, (&lane, &rows), axis, buffer);
}

/// Those that fit beside the names, from left to right.
fn columns(width: u16, rows: &[Row]) -> Vec<(Column, u16)> {
    let names = rows.iter().map(|row| Span::raw(row.label()).width() as u16 + 1).max().unwrap_or(0);
    let mut left = width.saturating_sub(names.clamp(NAME.start, NAME.end));
    let mut taken = Vec::new();
    for column in Column::BY_WORTH {
        let width = Column::ALL.iter().find(|(known, _)| *known == column).map_or(0, |(_, width)| *width);
        if width > left {
            break;
        }
        left -= width;
        taken.push(column);
    }
    Column::ALL.into_iter().filter(|(column, _)| taken.contains(column)).collect()
}

fn heading(scene: &Scene, theme: &Theme, area: Rect, table: (u16, &[(Column, u16)]), buffer: &mut Buffer) {
    let (names, columns) = table;
    let dim = theme.style(Role::Dim);
    words((area.x, area.y), "layer", names, dim, buffer);
    let mut x = area.x + names;
    for (column, width) in columns {
        let is_coloured = column.quantity() == Some(scene.coloured());
        let style = theme.style(if is_coloured { Role::Strong } else { Role::Dim });
        right_aligned((x, area.y), *width, &Line::styled(column.title(theme), style), buffer);
        x += width;
    }
}

fn line(
    scene: &Scene,
    theme: &Theme,
    pane: &Pane,
    (row, record): (&Row, Option<Dated<'_, TensorNorms>>),
    (y, names, columns): (u16, u16, &[(Column, u16)]),
    buffer: &mut Buffer,
) {
    let is_half = row.is_half();
    let role = if is_half { Role::Strong } else { Role::Text };
    let name = cut(&Line::styled(row.label(), theme.style(role)), names.saturating_sub(1));
    put((pane.labels.x, y), &name, names, buffer);
    let mut x = pane.labels.x + names;
    for (column, width) in columns {
        let measured = column.quantity();
        let style = match measured {
            Some(quantity) if quantity == scene.coloured() => theme.lane(pane.lane).add_modifier(Modifier::BOLD),
            Some(_) => theme.lane(pane.lane),
            None => theme.style(Role::Dim),
        };
        let text = match column.text(row, record) {
            // A sum of layers has no shape of its own.
            None if is_half && *column == Column::Shape => Line::raw(""),
            None => Line::styled("–", theme.style(Role::Absent)),
            Some(text) if text == "NaN" || text.ends_with('∞') => Line::styled(text, theme.style(Role::Bad)),
            Some(text) => Line::styled(text, style),
        };
        right_aligned((x, y), *width, &text, buffer);
        x += width;
    }
}

fn right_aligned(place: (u16, u16), width: u16, line: &Line<'_>, buffer: &mut Buffer) {
    let line = cut(line, width.saturating_sub(1));
    let x = place.0 + width.saturating_sub(line.width() as u16);
    put((x, place.1), &line, width, buffer);
}

/// Lane, block, stage, what it costs, and the step of the numbers.
fn title<'a>(
    scene: &Scene,
    theme: &Theme,
    pane: &Pane,
    lane: &LaneRef<'_>,
    record: Option<Dated<'_, TensorNorms>>,
) -> Line<'a> {
    let id = lane.layer_at(scene.view.cursor.depth);
    let dim = theme.style(Role::Dim);
    let name = Span::styled(scene.lane_name(lane), theme.lane(pane.lane).add_modifier(Modifier::BOLD));
    let mut parts =
        vec![(0, Line::from(name)), (1, Line::styled(lane.header.layers.name(id), theme.style(Role::Strong)))];
    if let Some(layer) = lane.header.layers.get(id) {
        parts.extend(layer.stage.clone().map(|stage| (3, Line::styled(stage, dim))));
        if !layer.parameters.is_empty() {
            let count = number::amount(layer.parameter_count());
            parts.push((4, Line::styled(format!("{count} parameters"), dim)));
        }
        let flops = layer.flops.map(|flops| format!("FLOP/example {}", number::amount(flops)));
        parts.extend(flops.map(|flops| (5, Line::styled(flops, dim))));
    }
    if let Some(record) = record {
        let shown = scene.shown_step(lane).unwrap_or(record.step);
        let older = schedule::of_step(MeasuredAt::At(record.step), shown);
        let step = older.map_or_else(|| format!("step {}", number::count(record.step.0)), |words| words.long);
        parts.push((2, Line::styled(step, theme.style(Role::Strong))));
        let every = schedule::words(lane.run.header().config.as_ref(), Measurement::Histograms);
        parts.extend(every.map(|every| (6, Line::styled(every.long, dim))));
    } else if let Some(why) = why_none(scene, lane, &TENSORS).into_iter().next() {
        parts.push((2, Line::styled(why, theme.style(Role::Warning))));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}
