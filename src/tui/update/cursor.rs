//! The cursor: one step × relative depth for all panes. It never leaves the run, and the window follows it.

use ratatui::layout::Rect;

use super::replay;
use crate::tui::action::{Direction, Motion, Turn};
use crate::tui::layout::Layout;
use crate::tui::scene::Scene;
use crate::units::Step;

/// Moves the cursor.
pub(super) fn go(scene: &mut Scene, motion: Motion, area: Rect) {
    let direction = motion.direction();
    match direction {
        Direction::Left | Direction::Right => across(scene, motion, direction, area),
        Direction::Up | Direction::Down => along(scene, motion, direction, area),
    }
}

/// Puts the cursor on a step; on the newest one it follows.
pub(super) fn to_step(scene: &mut Scene, step: u64) {
    let newest = scene.newest().map_or(1, |newest| newest.0);
    scene.view.cursor.step = (step < newest).then_some(Step(step.max(1)));
    let step = step.clamp(1, newest);
    if let Some(steps) = &mut scene.view.steps {
        let span = steps.end - steps.start;
        if step < steps.start {
            *steps = step..step + span;
        } else if step >= steps.end {
            *steps = (step + 1).saturating_sub(span).max(1)..(step + 1).max(span + 1);
        }
    }
}

/// Puts the cursor on the next or previous mark, and says what happened there.
pub(super) fn to_mark(scene: &mut Scene, turn: Turn) {
    let Some(cursor) = scene.cursor_step() else { return };
    let marks = scene.marks();
    let found = match turn {
        Turn::Forward => marks.iter().find(|mark| mark.step > cursor),
        Turn::Back => marks.iter().rfind(|mark| mark.step < cursor),
    };
    match found {
        Some(mark) => {
            to_step(scene, mark.step.0);
            scene.say(&mark.words);
        }
        None if marks.is_empty() => scene.say("there are no marks yet: no lane ended early, and there are no notes"),
        None => scene.say(match turn {
            Turn::Forward => "there is no mark after this step",
            Turn::Back => "there is no mark before this step",
        }),
    }
}

/// Puts the cursor on a layer of the deepest lane.
pub(super) fn to_layer(scene: &mut Scene, layer: usize) {
    let layers = scene.most_layers().max(1);
    let layer = layer.min(layers - 1);
    scene.view.cursor.depth = (layer as f64 + 0.5) / layers as f64;
    let depth = &mut scene.view.depth;
    let (span, top) = (depth.end - depth.start, layer as f64 / layers as f64);
    let bottom = (layer as f64 + 1.0) / layers as f64;
    if top < depth.start {
        *depth = top..top + span;
    } else if bottom > depth.end {
        *depth = (bottom - span).max(0.0)..bottom;
    }
}

fn across(scene: &mut Scene, motion: Motion, direction: Direction, area: Rect) {
    let Some(Step(step)) = scene.cursor_step() else { return };
    if (motion, direction) == (Motion::End(direction), Direction::Right) {
        replay::end(scene);
    }
    let axis = Layout::new(area, scene).map(|layout| layout.panes.step_axis(scene));
    let bin = axis.map_or(1, |axis| axis.steps_per_bin());
    let span = axis.map_or(1, |axis| axis.steps().end - axis.steps().start);
    let distance = match motion {
        Motion::One(_) => 1,
        Motion::Ten(_) => 10,
        Motion::Page(_) => (span / 10 / bin).max(1) * bin,
        Motion::End(_) => u64::MAX,
    };
    let step = match direction {
        Direction::Left => step.saturating_sub(distance).max(1),
        _ => step.saturating_add(distance),
    };
    to_step(scene, step);
}

fn along(scene: &mut Scene, motion: Motion, direction: Direction, area: Rect) {
    let layers = scene.most_layers();
    let in_view = ((scene.view.depth.end - scene.view.depth.start) * layers as f64) as usize;
    // If several layers share half a cell, one press moves by about half a cell.
    let rows =
        Layout::new(area, scene).and_then(|layout| Some(usize::from(layout.panes.heatmaps().first()?.picture.height)));
    let one = rows.map_or(1, |rows| (in_view / (2 * rows.max(1))).max(1));
    let distance = match motion {
        Motion::One(_) => one,
        Motion::Ten(_) => 10,
        Motion::Page(_) => (in_view / 10).max(1),
        Motion::End(_) => layers,
    };
    let layer = (scene.view.cursor.depth.clamp(0.0, 1.0) * layers as f64) as usize;
    let layer = match direction {
        Direction::Up => layer.saturating_sub(distance),
        _ => layer + distance,
    };
    to_layer(scene, layer);
}
