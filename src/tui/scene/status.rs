//! The state of the source behind the screen.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{Event, Outcome};
use crate::history::History;
use crate::tui::source::SourceKind;

/// The state of the source.
#[derive(Clone, Debug)]
pub struct Status {
    /// Live or traces.
    pub(crate) kind: SourceKind,
    /// Number of runs that share the memory of a history.
    pub(crate) runs: usize,
    /// Live, paused, ended.
    pub(crate) activity: Activity,
    /// Steps per second of wall time, counted once for all lanes.
    pub(crate) steps_per_second: Option<f64>,
    /// Share of the step time that measuring took, 0 … 1.
    pub measuring_share: Option<f64>,
    /// Number of steps that the screen did not show.
    pub(crate) dropped: u64,
    /// Whether quitting now would lose something; see `Source::would_lose`.
    pub(crate) would_lose: bool,
    /// Whether a restart would lose the run: it is live and not logged.
    pub(crate) unsaved: bool,
    /// One line for the user, such as an error or "stopped by Ctrl-Z, training too".
    pub(crate) notice: Option<String>,
    /// Whether the next note of a lane replaces it.
    pub(crate) awaits_note: bool,
    /// Time since the run began; it stops when the run has ended.
    pub(crate) elapsed: Option<Duration>,
    /// One line about the source of the events, such as a full disk; it stays as long as it is true.
    pub(crate) warning: Option<String>,
    /// All such lines that are true now; that line is the last.
    pub(crate) warnings: Vec<String>,
    /// Why nothing more can be read, one line for each broken run; see `Source::errors`.
    pub(crate) errors: Vec<String>,
}

impl Status {
    pub(super) fn new(kind: SourceKind) -> Self {
        Self {
            kind,
            runs: 1,
            activity: Activity::Starting,
            steps_per_second: None,
            measuring_share: None,
            dropped: 0,
            would_lose: false,
            unsaved: false,
            notice: None,
            awaits_note: false,
            elapsed: None,
            warning: None,
            warnings: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Resets the status when a run begins.
    pub(super) fn start_again(&mut self) {
        self.activity = Activity::Starting;
        self.steps_per_second = None;
        self.measuring_share = None;
    }

    /// Updates the activity after an event: the first step starts it, the end of the last run ends it.
    pub(super) fn follow(&mut self, runs: &BTreeMap<usize, History>, event: &Event) {
        match event {
            // Any other answer stays until the next key: a note never replaces it.
            Event::Note(note) if note.lane.is_some() && self.awaits_note => self.notice = None,
            Event::Step(_) if self.activity == Activity::Starting => {
                self.activity = match self.kind {
                    SourceKind::Live => Activity::Live,
                    SourceKind::Traces => Activity::Following,
                };
            }
            Event::RunEnded(end) if runs.values().all(|run| run.end().is_some()) => {
                self.activity = Activity::Ended(end.outcome.clone());
            }
            _ => {}
        }
    }
}

/// The activity of the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Activity {
    /// Waiting for the first step.
    #[default]
    Starting,
    /// Steps arrive.
    Live,
    /// The user paused it.
    Paused,
    /// A trace is read to its end and watched for more.
    Following,
    /// No more steps will come.
    Ended(Outcome),
}
