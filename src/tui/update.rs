//! The one place where the scene changes at a person's wish: action in, effect out.

mod command;
mod cursor;
mod form;
mod mouse;
mod overlay;
mod picker;
mod replay;
mod run;
mod window;

use std::path::PathBuf;

use ratatui::layout::Rect;

pub(super) use command::{COMMANDS, hint};
pub(super) use form::words;

use super::action::{Action, Turn};
use super::scene::{Mode, Overlay, Scene};
use super::source::SourceKind;
use super::terminal::Mouse;
use crate::config::RunConfig;
use crate::event::Control;
use crate::history::Reduce;

/// What the event loop must do after an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// End the program as an interrupt signal would.
    Interrupt,
    /// Give the terminal back and stop the process.
    Suspend,
    /// Take the mouse, or leave it to the terminal.
    Mouse(Mouse),
    /// Pass a wish on to the source.
    Control(Control),
    /// Have the source prepare another run with these settings.
    Prepare(Box<RunConfig>),
    /// Have the source end the run and begin the one that was prepared; on an error, [`Scene::refuse`].
    Begin,
    /// Have the source let go of the run that was to come.
    GiveUp,
    /// Ask the source to write the run into this folder from now on.
    Log(PathBuf),
}

/// Does what the action says on a terminal of this size.
pub fn update(scene: &mut Scene, action: Action, area: Rect) -> Option<Effect> {
    // What was said is read when the person goes on; closing takes it away by itself.
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
        Action::Quantity(turn) => next_quantity(scene, turn),
        Action::View(turn) => next_view(scene, turn),
        Action::ToggleLayers => toggle(scene, Mode::Layers),
        Action::ToggleFilters => toggle(scene, Mode::Filters),
        Action::ToggleDenoising => toggle(scene, Mode::Denoising),
        Action::ToggleSamples => toggle(scene, Mode::Samples),
        Action::Show(mode) => show(scene, mode),
        Action::Reduce => toggle_reduce(scene),
        Action::Lanes(turn) => window::scroll_lanes(scene, turn, area),
        Action::TogglePause => return pause(scene),
        Action::StepOnce => return run::step_once(scene),
        Action::Rerun => return run::rerun(scene),
        Action::Restart => return run::restart(scene),
        Action::Begin => return overlay::begin(scene),
        Action::Depth(turn) => return run::change_depth(scene, turn),
        Action::LearningRate(turn) => return run::scale_learning_rate(scene, turn),
        Action::Seek(seek) => replay::seek(scene, seek),
        Action::Speed(turn) => replay::change_speed(scene, turn),
        Action::ScrollValues(turn) => scroll_values(scene, turn),
        Action::ToggleCaption => scene.view.captions_hidden = !scene.view.captions_hidden,
        Action::Help => scene.view.overlay = Overlay::Help { scroll: 0 },
        Action::Notes => scene.view.overlay = Overlay::Notes { scroll: 0 },
        Action::OpenForm => form::open(scene),
        Action::OpenPicker => picker::open(scene),
        Action::OpenCommand => return overlay::open_command(scene),
        Action::Close => return overlay::close(scene),
        Action::Quit => return overlay::quit(scene),
        Action::Confirm => return overlay::confirm(scene),
        Action::Interrupt => return Some(Effect::Interrupt),
        Action::Suspend => return Some(Effect::Suspend),
        Action::Edit(request) => overlay::edit(scene, request),
        Action::Paste(text) => overlay::paste(scene, &text),
        Action::Focus(turn) => overlay::focus(scene, turn),
        Action::Complete => command::complete(scene),
        Action::Submit => return overlay::submit(scene, area),
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

/// By a few rows; never further than there are quantities.
fn scroll_values(scene: &mut Scene, turn: Turn) {
    const ROWS: isize = 3;
    let most = scene.quantities().len().cast_signed();
    let by = if turn == Turn::Forward { ROWS } else { -ROWS };
    scene.view.values_scroll = (scene.view.values_scroll + by).clamp(-most, most);
}

fn next_quantity(scene: &mut Scene, turn: Turn) {
    let quantities = scene.quantities_with_values();
    if let Some(&next) = turned(&quantities, |quantity| *quantity == scene.view.quantity, turn) {
        scene.view.quantity = next;
        scene.view.values_scroll = 0;
    }
}

fn next_view(scene: &mut Scene, turn: Turn) {
    let modes = Mode::ALL.map(|(mode, _)| mode);
    let modes: Vec<Mode> =
        modes.into_iter().filter(|mode| *mode == scene.view.mode || mode.has_contents(scene)).collect();
    if let Some(&mode) = turned(&modes, |mode| *mode == scene.view.mode, turn) {
        show(scene, mode);
    }
}

/// Shows a view, or the heatmaps where it is the one in view.
fn toggle(scene: &mut Scene, mode: Mode) {
    let wanted = if scene.view.mode == mode { Mode::Heatmaps } else { mode };
    show(scene, wanted);
}

/// Changes the view; lanes scroll from the first again.
fn show(scene: &mut Scene, mode: Mode) {
    scene.view.mode = mode;
    scene.view.first_lane = 0;
}

fn toggle_reduce(scene: &mut Scene) {
    scene.view.reduce = match scene.view.reduce {
        Reduce::Extreme => Reduce::Mean,
        Reduce::Mean => Reduce::Extreme,
    };
    let sentence = match scene.view.reduce {
        Reduce::Extreme => "a cell shows the extreme of its values: a spike of one step stays visible",
        Reduce::Mean => "a cell shows the mean of its values (of their logarithm)",
    };
    scene.say(sentence);
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

/// The item after or before the current one, round and round; the first when there is no current one.
fn turned<T>(items: &[T], is_current: impl Fn(&T) -> bool, turn: Turn) -> Option<&T> {
    let Some(current) = items.iter().position(is_current) else { return items.first() };
    let step = match turn {
        Turn::Forward => 1,
        Turn::Back => items.len() - 1,
    };
    items.get((current + step) % items.len())
}

#[cfg(test)]
mod tests;
