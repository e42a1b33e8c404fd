//! The cost of measuring: the time between two clock readings, and the number of such pairs. Time outside of them is
//! the [`Overhead`](super::overhead::Overhead).

use std::time::{Duration, Instant};

/// The time that measuring took so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// Time between the two clock readings of each pair.
    pub(super) timed: Duration,
    /// Number of pairs of clock readings.
    pub(super) readings: u32,
    /// Taps that are operations of their own in the graph.
    pub(super) inserted: u32,
}

impl Cost {
    /// Runs a measurement and times it.
    pub(crate) fn of<T>(&mut self, looking: impl FnOnce() -> T) -> T {
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

    /// Adds another cost.
    pub(crate) fn and(&mut self, other: Self) {
        self.timed += other.timed;
        self.readings += other.readings;
        self.inserted += other.inserted;
    }
}
