//! The layers inside the block at the cursor: a row each with its shape, its cost, and the norms of gradient, weights
//! and update; if there is room, also over the steps in the colours of the heatmaps. The sub-layers of a transformer
//! block have rows of their own with the sums of their layers.
//!
//! ```text
//! ╭─ residual  block 4  16×16·32  14 k parameters  4.7 MFLOP  step 41 ──────────────────╮
//! │ layer          shape      params    FLOP      ‖g‖     ‖W‖   update  ‖g‖ over steps  │
//! │ convolution 1  32×16×3×3   4,608   1.2 M    0.816    5.62   2.1e-3  ▓▓▓▒▒▒░░░       │
//! │ norm 1         2·32           64       –    0.135    5.66   1.0e-3  ▒▒░░░░░░░       │
//! ╰─────────────────────────────────────────────────────────────────────────────────────╯
//! ```

mod columns;
mod placement;
mod rows;
mod strips;
mod table;

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use self::rows::rows;
use self::table::Table;
use super::definition::{ViewDefinition, ViewKey};
use super::legend::{LegendContext, Part, numbers};
use crate::event::{Dated, TensorNorms};
use crate::history::MeasuredAt;
use crate::measurement::Measurement;
use crate::number;
use crate::quantity::Quantity;
use crate::tui::keymap::key::Key;
use crate::tui::pane::frame::{fit, framed, words};
use crate::tui::pane::record::{self, TENSORS, why_none};
use crate::tui::pane::split::split_top;
use crate::tui::pane::{Axes, LanePane, Pane, heatmap};
use crate::tui::scene::{LaneRef, Scene, ViewId};
use crate::tui::schedule;
use crate::tui::theme::{Role, Theme};
use crate::units::Step;

pub(super) static VIEW: ViewDefinition = ViewDefinition {
    key: Some(ViewKey { key: Key::ENTER, label: "Enter" }),
    place: placement::place,
    axes: Axes::Steps,
    draw,
    contents: |scene| scene.lanes().any(|lane| lane.history.snapshot::<TensorNorms>(Step(u64::MAX)).is_some()),
    shows_quantity: true,
    coloured,
    legend: Some(legend),
    ..ViewDefinition::new(ViewId::new("layers"), "open the block at the cursor to its layers")
};

/// Single layers have three quantities: the current one if it is among them, otherwise the gradient norm.
fn coloured(scene: &Scene) -> Quantity {
    match scene.view.quantity {
        Quantity::WeightNorm | Quantity::UpdateRatio => scene.view.quantity,
        _ => Quantity::GradNorm,
    }
}

fn draw(lane_pane: &LanePane<'_>, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, .. } = *lane_pane;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let record = scene.shown_step(&lane).and_then(|step| lane.history.snapshot::<TensorNorms>(step));
    framed(theme, pane.frame, &title(scene, theme, pane, &lane, record), buffer);
    let rows = rows(&lane, scene.view.cursor.depth);
    let area = pane.labels;
    if rows.is_empty() {
        words((area.x, area.y), "the layers inside are unknown", area.width, theme.style(Role::Dim), buffer);
        return;
    }
    let coloured = coloured(scene);
    let room = Table { theme, lane: pane.lane, coloured, rows: &rows, record, area }.render(buffer);
    if rows.len() > room {
        let more = format!(" {} {} more ", theme.glyph("↓", "v"), rows.len() - room);
        let place = (pane.frame.x + 2, pane.frame.bottom().saturating_sub(1));
        words(place, &more, pane.frame.width.saturating_sub(4), theme.style(Role::Dim), buffer);
    }
    if record.is_none() {
        let (_, below) = split_top(pane.picture, 1);
        record::lines(theme, &why_none(scene, &lane, &TENSORS), below, buffer);
        return;
    }
    strips::render(lane_pane, &rows, coloured, buffer);
}

/// Lane, block, stage, cost, and the step of the numbers.
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
        let flops = layer.flops.map(|flops| format!("{} FLOP per example", number::amount(flops)));
        parts.extend(flops.map(|flops| (5, Line::styled(flops, dim))));
    }
    if let Some(record) = record {
        let shown = scene.shown_step(lane).unwrap_or(record.step);
        let older = schedule::of_step(MeasuredAt::At(record.step), shown);
        let step = older.map_or_else(|| format!("step {}", number::count(record.step.0)), |words| words.long);
        parts.push((2, Line::styled(step, theme.style(Role::Strong))));
        let every = schedule::words(lane.config, Measurement::Histograms);
        parts.extend(every.map(|every| (6, Line::styled(every.long, dim))));
    } else if let Some(why) = why_none(scene, lane, &TENSORS).into_iter().next() {
        parts.push((2, Line::styled(why, theme.style(Role::Warning))));
    }
    fit(parts, pane.frame.width.saturating_sub(6))
}

fn legend(context: &LegendContext<'_>) -> Vec<Part> {
    let coloured = coloured(context.scene);
    let painter = heatmap::painter(context.scene, context.theme, coloured);
    let mut parts = vec![context.bar(&painter, numbers(coloured, painter.scale))];
    parts.extend(context.lanes_in_view());
    parts.push(context.words(3, "the scale of whole blocks"));
    parts.extend(context.specials());
    parts.extend(context.not_reached());
    parts
}
