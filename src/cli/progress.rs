//! The progress of a run without a screen: a bar on a terminal, otherwise a line every two seconds.
//!
//! ```text
//! ━━━━━━━━━━╌╌╌╌╌╌╌ step 120 of 2,000 · 1:34 left · 20 steps/s · loss plain 2.31, residual 0.0123
//! ```
//!
//! A step counts once every running lane has finished it; time left and rate are shown from the first such step on.
//!
//! On a narrow terminal whole parts and whole lanes are left out, so that a number is never cut.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use super::columns::{self, USUAL};
use super::standard_output::print;
use crate::history::{History, LaneHistory};
use crate::number;
use crate::units::Step;
use indicatif::{ProgressBar, ProgressStyle};

/// Time between two lines.
const INTERVAL: Duration = Duration::from_secs(2);
/// Minimum width of the bar, including the blank after it.
const BAR: usize = 11;

/// The progress of a run.
pub(super) struct Progress {
    steps: u64,
    started: Instant,
    last_report: Instant,
    /// Steps that a resumed run had before it was resumed.
    before: Option<u64>,
    /// The step that the bar shows, once there is a bar.
    shown: Option<u64>,
    /// `None` where there is no terminal.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// The progress of a run with this many steps.
    pub(super) fn new(steps: u64) -> Self {
        let is_seen = io::stdout().is_terminal() && io::stderr().is_terminal();
        let style = is_seen.then(|| ProgressStyle::with_template("{wide_bar} {msg}").ok()).flatten();
        let bar = style.map(|style| ProgressBar::new(steps).with_style(style));
        let now = Instant::now();
        Self { steps, started: now, last_report: now, before: None, shown: None, bar }
    }

    /// Shows a step that a lane has finished.
    pub(super) fn show(&mut self, step: Step, history: &History) {
        let before = *self.before.get_or_insert(step.0.saturating_sub(1));
        let done = done(history).max(before);
        let line = || self.line(done, before, self.started.elapsed(), history);
        match &self.bar {
            Some(bar) if self.shown.is_none_or(|shown| done > shown) => {
                bar.set_position(done);
                let columns = columns::of(&io::stderr()).unwrap_or(USUAL);
                bar.set_message(line().within(columns.saturating_sub(BAR)));
                self.shown = Some(done);
            }
            None if self.last_report.elapsed() >= INTERVAL => {
                let line = line().within(usize::MAX);
                self.last_report = Instant::now();
                // A closed reader must not end the run.
                let _ = print(format!("{line}\n").as_bytes());
            }
            _ => {}
        }
    }

    fn line(&self, done: u64, before: u64, elapsed: Duration, history: &History) -> Line {
        let rate = done.saturating_sub(before) as f64 / elapsed.as_secs_f64();
        let left = self.steps.saturating_sub(done) as f64 / rate;
        let lanes = history.header().lanes.iter().zip(history.lanes());
        let loss = |loss: f32| number::value(f64::from(loss));
        Line {
            step: format!("step {} of {}", number::count(done), number::count(self.steps)),
            left: (rate > 0.0).then(|| format!("{} left", number::clock(left as u64))),
            rate: (rate > 0.0).then(|| format!("{} steps/s", number::per_second(rate))),
            losses: lanes
                .filter_map(|(header, lane)| Some(format!("{} {}", header.name, loss(lane.latest()?.loss?))))
                .collect(),
        }
    }

