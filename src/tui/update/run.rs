//! Requests to a live run: pause, single step, learning rate, restart, depth.

use super::effect::Effect;
use super::ending;
use crate::config::setting::MOST_BLOCKS;
use crate::config::{Along, LaneConfig, RunConfig};
use crate::event::Control;
use crate::number;
use crate::tui::action::Turn;
use crate::tui::scene::{Activity, LearningRate, Scene};
use crate::tui::source::SourceKind;

/// Pauses, or continues.
pub(super) fn toggle_pause(scene: &mut Scene) -> Option<Effect> {
    let (activity, control) = match scene.status.activity {
        Activity::Paused => (Activity::Live, Control::Resume),
        Activity::Live | Activity::Starting => (Activity::Paused, Control::Pause),
        Activity::Following | Activity::Ended(_) => return ended(scene),
    };
    scene.status.activity = activity;
    Some(Effect::Control(control))
}

/// Makes one step, then pauses.
pub(super) fn step_once(scene: &mut Scene) -> Option<Effect> {
    if matches!(scene.status.activity, Activity::Ended(_)) {
        return ended(scene);
    }
    scene.status.activity = Activity::Paused;
    Some(Effect::Control(Control::StepOnce))
}

/// Re-runs the last steps in detail, paused or not.
pub(super) fn rerun(scene: &mut Scene) -> Option<Effect> {
    if scene.status.kind == SourceKind::Traces {
        scene.say("the steps of a trace cannot be re-run");
        return None;
    }
    if matches!(scene.status.activity, Activity::Ended(_)) {
        return ended(scene);
    }
    if scene.config().is_some_and(|config| config.flight.is_none()) {
        scene.say("the flight recorder is off: start with --flight 64");
        return None;
    }
    scene.say_until_note("flight recorder: the last steps are re-run in detail");
    Some(Effect::Control(Control::Rerun))
}

/// Restarts with the same settings.
pub(super) fn restart(scene: &mut Scene) -> Option<Effect> {
    let config = config(scene)?;
    Some(ending::restart(scene, config))
}

/// Restarts with the next round number of blocks: 1, 2, 5, 10, 20, 50 …
pub(super) fn change_depth(scene: &mut Scene, turn: Turn) -> Option<Effect> {
    let mut config = config(scene)?;
    for lane in &mut config.lanes {
        lane.depth = next_depth(lane, turn);
    }
    if scene.config().is_some_and(|before| before.lanes == config.lanes) {
        let way = match turn {
            Turn::Forward => "deeper",
            Turn::Back => "shallower",
        };
        scene.say(format!("no lane can be {way}"));
        return None;
    }
    Some(ending::restart(scene, config))
}

/// Doubles or halves the base learning rate of each lane.
pub(super) fn scale_learning_rate(scene: &mut Scene, turn: Turn) -> Option<Effect> {
    if !is_live(scene) {
        return None;
    }
    let (factor, word) = match turn {
        Turn::Forward => (2.0, "twice"),
        Turn::Back => (0.5, "half"),
    };
    scene.view.learning_rate.factor *= factor;
    let now = rates(scene);
    scene.say(format!("learning rate {now} from the next step on ({word} the old rate)"));
    Some(Effect::Control(Control::ScaleLearningRate(factor)))
}

/// `2e-3 in every lane`, or each lane's own.
fn rates(scene: &Scene) -> String {
    let set = scene.view.learning_rate;
    let rate = |lane: &LaneConfig| number::rate(set.base.unwrap_or(lane.lr) * set.factor);
    let lanes = scene.config().map_or(&[][..], |config| &config.lanes);
    let mut rates: Vec<String> = lanes.iter().map(rate).collect();
    rates.dedup();
    match &rates[..] {
        [rate] => format!("{rate} in every lane"),
        _ => lanes.iter().map(|lane| format!("{} {}", lane.name, rate(lane))).collect::<Vec<_>>().join(", "),
    }
}

/// Whether there is a learning rate to change; otherwise says why not.
fn is_live(scene: &mut Scene) -> bool {
    let is_live = scene.status.kind == SourceKind::Live;
    if !is_live {
        scene.say("the learning rate of a trace cannot be changed");
    } else if matches!(scene.status.activity, Activity::Ended(_)) {
        ended(scene);
        return false;
    }
    is_live
}

/// Sets the base learning rate of every lane.
pub(super) fn set_learning_rate(scene: &mut Scene, rate: f64) -> Option<Effect> {
    if !is_live(scene) {
        return None;
    }
    if !(rate.is_finite() && rate > 0.0) {
        scene.say(format!("{rate} is not a learning rate: write a number above 0, such as 1e-3"));
        return None;
    }
    scene.view.learning_rate = LearningRate { base: Some(rate), factor: 1.0 };
    scene.say(format!("learning rate {} in every lane from the next step on", crate::number::rate(rate)));
    Some(Effect::Control(Control::SetLearningRate(rate)))
}

/// The settings of the live run, or a sentence that says why there are none.
pub(super) fn config(scene: &mut Scene) -> Option<RunConfig> {
    if scene.status.kind != SourceKind::Live {
        scene.say("a trace cannot be restarted");
        return None;
    }
    let config = scene.config().cloned();
    if config.is_none() {
        scene.say("nablatop does not know the settings of this run");
    }
    config
}

fn ended(scene: &mut Scene) -> Option<Effect> {
    scene.say("the run has ended: R restarts it, e edits its settings first");
    None
}

/// The nearest depth of the family at the next rung or beyond it; without one, the next depth it has, or the same.
fn next_depth(lane: &LaneConfig, turn: Turn) -> usize {
    let (form, depth) = (lane.family.form(), lane.depth);
    let rung = next_rung(depth, turn);
    let (along, before) = match turn {
        Turn::Forward => (Along::Deeper, rung.saturating_sub(1)),
        Turn::Back => (Along::Shallower, rung + 1),
    };
    let from = |depth| lane.model().next_depth(form, depth, along);
    from(before).or_else(|| from(depth)).unwrap_or(depth)
}

/// The next rung of 1, 2, 5, 10, 20, 50 … above or below.
fn next_rung(depth: usize, turn: Turn) -> usize {
    let mut rungs = (0..=4).flat_map(|power| [1, 2, 5].map(|digit| digit * 10usize.pow(power)));
    match turn {
        Turn::Forward => rungs.find(|rung| *rung > depth).unwrap_or(MOST_BLOCKS).min(MOST_BLOCKS),
        Turn::Back => rungs.take_while(|rung| *rung < depth).last().unwrap_or(1),
    }
}
