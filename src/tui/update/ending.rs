//! The end of the run, or of the program, after a question if something would be lost.

use super::effect::Effect;
use crate::config::RunConfig;
use crate::tui::scene::{Overlay, Question, Scene};

/// Quits, or asks if something would be lost.
pub(super) fn quit(scene: &mut Scene) -> Option<Effect> {
    if scene.status.would_lose {
        scene.view.overlay = Overlay::Confirm(Question::Quit);
        return None;
    }
    Some(Effect::Quit)
}

/// Requests the preparation of another run: errors in its settings are known before anything is asked or lost.
pub(super) fn restart(scene: &mut Scene, config: RunConfig) -> Effect {
    let form = match std::mem::take(&mut scene.view.overlay) {
        Overlay::Form(form) => Some(Box::new(form)),
        _ => None,
    };
    scene.view.overlay = Overlay::Preparing(form);
    Effect::Prepare(Box::new(config))
}

/// Starts the run that was prepared, or asks if the current one would be lost.
pub(super) fn begin(scene: &mut Scene) -> Option<Effect> {
    if scene.status.unsaved && scene.last_step().is_some() {
        let form = match std::mem::take(&mut scene.view.overlay) {
            Overlay::Preparing(form) => form,
            _ => None,
        };
        scene.view.overlay = Overlay::Confirm(Question::Restart(form));
        return None;
    }
    scene.view.overlay = Overlay::None;
    Some(Effect::Begin)
}

/// Executes the action of the question.
pub(super) fn confirm(scene: &mut Scene) -> Option<Effect> {
    match std::mem::take(&mut scene.view.overlay) {
        Overlay::Confirm(Question::Quit) => Some(Effect::Quit),
        Overlay::Confirm(Question::Restart(_)) => Some(Effect::Begin),
        other => {
            scene.view.overlay = other;
            None
        }
    }
}