    /// Prints something without damaging the bar.
    pub(super) fn suspended(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The step that every running lane has finished; if all have ended, the last step of any.
fn done(history: &History) -> u64 {
    let taken = |lane: &LaneHistory| lane.latest().map_or(0, |record| record.step.0);
    let going = history.lanes().iter().filter(|lane| lane.end().is_none()).map(taken).min();
    going.or_else(|| history.lanes().iter().map(taken).max()).unwrap_or(0)
}

/// The parts of the progress line.
struct Line {
    step: String,
    left: Option<String>,
    rate: Option<String>,
    losses: Vec<String>,
}

impl Line {
    /// The parts that fit into these columns: always the step, then the time left, the losses of the first lanes, the
    /// rate.
    fn within(self, columns: usize) -> String {
        let Self { step, left, rate, losses } = self;
        let mut length = step.chars().count();
        let mut fits = |part: &String, between: usize| {
            let more = between + part.chars().count();
            let fits = length + more <= columns;
            length += if fits { more } else { 0 };
            fits
        };
        let left = left.filter(|left| fits(left, " · ".len() - 1));
        let mut shown: Vec<String> = Vec::new();
        for loss in losses {
            let between = if shown.is_empty() { " · loss ".chars().count() } else { ", ".len() };
            if !fits(&loss, between) {
                break;
            }
            shown.push(loss);
        }
        let rate = rate.filter(|rate| fits(rate, " · ".len() - 1));
        let losses = (!shown.is_empty()).then(|| format!("loss {}", shown.join(", ")));
        let parts = [Some(step), left, rate, losses];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::{Event, LaneEnd, Outcome};
    use crate::trace::fixture;
    use crate::units::LaneId;

    fn line() -> Line {
        Line {
            step: "step 120 of 2,000".to_owned(),
            left: Some("1:34 left".to_owned()),
            rate: Some("20 steps/s".to_owned()),
            losses: vec!["plain 2.31".to_owned(), "residual 1.2e-4".to_owned()],
        }
    }

    #[test]
    fn a_step_counts_once_every_lane_that_goes_on_has_taken_it() {
        let header = fixture::header(vec![fixture::lane("plain", 2), fixture::lane("residual", 2)]);
        let progress = Progress {
            steps: 2,
            started: Instant::now(),
            last_report: Instant::now(),
            before: None,
            shown: None,
            bar: None,
        };
        let mut history = History::new(Arc::clone(&header));
        let mut after = |events: &[Event]| {
            for event in events {
                history.push(event);
            }
            progress.line(done(&history), 0, Duration::from_secs(2), &history).within(usize::MAX)
        };
        let step = |lane, step| Event::Step(Arc::new(fixture::step(&header, lane, step)));
        let end = |lane| LaneEnd { lane: LaneId(lane), step: Step(1), outcome: Outcome::Diverged };
        let first = after(&[step(0, 1)]);
        assert!(first.starts_with("step 0 of 2 · loss plain "), "{first}");
        let both = after(&[step(1, 1)]);
        assert!(both.starts_with("step 1 of 2 · 0:02 left · 0.5"), "{both}");
        let ahead = after(&[step(0, 2)]);
        assert!(ahead.starts_with("step 1 of 2"), "{ahead}");
        let alone = after(&[Event::LaneEnded(end(1))]);
        assert!(alone.starts_with("step 2 of 2"), "{alone}");
        let over = after(&[Event::LaneEnded(LaneEnd { step: Step(2), ..end(0) })]);
        assert!(over.starts_with("step 2 of 2"), "{over}");
    }

    #[test]
    fn whatever_the_width_every_part_is_whole() {
        let whole = line().within(usize::MAX);
        assert_eq!(whole, "step 120 of 2,000 · 1:34 left · 20 steps/s · loss plain 2.31, residual 1.2e-4");
        let parts: Vec<&str> = whole.split(" · ").flat_map(|part| part.split(", ")).collect();
        for columns in 0..whole.chars().count() {
            let shown = line().within(columns);
            assert!(shown.chars().count() <= columns.max("step 120 of 2,000".len()), "{shown}");
            assert!(shown.split(" · ").flat_map(|part| part.split(", ")).all(|part| parts.contains(&part)), "{shown}");
        }
    }

    #[test]
    fn eighty_columns_hold_step_time_and_losses_of_two_lanes() {
        let shown = line().within(USUAL - BAR);
        assert_eq!(shown, "step 120 of 2,000 · 1:34 left · loss plain 2.31, residual 1.2e-4");
    }
}
