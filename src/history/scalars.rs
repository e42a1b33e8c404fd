//! Per-step values of a lane (loss, accuracy …) in buckets of time.

use super::timeline::Merge;
use super::{Scalar, ScalarBucket};

/// The scalars of one step, in the order of [`Scalar::ALL`].
pub(super) type ScalarValues = [Option<f32>; Scalar::ALL.len()];

/// One bucket of every scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalars([ScalarBucket; Scalar::ALL.len()]);

impl Scalars {
    /// A bucket without steps.
    pub(super) fn new() -> Self {
        Self([ScalarBucket::EMPTY; Scalar::ALL.len()])
    }

    /// Adds the scalars of a step.
    pub(super) fn push(&mut self, values: ScalarValues) {
        for (bucket, value) in self.0.iter_mut().zip(values) {
            if let Some(value) = value {
                bucket.push(value);
            }
        }
    }

    /// The bucket of one scalar; `None` if no step had it.
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
