//! The part of a lane's history that is held exactly, as the events that reported it.

use std::sync::Arc;

use super::LaneHistory;
use crate::event::{Event, StepRecord};
use crate::units::Step;

impl LaneHistory {
    /// Every held event with its step; events of one kind are in the order of their steps.
    pub(in crate::history) fn held(&self) -> Vec<(Step, Event)> {
        let steps = self.held_steps().map(|record| (record.step, Event::Step(Arc::clone(record))));
        let snapshots = self.snapshots.iter().map(|snapshot| (snapshot.step, Event::Snapshot(Arc::clone(snapshot))));
        let evals = self.evals.iter().map(|eval| (eval.step, Event::Eval(*eval)));
        let end = self.end.iter().map(|end| (end.step, Event::LaneEnded(end.clone())));
        steps.chain(snapshots).chain(evals).chain(end).collect()
    }

    /// The first measured step, the first steps, and the newest steps.
    fn held_steps(&self) -> impl Iterator<Item = &Arc<StepRecord>> {
        let first = self.first_measured.iter().filter(|first| self.recent.held(first.step).is_none());
        first.chain(self.recent.iter())
    }

    /// Number of steps that are no longer held exactly, or that never arrived.
    pub(in crate::history) fn missing(&self) -> u64 {
        let taken = |first: Step| self.last_step().map_or(0, |last| last.0 - first.0 + 1);
        self.first_step.map_or(0, taken).saturating_sub(self.held_steps().count() as u64)
    }
}
