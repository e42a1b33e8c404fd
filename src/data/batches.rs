//! The rows of each step: the same for every lane, whatever its backend or speed.
//!
//! Each epoch is a permutation drawn from (seed, epoch); the last partial batch of an epoch is dropped.

use rand::seq::SliceRandom;

use crate::random::Purpose;
use crate::units::Step;

/// The batches of a run, in order.
#[derive(Clone, Debug)]
pub struct Batches {
    seed: u64,
    rows: usize,
    batch: usize,
    /// Permutation of the current epoch.
    order: Vec<usize>,
    epoch: u32,
}

impl Batches {
    /// Batches of `batch` rows out of `rows`; a batch is never larger than the data.
    #[must_use]
    pub fn new(seed: u64, rows: usize, batch: usize) -> Self {
        Self { seed, rows, batch: batch.clamp(1, rows.max(1)), order: Vec::new(), epoch: 0 }
    }

    /// Full batches per epoch, at least 1.
    #[must_use]
    pub(crate) fn per_epoch(&self) -> u64 {
        (self.rows / self.batch).max(1) as u64
    }

    /// Pass over the data in which a step lies, from 1.
    #[must_use]
    pub(crate) fn epoch(&self, step: Step) -> u32 {
        u32::try_from(step.0.saturating_sub(1) / self.per_epoch() + 1).unwrap_or(u32::MAX)
    }

    /// Rows of a step.
    pub fn rows(&mut self, step: Step) -> &[usize] {
        let epoch = self.epoch(step);
        if epoch != self.epoch {
            self.epoch = epoch;
            self.order = (0..self.rows).collect();
            self.order.shuffle(&mut Purpose::Order.rng(self.seed, epoch as usize));
        }
        let first = (step.0.saturating_sub(1) % self.per_epoch()) as usize * self.batch;
        self.order.get(first..first + self.batch).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_sees_each_row_once_and_drops_the_partial_batch() {
        let mut batches = Batches::new(7, 10, 3);
        let mut seen: Vec<usize> = (1..=3).flat_map(|step| batches.rows(Step(step)).to_vec()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 9);
        assert_eq!((batches.epoch(Step(3)), batches.epoch(Step(4))), (1, 2));
        let again = Batches::new(7, 10, 3).rows(Step(5)).to_vec();
        assert_eq!(batches.rows(Step(5)), again);
        assert_ne!(batches.rows(Step(5)).to_vec(), Batches::new(8, 10, 3).rows(Step(5)).to_vec());
    }
}
