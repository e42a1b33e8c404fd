//! How the writing of a trace goes, shared between the recorder's thread and whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Seen from any thread; clone the `Arc` around it.
#[derive(Debug, Default)]
pub struct TraceStatus {
    problem: Mutex<Option<String>>,
    lost: AtomicU64,
    bytes: AtomicU64,
}

impl TraceStatus {
    /// One sentence while something is wrong, such as a full disk; `None` while all is well.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Steps that are not in the trace because it could not be written for too long.
    #[must_use]
    pub fn lost_steps(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Bytes of the trace.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn set_problem(&self, problem: Option<String>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    pub(super) fn lose_step(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_bytes(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }
}
