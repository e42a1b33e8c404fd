//! The layers of an opened block over the steps: a strip each, in the colours of the heatmaps. A column shows the
//! newest snapshot at or before its last step.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::columns::Column;
use super::rows::Row;
use crate::event::{Dated, TensorNorm, TensorNorms};
use crate::history::Cell;
use crate::quantity::Quantity;
use crate::tui::pane::cell::Cross;
use crate::tui::pane::frame::words;
use crate::tui::pane::{LanePane, heatmap, steps};
use crate::tui::theme::Role;
use crate::units::Step;

/// Draws the strips of one lane; nothing if there is no room or the quantity has no column.
pub(super) fn render(lane_pane: &LanePane<'_>, rows: &[Row], quantity: Quantity, buffer: &mut Buffer) {
    let LanePane { scene, theme, pane, axis } = *lane_pane;
    let area = pane.picture;
    let Some(lane) = scene.lanes().nth(pane.lane) else { return };
    let Some(column) = Column::ALL.iter().find(|(column, _)| column.quantity() == Some(quantity)) else { return };
    if area.is_empty() {
        return;
    }
    let title = format!("{} over steps", column.0.title(theme));
    words((area.x, area.y), &title, area.width, theme.style(Role::Dim), buffer);
    let painter = heatmap::painter(scene, theme, quantity);
    let newest = scene.newest().unwrap_or(Step(0)).min(lane.history.last_step().unwrap_or(Step(0)));
    let cursor = scene.view.cursor.step.and_then(|step| axis.columns_of_step(step.0)).map(|columns| columns.start);
    for x in 0..area.width.min(axis.columns()) {
        let (first, last) = (axis.steps_of_bins(axis.bin_of_column(x)..axis.bin_of_column(x) + 1), axis.step_at(x));
        let record = lane.history.snapshot::<TensorNorms>(Step(last).min(newest)).filter(|_| first.start <= newest.0);
        let cross = if cursor == Some(x) { Cross::Vertical } else { Cross::Away };
        for (row, y) in rows.iter().zip(area.y + 1..area.bottom()) {
            let cell = record.map_or(Cell::Empty, |record| cell(row, record, quantity));
            if let Some(target) = buffer.cell_mut((area.x + x, y)) {
                painter.paint([cell, cell], cross, target);
            }
        }
    }
    let edge = Rect { y: pane.frame.bottom().saturating_sub(1), height: 1, ..area };
    let place = |step| axis.columns_of_step(step).map(|columns| columns.start);
    let marks = scene.marks();
    steps::label(theme, edge, &axis.steps(), steps::Known::of(scene, &marks), place, buffer);
}

fn cell(row: &Row, record: Dated<'_, TensorNorms>, quantity: Quantity) -> Cell {
    let value = match quantity {
        Quantity::WeightNorm => record.norm(TensorNorm::Weight, &row.tensors),
        Quantity::UpdateRatio => record.update_ratio(&row.tensors),
        _ => record.norm(TensorNorm::Grad, &row.tensors),
    };
    match value {
        None => Cell::Absent,
        Some(value) if value.is_nan() => Cell::Nan,
        Some(value) if value.is_infinite() => Cell::Infinite,
        Some(0.0) => Cell::Zero,
        Some(value) => Cell::Value(value.abs().log10() as f32),
    }
}
