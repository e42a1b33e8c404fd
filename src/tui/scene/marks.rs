//! Marks: steps at which a lane diverged, failed or was stopped, or to which a note refers.

use super::Scene;
use crate::event::{Note, Outcome};
use crate::number;
use crate::units::Step;

/// One mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Its step.
    pub(crate) step: Step,
    /// What happened, in a sentence.
    pub(crate) words: String,
    /// Whether a lane was lost.
    pub(crate) is_bad: bool,
}

impl Scene {
    /// All marks, by step.
    #[must_use]
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for lane in self.lanes() {
            let Some(end) = lane.history.end() else { continue };
            let (word, is_bad) = match &end.outcome {
                Outcome::Completed => continue,
                Outcome::Stopped => ("was stopped", false),
                Outcome::Diverged => ("diverged", true),
                Outcome::Failed(_) => ("failed", true),
            };
            let words = format!("{} {word} at step {}", self.lane_name(&lane), number::count(end.step.0));
            marks.push(Mark { step: end.step, words, is_bad });
        }
        for (&run_index, run) in &self.runs {
            for note in run.notes().iter().filter(|note| note.step.0 > 0) {
                let name = self.note_lane(run_index, note).map_or_else(String::new, |(_, name)| format!("{name}: "));
                marks.push(Mark { step: note.step, words: format!("{name}{}", note.text), is_bad: false });
            }
        }
        marks.sort_by_key(|mark| mark.step);
        marks
    }

    /// The lane of a note: its index among all lanes, and its name.
    #[must_use]
    pub(crate) fn note_lane(&self, run: usize, note: &Note) -> Option<(usize, String)> {
        let wanted = note.lane?.index();
        let mut lanes = self.lanes().enumerate().filter(|(_, lane)| lane.run_index == run);
        lanes.nth(wanted).map(|(index, lane)| (index, self.lane_name(&lane)))
    }
}
