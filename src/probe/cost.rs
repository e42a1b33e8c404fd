//! What measuring costs: the time between two looks at the clock, and how often there were two. What lies outside the clock
//! is the [`Overhead`](super::overhead::Overhead).

use std::time::{Duration, Instant};

/// What looking took so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// Between two looks at the clock.
    pub(super) timed: Duration,
    /// Times that the clock was looked at twice.
    pub(super) readings: u32,
    /// Taps that are operations of their own in the graph.
    pub(super) inserted: u32,
}

impl Cost {
    /// Does some looking.
    pub fn of<T>(&mut self, looking: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let seen = looking();
        self.add(start.elapsed());
        seen
    }

    /// Counts one reading that was timed elsewhere.
    pub(super) fn add(&mut self, timed: Duration) {
        self.timed += timed;
        self.readings += 1;
    }

    /// Counts a tap that is an operation of its own.
    pub(super) fn insert(&mut self) {
        self.inserted += 1;
    }

    /// Both together.
    pub fn and(&mut self, other: Self) {
        self.timed += other.timed;
        self.readings += other.readings;
        self.inserted += other.inserted;
    }
}
