//! How much memory a run, or one of its lanes, may take when several runs are shown together.

/// The memory of a run or a lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// Bytes.
    pub(super) bytes: usize,
    /// Number of runs that are shown together.
    pub(super) runs: usize,
}

impl Share {
    /// One run's part of a total, but at least `least`.
    pub(super) fn of(self, all: usize, least: usize) -> usize {
        (all / self.runs.max(1)).max(least)
    }
}
