//! How long a trace that is followed has had no new line: its run may be paused or slow, or it was killed, which leaves no
//! word in the file.
//!
//! ```text
//! last line ── 10 s: nothing is said ── "no new step for 0:10 …", 0:15 … ── a line comes: nothing is said
//! ```
//!
//! A line that is not complete is within that time one that is being written.

use std::time::{Duration, Instant};

use crate::number::clock;
use crate::trace::Follow;

/// Lines come every 200 ms while steps are quick, and a step of a large stack takes seconds.
const LONG: Duration = Duration::from_secs(10);
/// The time is given in steps of so many seconds, then of so many: each new sentence replaces an answer on the screen.
const STEPS: [(u64, u64); 2] = [(60, 5), (u64::MAX, 60)];

/// When the newest line of a trace was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quiet {
    since: Instant,
}

impl Quiet {
    /// One was read now, or the trace was opened.
    pub(super) fn since(now: Instant) -> Self {
        Self { since: now }
    }

    /// What is to be said of it; nothing of a trace that has its end, cannot be read or is gone, which is said already.
    pub(super) fn sentence(self, now: Instant, follow: &Follow, has_steps: bool) -> Option<String> {
        let quiet = now.saturating_duration_since(self.since);
        if quiet < LONG || follow.is_over() || follow.warnings().lost.is_some() {
            return None;
        }
        let seconds = quiet.as_secs();
        let step = STEPS.iter().find(|(below, _)| seconds < *below).map_or(1, |(_, step)| *step);
        let time = clock(seconds / step * step);
        let what = if has_steps { "no new step" } else { "no step" };
        Some(if follow.warnings().torn_tail {
            format!("{what} for {time}, and the last line is incomplete: the run was probably killed while writing")
        } else {
            format!("{what} for {time}: the run is paused or slow, or it was killed")
        })
    }
}
