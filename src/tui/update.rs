//! The only place where an action changes the scene: it returns an effect.

mod command;
mod cursor;
mod effect;
mod ending;
mod form;
mod mouse;
mod overlay;
mod picker;
mod replay;
mod rotation;
mod run;
mod values;
mod views;
mod window;

use ratatui::layout::Rect;

pub(crate) use effect::Effect;

use super::action::Action;
use super::scene::{Overlay, Scene};
use super::source::SourceKind;

/// Applies an action on a terminal of this size.
pub(crate) fn update(scene: &mut Scene, action: Action, area: Rect) -> Option<Effect> {
    // The next action removes a notice, which the user has read by then; the action that closes windows removes it
    // itself.
    if !matches!(action, Action::Tick(_) | Action::Release | Action::Close) {
        scene.status.notice = None;
    }
    match action {
        Action::Cursor(motion) => cursor::go(scene, motion, area),
        Action::Pan(direction) => window::pan(scene, direction, area),
        Action::ZoomSteps(turn) => window::zoom_steps(scene, turn, area),
        Action::ZoomLayers(turn) => window::zoom_layers(scene, turn),
        Action::ZoomOut => window::whole(scene),
        Action::Mark(turn) => cursor::to_mark(scene, turn),
        Action::Quantity(turn) => values::next_quantity(scene, turn),
        Action::View(turn) => views::show_next(scene, turn),
        Action::ToggleView(id) => views::toggle(scene, id),
        Action::Show(id) => views::show(scene, id),
        Action::Reduce => values::toggle_reduce(scene),
        Action::Lanes(turn) => window::scroll_lanes(scene, turn, area),
        Action::TogglePause => return pause(scene),
        Action::StepOnce => return run::step_once(scene),
        Action::Rerun => return run::rerun(scene),
        Action::Restart => return run::restart(scene),
        Action::Begin => return ending::begin(scene),
        Action::Depth(turn) => return run::change_depth(scene, turn),
        Action::LearningRate(turn) => return run::scale_learning_rate(scene, turn),
        Action::Seek(seek) => replay::seek(scene, seek),
        Action::Speed(turn) => replay::change_speed(scene, turn),
        Action::ScrollValues(turn) => values::scroll(scene, turn),
        Action::ToggleCaption => scene.view.captions_hidden = !scene.view.captions_hidden,
        Action::Help => scene.view.overlay = Overlay::Help { scroll: 0 },
        Action::Notes => scene.view.overlay = Overlay::Notes { scroll: 0 },
        Action::OpenForm => form::open(scene),
        Action::OpenPicker => picker::open(scene),
        Action::OpenCommand => return overlay::open_command(scene),
        Action::Close => return overlay::close(scene),
        Action::Quit => return ending::quit(scene),
        Action::Confirm => return ending::confirm(scene),
        Action::Interrupt => return Some(Effect::Interrupt),
        Action::Suspend => return Some(Effect::Suspend),
        Action::Edit(request) => overlay::edit(scene, request),
        Action::Paste(text) => overlay::paste(scene, &text),
        Action::Focus(turn) => overlay::focus(scene, turn),
        Action::Complete => command::complete(scene),
        Action::Submit => return overlay::submit(scene),
        Action::Scroll(motion) => overlay::scroll(scene, motion, area),
        Action::Click(place) => mouse::click(scene, place, area),
        Action::Drag(place) => mouse::drag(scene, place, area),
        Action::Release => scene.view.drag = None,
        Action::Wheel(place, turn) => mouse::wheel_steps(scene, place, turn, area),
        Action::WheelLayers(place, turn) => mouse::wheel_layers(scene, place, turn, area),
        Action::Tick(elapsed) => replay::tick(scene, elapsed),
    }
    None
}

fn pause(scene: &mut Scene) -> Option<Effect> {
    match scene.status.kind {
        SourceKind::Live => run::toggle_pause(scene),
        SourceKind::Traces => {
            replay::toggle(scene);
            None
        }
    }
}

#[cfg(test)]
mod tests;
