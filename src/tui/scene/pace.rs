//! Whether the picture moves: the one answer for header, footer and `space`.
//!
//! ```text
//! live       follows ─ space ─ paused
//!            End: the cursor follows the newest step again
//! traces     follows │ ended ─ space ─ plays ─ space ─ held
//!            End: follows, or is at the end, again; a cursor moves with a playhead that plays
//! ```

use super::{Activity, PlayMotion, Scene};
use crate::tui::source::SourceKind;
use crate::units::Step;

/// Whether the picture moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// The newest step that arrives is shown.
    Follows,
    /// Training is paused.
    Paused,
    /// The playhead of a trace moves.
    Plays,
    /// The playhead of a trace is held.
    Held,
    /// Everything is shown.
    Ended,
}

impl Scene {
    /// Whether the picture moves.
    #[must_use]
    pub(crate) fn pace(&self) -> Pace {
        match (self.view.playhead, self.view.play.motion, &self.status.activity) {
            (Some(_), PlayMotion::Playing, _) => Pace::Plays,
            (Some(_), PlayMotion::Held, _) => Pace::Held,
            (None, _, Activity::Paused) => Pace::Paused,
            (None, _, Activity::Ended(_)) => Pace::Ended,
            (None, _, Activity::Starting | Activity::Live | Activity::Following) => Pace::Follows,
        }
    }

    /// What the space bar does now, in a word; `None` if it does nothing.
    #[must_use]
    pub(crate) fn space_word(&self) -> Option<&'static str> {
        match (self.pace(), self.status.kind) {
            (Pace::Plays, _) | (Pace::Follows, SourceKind::Traces) => Some("hold"),
            (Pace::Held, _) | (Pace::Ended, SourceKind::Traces) => Some("play"),
            (Pace::Paused, _) => Some("go on"),
            (Pace::Follows, SourceKind::Live) => Some("pause"),
            (Pace::Ended, SourceKind::Live) => None,
        }
    }

    /// Whether cursor and window move with the newest shown step.
    #[must_use]
    pub(crate) fn follows(&self) -> bool {
        self.view.cursor.step.is_none()
    }

    /// Moves a window that follows so that it includes the newest step, by a quarter of its width at a time: a picture
    /// that moved with every step would be sent to the terminal as a whole with every step.
    pub(in crate::tui) fn follow(&mut self) {
        let Some(Step(newest)) = self.newest().filter(|_| self.follows()) else { return };
        let Some(steps) = &mut self.view.steps else { return };
        let span = steps.end.saturating_sub(steps.start).max(1);
        if !steps.contains(&newest) {
            let start = newest.saturating_add(1).saturating_sub(span - span / 4).max(1);
            *steps = start..start.saturating_add(span);
        }
    }

    /// Sets the window; the cursor stays on its step if the newest is outside.
    pub(in crate::tui) fn set_window(&mut self, steps: std::ops::Range<u64>) {
        if let Some(newest) = self.newest()
            && self.follows()
            && !steps.contains(&newest.0)
        {
            self.view.cursor.step = Some(newest);
        }
        self.view.steps = Some(steps);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::event::Outcome;
    use crate::tui::action::{Action, Direction, Motion, Turn};
    use crate::tui::prepare::prepare;
    use crate::tui::sample;
    use crate::tui::update::update;

    const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };
    const END: Action = Action::Cursor(Motion::End(Direction::Right));

    fn arrive(scene: &mut Scene, steps: std::ops::Range<u64>) {
        for event in sample::demo_steps(steps) {
            scene.take(0, &event);
        }
        prepare(scene, &sample::theme(), AREA);
    }

    #[test]
    fn a_zoomed_window_goes_with_the_newest_step_until_it_is_moved_away_and_again_after_end() {
        for kind in [SourceKind::Live, SourceKind::Traces] {
            let mut scene = sample::demo(300);
            scene.status.kind = kind;
            scene.status.activity = if kind == SourceKind::Live { Activity::Live } else { Activity::Following };
            for _ in 0..4 {
                update(&mut scene, Action::ZoomSteps(Turn::Forward), AREA);
            }
            let in_view = |scene: &Scene| scene.view.steps.clone().expect("zoomed");
            for at in (301..=420).step_by(7) {
                arrive(&mut scene, at..at + 7);
                let newest = scene.newest().map_or(0, |step| step.0);
                assert!(in_view(&scene).contains(&newest), "{kind:?}: {newest} in {:?}", in_view(&scene));
            }
            for _ in 0..4 {
                update(&mut scene, Action::Pan(Direction::Left), AREA);
            }
            let moved = in_view(&scene);
            arrive(&mut scene, 421..440);
            assert_eq!(in_view(&scene), moved, "{kind:?}: a window that was moved away stays");
            update(&mut scene, END, AREA);
            arrive(&mut scene, 440..450);
            assert!(scene.follows() && in_view(&scene).contains(&449), "{kind:?}");
        }
    }

    #[test]
    fn end_lets_a_replay_go_and_header_footer_and_space_agree() {
        let mut scene = sample::demo(300);
        scene.status.kind = SourceKind::Traces;
        scene.status.activity = Activity::Ended(Outcome::Completed);
        let shown = |scene: &mut Scene| {
            let buffer = sample::frame(scene, &sample::theme(), 120, 40);
            buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        assert!(shown(&mut scene).contains("space play") && shown(&mut scene).contains("completed"));
        update(&mut scene, Action::TogglePause, AREA);
        assert_eq!((scene.pace(), scene.newest()), (Pace::Plays, Some(Step(1))));
        assert!(shown(&mut scene).contains("space hold") && shown(&mut scene).contains("replay"));
        update(&mut scene, Action::TogglePause, AREA);
        assert!(shown(&mut scene).contains("space play") && shown(&mut scene).contains("held"));
        update(&mut scene, END, AREA);
        assert_eq!((scene.pace(), scene.newest()), (Pace::Ended, Some(Step(300))));
        update(&mut scene, Action::TogglePause, AREA);
        update(&mut scene, Action::Tick(std::time::Duration::from_secs(2)), AREA);
        update(&mut scene, Action::Cursor(Motion::One(Direction::Left)), AREA);
        assert!(!scene.follows() && shown(&mut scene).contains("End follow"));
        update(&mut scene, END, AREA);
        assert!(scene.follows() && scene.pace() == Pace::Plays, "the playhead is followed again");
        update(&mut scene, END, AREA);
        assert_eq!(scene.pace(), Pace::Ended);
        scene.status.activity = Activity::Following;
        assert!(shown(&mut scene).contains("space hold") && shown(&mut scene).contains("following"));
        update(&mut scene, Action::TogglePause, AREA);
        assert_eq!(scene.pace(), Pace::Held);
        update(&mut scene, END, AREA);
        assert_eq!(scene.pace(), Pace::Follows);
    }

    #[test]
    fn space_is_not_offered_where_it_does_nothing() {
        let mut scene = sample::demo(3);
        scene.status.activity = Activity::Ended(Outcome::Completed);
        let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
        let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(!text.contains("space"), "the run has ended");
    }
}
