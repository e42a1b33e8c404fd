//! Snapshots of one kind in bounded memory: all of them while they fit, then every second, every fourth …, and always
//! the newest. The trace holds every one.

use std::sync::Arc;

use super::share::Share;
use crate::event::Snapshot;
use crate::units::Step;

/// Minimum number of records, however large they are.
const LEAST: usize = 8;
/// The same minimum if many other lanes are shown.
const FEWEST: usize = 2;
/// Maximum number of records.
const MOST: usize = 1024;

/// Records in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimated {
    records: Vec<Arc<Snapshot>>,
    capacity: usize,
    /// Number of records received so far.
    seen: u64,
    /// One record in this many is kept.
    stride: u64,
}

impl Decimated {
    /// As many records of `bytes` bytes as the share of the budget allows.
    pub(super) fn new(share: Share, budget: usize, bytes: usize) -> Self {
        let capacity = (share.of(budget, 0) / bytes.max(1)).clamp(share.of(LEAST, FEWEST), MOST);
        Self { records: Vec::new(), capacity, seen: 0, stride: 1 }
    }

    /// Adds a record; one of a step before the newest only if there is room.
    pub(super) fn push(&mut self, record: &Arc<Snapshot>) {
        if self.records.last().is_some_and(|last| record.step <= last.step) {
            // A step that was re-run has its record already.
            if let Err(index) = self.records.binary_search_by_key(&record.step, |held| held.step)
                && self.records.len() < self.capacity
            {
                self.records.insert(index, Arc::clone(record));
            }
            return;
        }
        // The record before was kept as the newest; now it is removed unless its index is a multiple of the stride.
        if self.seen > 0 && !(self.seen - 1).is_multiple_of(self.stride) {
            self.records.pop();
        }
        self.records.push(Arc::clone(record));
        self.seen += 1;
        if self.records.len() > self.capacity {
            self.thin();
        }
    }

    /// Keeps every second record, and the newest.
    fn thin(&mut self) {
        let newest = self.records.len() - 1;
        let mut index = 0..;
        self.records.retain(|_| index.next().is_none_or(|index: usize| index.is_multiple_of(2) || index == newest));
        self.stride *= 2;
    }

    /// All kept records.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Snapshot>> {
        self.records.iter()
    }

    /// The newest at or before a step.
    pub(super) fn at(&self, step: Step) -> Option<&Arc<Snapshot>> {
        let after = self.records.partition_point(|record| record.step <= step);
        self.records.get(after.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Histograms, Payload};
    use crate::units::LaneId;

    const ALONE: Share = Share { bytes: 0, runs: 1 };

    fn record(step: u64) -> Arc<Snapshot> {
        let payload = Payload::Histogram(Histograms { layers: Vec::new() });
        Arc::new(Snapshot { lane: LaneId(0), step: Step(step), payload })
    }

    #[test]
    fn the_newest_is_always_there_and_the_others_are_decimated_evenly() {
        let mut histograms = Decimated { capacity: 4, ..Decimated::new(ALONE, 1, 1) };
        for step in 1..=100 {
            histograms.push(&record(step));
            assert_eq!(histograms.at(Step(1000)).expect("the newest").step, Step(step));
            assert!(histograms.records.len() <= 5, "{}", histograms.records.len());
        }
        let steps: Vec<u64> = histograms.records.iter().map(|record| record.step.0).collect();
        assert_eq!(steps[0], 1);
        assert_eq!(*steps.last().expect("not empty"), 100);
        let gaps: Vec<u64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps[..gaps.len() - 1].windows(2).all(|pair| pair[0] == pair[1]), "{steps:?}");
    }

    #[test]
    fn one_that_comes_twice_is_ignored_and_before_the_first_there_is_none() {
        let mut histograms = Decimated::new(ALONE, 10, 1);
        histograms.push(&record(5));
        histograms.push(&record(5));
        assert_eq!(histograms.records.len(), 1);
        assert!(histograms.at(Step(4)).is_none() && histograms.at(Step(5)).is_some());
    }
}
