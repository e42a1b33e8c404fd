//! The end of the run, or of the program: asked first where something would be lost.

use super::effect::Effect;
use crate::config::RunConfig;
use crate::tui::scene::{Overlay, Question, Scene};

/// Quits, or asks where something would be lost.
pub(super) fn quit(scene: &mut Scene) -> Option<Effect> {
    if scene.status.would_lose {
        scene.view.overlay = Overlay::Confirm(Question::Quit);
        return None;
    }
    Some(Effect::Quit)
}

/// Has another run prepared: what is wrong with it is known before anything is asked or lost.
pub(super) fn restart(scene: &mut Scene, config: RunConfig) -> Effect {
    let form = match std::mem::take(&mut scene.view.overlay) {
        Overlay::Form(form) => Some(Box::new(form)),
        _ => None,
    };
    scene.view.overlay = Overlay::Preparing(form);
    Effect::Prepare(Box::new(config))
}

/// Begins the run that was prepared, or asks where the present one would be lost.
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

/// Does what was asked.
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
