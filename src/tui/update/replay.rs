//! The playhead of traces: the newest shown step. At the end of the trace it is released, and the screen follows.

use std::time::Duration;

use crate::tui::action::{Seek, Turn};
use crate::tui::scene::{Activity, PlayMotion, Scene};
use crate::units::Step;

/// Slowest playhead, steps per second.
const SLOWEST: f64 = 0.25;
/// Fastest playhead, steps per second.
const FASTEST: f64 = 65_536.0;
/// A jump moves by the length of the run divided by this.
const JUMP: u64 = 20;

/// Plays or holds. At the end of a finished trace it plays from the first step.
pub(super) fn toggle(scene: &mut Scene) {
    let Some(last) = scene.last_step() else { return };
    match (scene.view.playhead, scene.view.play.motion) {
        (Some(_), PlayMotion::Playing) => scene.view.play.motion = PlayMotion::Held,
        (Some(_), PlayMotion::Held) => scene.view.play.motion = PlayMotion::Playing,
        (None, _) if matches!(scene.status.activity, Activity::Ended(_)) => {
            scene.view.playhead = Some(Step::FIRST);
            scene.view.play.motion = PlayMotion::Playing;
        }
        (None, _) => {
            scene.view.playhead = Some(last);
            scene.view.play.motion = PlayMotion::Held;
        }
    }
}

/// Moves the playhead and holds it there; after the end it is released and the screen follows.
pub(super) fn seek(scene: &mut Scene, seek: Seek) {
    let (Some(Step(newest)), Some(Step(last))) = (scene.newest(), scene.last_step()) else { return };
    let (distance, turn) = match seek {
        Seek::Step(turn) => (1, turn),
        Seek::Jump(turn) => ((last / JUMP).max(1), turn),
    };
    let step = match turn {
        Turn::Forward => newest.saturating_add(distance),
        Turn::Back => newest.saturating_sub(distance).max(1),
    };
    to(scene, step);
}

/// Moves the playhead to a step and holds it there.
pub(super) fn to(scene: &mut Scene, step: u64) {
    let last = scene.last_step().unwrap_or_default();
    scene.view.playhead = (Step(step) < last).then_some(Step(step.max(1)));
    scene.view.play.motion = PlayMotion::Held;
}

/// `End`: a cursor that was moved away from a moving playhead follows it again; otherwise everything is shown again.
pub(super) fn end(scene: &mut Scene) {
    let plays = scene.view.playhead.is_some() && scene.view.play.motion == PlayMotion::Playing;
    if !plays || scene.follows() {
        let_go(scene);
    }
}

/// Shows everything again.
pub(super) fn let_go(scene: &mut Scene) {
    scene.view.playhead = None;
    scene.view.play.motion = PlayMotion::Held;
}

/// Doubles or halves the speed.
pub(super) fn change_speed(scene: &mut Scene, turn: Turn) {
    let factor = match turn {
        Turn::Forward => 2.0,
        Turn::Back => 0.5,
    };
    set_speed(scene, scene.view.play.speed * factor);
}

/// Sets the speed in steps per second.
pub(super) fn set_speed(scene: &mut Scene, speed: f64) {
    scene.view.play.speed = speed.clamp(SLOWEST, FASTEST);
    scene.say(format!("plays at {} steps/s", scene.view.play.speed));
}

/// Lets time pass.
pub(super) fn tick(scene: &mut Scene, elapsed: Duration) {
    let (Some(Step(playhead)), PlayMotion::Playing) = (scene.view.playhead, scene.view.play.motion) else { return };
    let steps = scene.view.play.fraction + scene.view.play.speed * elapsed.as_secs_f64();
    scene.view.play.fraction = steps.fract();
    let step = playhead.saturating_add(steps as u64);
    if scene.last_step().is_some_and(|last| step >= last.0) {
        let_go(scene);
    } else {
        scene.view.playhead = Some(Step(step));
    }
}
