//! The window: the steps and layers that are shown, and the lanes if not all fit.

use std::ops::Range;

use ratatui::layout::Rect;

use super::rotation::turned;
use crate::tui::action::{Direction, Turn};
use crate::tui::axis::StepAxis;
use crate::tui::layout::Layout;
use crate::tui::pane::{inspector, whole_axis};
use crate::tui::scene::Scene;

/// Minimum number of steps shown: fewer do not make a curve.
const LEAST_STEPS: u64 = 4;
/// Minimum number of layers shown.
const LEAST_LAYERS: f64 = 4.0;
/// Share of the window by which panning moves it.
const PAN: f64 = 0.25;

/// Shows everything.
pub(super) fn whole(scene: &mut Scene) {
    scene.view.steps = None;
    scene.view.depth = 0.0..1.0;
}

/// Halves or doubles the steps shown, keeping the cursor at its place on the screen.
pub(super) fn zoom_steps(scene: &mut Scene, turn: Turn, area: Rect) {
    let anchor = scene.cursor_step().map_or(1, |step| step.0);
    zoom_steps_at(scene, turn, anchor, area);
}

/// The same around any step.
pub(super) fn zoom_steps_at(scene: &mut Scene, turn: Turn, anchor: u64, area: Rect) {
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return };
    let axis = panes.step_axis(scene);
    let steps = scene.view.steps.clone().unwrap_or_else(|| axis.steps());
    let span = steps.end - steps.start;
    let wanted = match turn {
        Turn::Forward => (span / 2).max(LEAST_STEPS),
        Turn::Back => span.saturating_mul(2),
    };
    let everything = reach(scene, &axis);
    if wanted >= everything.end - everything.start {
        scene.view.steps = None;
        return;
    }
    let anchor = anchor.clamp(steps.start, steps.end - 1);
    let before = (u128::from(anchor - steps.start) * u128::from(wanted) / u128::from(span.max(1))) as u64;
    scene.set_window(within(anchor.saturating_sub(before), wanted, &everything));
}

/// Halves or doubles the layers shown around the cursor.
pub(super) fn zoom_layers(scene: &mut Scene, turn: Turn) {
    let anchor = scene.view.cursor.depth;
    zoom_layers_at(scene, turn, anchor);
}

/// The same around any relative depth.
pub(super) fn zoom_layers_at(scene: &mut Scene, turn: Turn, anchor: f64) {
    let depth = scene.view.depth.clone();
    let span = depth.end - depth.start;
    let least = (LEAST_LAYERS / scene.most_layers().max(1) as f64).min(1.0);
    let wanted = match turn {
        Turn::Forward => (span / 2.0).max(least),
        Turn::Back => (span * 2.0).min(1.0),
    };
    let start = (anchor - (anchor - depth.start) * wanted / span).clamp(0.0, 1.0 - wanted);
    scene.view.depth = start..start + wanted;
}

/// Moves the window by a part of itself.
pub(super) fn pan(scene: &mut Scene, direction: Direction, area: Rect) {
    let sign = match direction {
        Direction::Left | Direction::Up => -1.0,
        Direction::Right | Direction::Down => 1.0,
    };
    match direction {
        Direction::Left | Direction::Right => shift_steps(scene, sign * PAN, area),
        Direction::Up | Direction::Down => shift_layers(scene, sign * PAN),
    }
}

/// Moves the shown steps by a share of their number.
pub(super) fn shift_steps(scene: &mut Scene, share: f64, area: Rect) {
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return };
    let axis = panes.step_axis(scene);
    let Some(steps) = scene.view.steps.clone() else { return };
    let span = steps.end - steps.start;
    let distance = (share.abs() * span as f64).round() as u64;
    let start = if share < 0.0 { steps.start.saturating_sub(distance) } else { steps.start.saturating_add(distance) };
    scene.set_window(within(start, span, &reach(scene, &axis)));
}

/// Moves the shown layers by a share of their number.
pub(super) fn shift_layers(scene: &mut Scene, share: f64) {
    let span = scene.view.depth.end - scene.view.depth.start;
    let start = (scene.view.depth.start + share * span).clamp(0.0, (1.0 - span).max(0.0));
    scene.view.depth = start..start + span;
}

/// Scrolls by one lane until the last is visible, in the heatmaps and in the inspector.
pub(super) fn scroll_lanes(scene: &mut Scene, turn: Turn, area: Rect) {
    let Some(Layout { panes, .. }) = Layout::new(area, scene) else { return };
    let scrolled = panes.lanes.len().saturating_sub(panes.of_lanes.len());
    let lanes = scene.lanes().count();
    let columns = panes.inspector.map_or(0, |frame| lanes.saturating_sub(inspector::columns(frame, lanes)));
    let hidden = scrolled.max(columns);
    let places: Vec<usize> = (0..=hidden).collect();
    if let Some(&first) = turned(&places, |place| *place == scene.view.first_lane.min(hidden), turn) {
        scene.view.first_lane = first;
    }
}

/// Steps that can be shown: the whole run and, while it grows, the room for it to grow.
fn reach(scene: &Scene, axis: &StepAxis) -> Range<u64> {
    whole_axis(axis.columns(), scene).steps()
}

/// A window of this length, moved into the steps that can be shown.
fn within(start: u64, length: u64, everything: &Range<u64>) -> Range<u64> {
    let latest = everything.end.saturating_sub(length).max(everything.start);
    let start = start.clamp(everything.start, latest);
    start..start + length
}
