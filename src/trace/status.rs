//! The status of the writing of a trace, shared between the recorder's thread and the code that shows it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The status, readable from any thread; clone the `Arc` around it.
#[derive(Debug, Default)]
pub struct TraceStatus {
    problem: Mutex<Option<String>>,
    lost: AtomicU64,
    waiting: AtomicU64,
    bytes: AtomicU64,
    gone: AtomicBool,
}

impl TraceStatus {
    /// One sentence while something is wrong, such as a full disk; `None` while writing works.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Number of steps, counted over all lanes, that the trace lacks for good because it could not be written for too
    /// long.
    #[must_use]
    pub fn lost_steps(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Number of steps that the trace lacks now: those lost, and those that wait in memory until they can be written.
    #[must_use]
    pub fn missing_steps(&self) -> u64 {
        self.lost_steps() + self.waiting.load(Ordering::Relaxed)
    }

    /// Size of the trace in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether the file was removed, replaced or cut while it was written: then nothing more is written, and no run can
    /// continue from it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    pub(super) fn set_gone(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_problem(&self, problem: Option<String>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    pub(super) fn lose_steps(&self, steps: u64) {
        self.lost.fetch_add(steps, Ordering::Relaxed);
    }

    pub(super) fn set_waiting(&self, steps: u64) {
        self.waiting.store(steps, Ordering::Relaxed);
    }

    pub(super) fn set_bytes(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }
}
