//! The mouse: a click moves the cursor, dragging pans, the wheel zooms around the pointer.

use ratatui::layout::{Position, Rect};

use super::{cursor, values, window};
use crate::tui::action::Turn;
use crate::tui::axis::StepAxis;
use crate::tui::layout::Layout;
use crate::tui::pane::Pane;
use crate::tui::pane::Panes;
use crate::tui::pane::step_chart::chart_of;
use crate::tui::scene::{Overlay, Scene};
use crate::tui::terminal_cell::TerminalCell;

/// The place under the pointer, as a step, a relative depth, or both.
#[derive(Clone, Copy, Default)]
struct Target {
    step: Option<u64>,
    depth: Option<f64>,
}

/// Moves the cursor to the pointer.
pub(super) fn click(scene: &mut Scene, place: TerminalCell, area: Rect) {
    if !matches!(scene.view.overlay, Overlay::None) {
        return;
    }
    scene.view.drag = Some(place);
    let target = target(scene, place, area);
    if let Some(step) = target.step {
        cursor::to_step(scene, step);
    }
    if let Some(depth) = target.depth {
        let layers = scene.most_layers();
        cursor::to_layer(scene, (depth * layers as f64) as usize);
    }
}

/// Moves the window with the pointer.
pub(super) fn drag(scene: &mut Scene, place: TerminalCell, area: Rect) {
    let Some(from) = scene.view.drag.replace(place) else { return };
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return };
    let Some(pane) = heatmap_at(&panes, from) else { return };
    let share = |from: u16, to: u16, length: u16| (f64::from(from) - f64::from(to)) / f64::from(length.max(1));
    window::shift_steps(scene, share(from.column, place.column, pane.picture.width), area);
    window::shift_layers(scene, share(from.row, place.row, pane.picture.height));
}

/// Zooms the steps around the pointer.
pub(super) fn wheel_steps(scene: &mut Scene, place: TerminalCell, turn: Turn, area: Rect) {
    let layout = Layout::new(area, scene);
    if layout.and_then(|layout| layout.panes.inspector).is_some_and(|inspector| inspector.contains(position(place))) {
        // Turning the wheel up, which elsewhere zooms in, scrolls up.
        let turn = if turn == Turn::Forward { Turn::Back } else { Turn::Forward };
        values::scroll(scene, turn);
        return;
    }
    let anchor = target(scene, place, area).step.or(scene.cursor_step().map(|step| step.0));
    window::zoom_steps_at(scene, turn, anchor.unwrap_or(1), area);
}

/// Zooms the layers around the pointer.
pub(super) fn wheel_layers(scene: &mut Scene, place: TerminalCell, turn: Turn, area: Rect) {
    let anchor = target(scene, place, area).depth.unwrap_or(scene.view.cursor.depth);
    window::zoom_layers_at(scene, turn, anchor);
}

fn heatmap_at(panes: &Panes, place: TerminalCell) -> Option<&Pane> {
    panes.heatmaps().iter().find(|pane| pane.picture.contains(position(place)))
}

fn target(scene: &Scene, place: TerminalCell, area: Rect) -> Target {
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return Target::default() };
    let axis = panes.step_axis(scene);
    if let Some(pane) = heatmap_at(&panes, place) {
        return in_picture(scene, pane, &axis, place);
    }
    if let Some(strip) = panes.strips().iter().map(|pane| pane.picture).find(|strip| strip.contains(position(place))) {
        // The rows are layers inside one block.
        return Target { step: Some(axis.step_at(place.column - strip.x)), depth: None };
    }
    let over_steps = panes.loss.or(panes.rho).map(chart_of);
    if let Some(chart) = over_steps.filter(|chart| chart.contains(position(place))) {
        let steps = axis.steps();
        let share = share(place.column, chart.x, chart.width);
        return Target { step: Some(steps.start + (share * (steps.end - steps.start) as f64) as u64), depth: None };
    }
    if let Some(chart) = panes.profile.map(chart_of).filter(|chart| chart.contains(position(place))) {
        let depth = &scene.view.depth;
        let share = share(place.column, chart.x, chart.width);
        return Target { step: None, depth: Some(depth.start + share * (depth.end - depth.start)) };
    }
    Target::default()
}

fn in_picture(scene: &Scene, pane: &Pane, axis: &StepAxis, place: TerminalCell) -> Target {
    let column = place.column - pane.picture.x;
    let depth = &scene.view.depth;
    let share = share(place.row, pane.picture.y, pane.picture.height);
    Target {
        step: (column < axis.columns()).then(|| axis.step_at(column)),
        depth: Some(depth.start + share * (depth.end - depth.start)),
    }
}

/// Middle of a cell as a share of a length of cells.
fn share(at: u16, start: u16, length: u16) -> f64 {
    (f64::from(at - start) + 0.5) / f64::from(length.max(1))
}

fn position(place: TerminalCell) -> Position {
    Position::new(place.column, place.row)
}
