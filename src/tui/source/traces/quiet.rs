//! How long a followed trace has had no new line: its run may be paused or slow, or it was killed, which leaves no line
//! in the file.
//!
//! ```text
//! last line ── 10 s without a message ── "no new step for 0:10 …", 0:15 … ── a line arrives: no message
//! ```
//!
//! An incomplete line is being written during that time.

use std::time::{Duration, Instant};

use crate::number::clock;
use crate::trace::Follow;

/// Lines come every 200 ms while steps are fast, and a step of a large stack takes seconds.
const LONG: Duration = Duration::from_secs(10);
/// The time is given in steps of 5 s up to a minute, then of a minute: each new sentence replaces an answer on the
/// screen.
const STEPS: [(u64, u64); 2] = [(60, 5), (u64::MAX, 60)];

/// The time of a trace's newest line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quiet {
    since: Instant,
}

impl Quiet {
    /// A line was read now, or the trace was opened.
    pub(super) fn since(now: Instant) -> Self {
        Self { since: now }
    }

    /// The message; `None` for a trace that has ended, cannot be read or is gone, which is reported elsewhere.
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
