//! How much memory a run, or a lane of it, may take beside the runs that are shown together with it.

/// What a run, or a lane of it, may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// Bytes.
    pub(super) bytes: usize,
    /// Runs that are shown together.
    pub(super) runs: usize,
}

impl Share {
    /// The part of one run in what is kept for all, down to so much.
    pub(super) fn of(self, all: usize, least: usize) -> usize {
        (all / self.runs.max(1)).max(least)
    }
}
