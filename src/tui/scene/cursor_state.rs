//! The state of a lane at the cursor's step: by this one rule every pane shows its values, or says why there are none.
//!
//! ```text
//! lane   ├──────────────┤ ended at step 812          cursor ▴900: no values, and the reason is given
//!        first         last
//! ```

use super::lane_ref::LaneRef;
use crate::number;
use crate::units::Step;

/// A running lane that is at most this many steps behind another will soon reach the cursor's step. The pacer keeps
/// lanes within two steps, and one more may be on its way to the screen; a lane that has stopped, or that another
/// program logs without such a pace, is soon tens of steps behind. Any bound between the two distinguishes them.
const MOST_LAG: u64 = 8;

/// The state of a lane at the cursor's step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CursorState {
    /// Its values at this step are shown: the cursor's, or its newest if it will soon reach the cursor's.
    At(Step),
    /// It ended with this step, before the cursor's.
    Ended(Step),
    /// It has reached only this step, far from the cursor's.
    Behind(Step),
    /// This is its first step, after the cursor's.
    Begins(Step),
}

impl CursorState {
    /// The state of a lane at a step.
    pub(super) fn of(lane: &LaneRef<'_>, cursor: Step) -> Self {
        let last = lane.history.last_step().unwrap_or(Step(0));
        let first = lane.history.first_step().unwrap_or(Step::FIRST);
        match lane.history.end() {
            // A lane that fails in a step ends with it, and has no values of it.
            Some(end) if last == Step(0) || cursor > end.step.max(last) => Self::Ended(end.step.max(last)),
            None if last == Step(0) || cursor.0 > last.0.saturating_add(MOST_LAG) => Self::Behind(last),
            _ if cursor < first => Self::Begins(first),
            _ => Self::At(cursor.min(last)),
        }
    }

    /// The step whose values are shown.
    #[must_use]
    pub(crate) fn step(self) -> Option<Step> {
        if let Self::At(step) = self { Some(step) } else { None }
    }

    /// Why no values are shown, in a few words.
    #[must_use]
    pub(crate) fn why_nothing(self) -> Option<String> {
        match self {
            Self::At(_) => None,
            Self::Ended(Step(0)) => Some("ended before its first step".to_owned()),
            Self::Ended(last) => Some(format!("ended at step {}", number::count(last.0))),
            Self::Behind(Step(0)) => Some("no step yet".to_owned()),
            Self::Behind(last) => Some(format!("not reached: at step {}", number::count(last.0))),
            Self::Begins(first) => Some(format!("begins at step {}", number::count(first.0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, LaneEnd, Outcome};
    use crate::tui::sample;
    use crate::tui::scene::Scene;
    use crate::tui::source::SourceKind;
    use crate::units::LaneId;

    fn scene(last: [u64; 2]) -> Scene {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&[("a", 3), ("b", 3)]));
        for (lane, last) in (0..).zip(last) {
            (5..=last).for_each(|at| scene.take(0, &sample::step(lane, at, 2.3, 5, |_, _| Some(1.0))));
        }
        scene
    }

    fn states(scene: &Scene) -> Vec<Option<CursorState>> {
        scene.lanes().map(|lane| scene.cursor_state(&lane)).collect()
    }

    #[test]
    fn a_lane_that_is_about_to_take_the_step_is_shown_at_its_newest_and_one_far_behind_is_not() {
        let at_step = |step| Some(CursorState::At(Step(step)));
        assert_eq!(states(&scene([38, 40])), [at_step(38), at_step(40)]);
        assert_eq!(states(&scene([20, 40])), [Some(CursorState::Behind(Step(20))), at_step(40)]);
        assert_eq!(states(&scene([4, 40])), [Some(CursorState::Behind(Step(0))), at_step(40)]);
        assert_eq!(states(&scene([4, 4])), [None, None]);
    }

    #[test]
    fn a_lane_that_ended_one_step_after_its_newest_values_ended_there_and_not_before() {
        let mut scene = scene([39, 45]);
        let end = LaneEnd { lane: LaneId(0), step: Step(40), outcome: Outcome::Diverged };
        scene.take(0, &Event::LaneEnded(end));
        assert_eq!(states(&scene)[0], Some(CursorState::Ended(Step(40))));
        scene.view.cursor.step = Some(Step(40));
        assert_eq!(states(&scene)[0], Some(CursorState::At(Step(39))));
    }

    #[test]
    fn a_lane_that_ended_without_values_never_has_any() {
        for ended in [0, 1] {
            let mut scene = scene([4, 40]);
            let end = LaneEnd { lane: LaneId(0), step: Step(ended), outcome: Outcome::Diverged };
            scene.take(0, &Event::LaneEnded(end));
            scene.view.cursor.step = Some(Step(1));
            assert_eq!(states(&scene)[0], Some(CursorState::Ended(Step(ended))));
        }
    }

    #[test]
    fn a_lane_that_ended_has_nothing_one_step_later_and_says_so() {
        let mut scene = scene([39, 40]);
        let end = LaneEnd { lane: LaneId(0), step: Step(39), outcome: Outcome::Diverged };
        scene.take(0, &Event::LaneEnded(end));
        assert_eq!(states(&scene)[0], Some(CursorState::Ended(Step(39))));
        assert_eq!(CursorState::Ended(Step(39)).why_nothing().as_deref(), Some("ended at step 39"));
        scene.view.cursor.step = Some(Step(39));
        assert_eq!(states(&scene)[0], Some(CursorState::At(Step(39))));
        scene.view.cursor.step = Some(Step(2));
        assert_eq!(states(&scene), [Some(CursorState::Begins(Step(5))); 2]);
    }
}
