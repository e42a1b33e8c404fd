//! Per-step values of a lane (loss, accuracy …) in buckets of time.

use super::timeline::Merge;
use super::{Scalar, ScalarBucket};
use crate::event::StepRecord;

/// One bucket of every scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalars([ScalarBucket; Scalar::ALL.len()]);

impl Scalars {
    /// No steps yet.
    pub(super) fn new() -> Self {
        Self([ScalarBucket::EMPTY; Scalar::ALL.len()])
    }

    /// Takes one step in, with the ρ that was fitted to it.
    pub(super) fn push(&mut self, record: &StepRecord, rho: Option<f32>) {
        for (bucket, scalar) in self.0.iter_mut().zip(Scalar::ALL) {
            let value = if scalar == Scalar::Rho { rho } else { scalar.of(record) };
            if let Some(value) = value {
                bucket.push(value);
            }
        }
    }

    /// The bucket of one scalar; `None` where no step had it.
    pub(super) fn get(&self, scalar: Scalar) -> Option<ScalarBucket> {
        self.0.get(scalar as usize).copied().filter(|bucket| bucket.count > 0)
    }
}

impl Merge for Scalars {
    fn merge(&mut self, later: Self) {
        for (bucket, later) in self.0.iter_mut().zip(later.0) {
            bucket.merge(later);
        }
    }
}
