//! The newest steps exactly as they came, as many as a fixed number of bytes holds.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::Share;
use crate::event::StepRecord;
use crate::units::Step;

/// Records kept at most, however small they are.
const MOST: usize = 4096;
/// Records kept at least, however large they are.
const LEAST: usize = 32;
/// The same of a lane beside many others.
const FEWEST: usize = 4;

/// A ring of records, steps ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recent {
    capacity: usize,
    records: VecDeque<Arc<StepRecord>>,
}

impl Recent {
    /// As many records of `record_bytes` as a share holds, within bounds.
    pub(super) fn new(share: Share, record_bytes: usize) -> Self {
        let capacity = (share.bytes / record_bytes.max(1)).clamp(share.of(LEAST, FEWEST), MOST);
        Self { capacity, records: VecDeque::new() }
    }

    pub(super) fn push(&mut self, record: &Arc<StepRecord>) {
        if self.records.len() == self.capacity {
            self.records.pop_front();
        }
        self.records.push_back(Arc::clone(record));
    }

    pub(super) fn latest(&self) -> Option<&StepRecord> {
        self.records.back().map(Arc::as_ref)
    }

    /// First step that is held.
    pub(super) fn oldest(&self) -> Option<Step> {
        self.records.front().map(|record| record.step)
    }

    /// All that are held.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<StepRecord>> {
        self.records.iter()
    }

    /// Records of a range of steps.
    pub(super) fn within(&self, steps: &Range<u64>) -> impl Iterator<Item = &StepRecord> {
        let from = self.records.partition_point(|record| record.step.0 < steps.start);
        let to = self.records.partition_point(|record| record.step.0 < steps.end);
        self.records.range(from..to.max(from)).map(Arc::as_ref)
    }

    /// The record of exactly this step.
    pub(super) fn held(&self, step: Step) -> Option<&StepRecord> {
        self.records.get(self.index(step)?).map(Arc::as_ref)
    }

    /// Puts a record in the place of that of the same step, where there is one.
    pub(super) fn replace(&mut self, record: StepRecord) {
        if let Some(held) = self.index(record.step).and_then(|index| self.records.get_mut(index)) {
            *held = Arc::new(record);
        }
    }

    fn index(&self, step: Step) -> Option<usize> {
        self.records.binary_search_by_key(&step, |record| record.step).ok()
    }

    /// The oldest record that fulfils a condition.
    pub(super) fn first(&self, holds: impl Fn(&StepRecord) -> bool) -> Option<&StepRecord> {
        self.records.iter().map(Arc::as_ref).find(|record| holds(record))
    }

    /// The newest *measured* record at or before a step.
    pub(super) fn measured_at(&self, step: Step) -> Option<&StepRecord> {
        self.newest(step, StepRecord::is_measured)
    }

    /// The newest record at or before a step that fulfils a condition.
    pub(super) fn newest(&self, step: Step, holds: impl Fn(&StepRecord) -> bool) -> Option<&StepRecord> {
        let end = self.records.partition_point(|record| record.step <= step);
        self.records.range(..end).rev().map(Arc::as_ref).find(|record| holds(record))
    }
}
