//! The first and the newest steps, stored exactly, as many as a fixed number of bytes holds.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::share::Share;
use crate::event::StepRecord;
use crate::units::Step;

/// Maximum number of records, however small they are.
const MOST: usize = 4096;
/// Minimum number of records, however large they are.
const LEAST: usize = 32;
/// The same minimum if many other lanes are shown.
const FEWEST: usize = 4;

/// Maximum number of first steps: the special beginning of a run is over by then.
const MOST_FIRST: usize = 100;
/// The first steps take at most one part in this many of the bytes.
const FIRST_PART: usize = 4;

/// The first records, and a ring of the newest; steps ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recent {
    most_first: usize,
    /// Those of the first records that have left the ring.
    first: Vec<Arc<StepRecord>>,
    /// Whether a record between the first ones and the ring is no longer held.
    has_gap: bool,
    capacity: usize,
    ring: VecDeque<Arc<StepRecord>>,
}

impl Recent {
    /// As many records of `record_bytes` as a share holds, within the limits above.
    pub(super) fn new(share: Share, record_bytes: usize) -> Self {
        let all = (share.bytes / record_bytes.max(1)).clamp(share.of(LEAST, FEWEST), MOST);
        let most_first = (all / FIRST_PART).min(MOST_FIRST);
        Self { most_first, first: Vec::new(), has_gap: false, capacity: all - most_first, ring: VecDeque::new() }
    }

    pub(super) fn push(&mut self, record: &Arc<StepRecord>) {
        if self.ring.len() == self.capacity
            && let Some(oldest) = self.ring.pop_front()
        {
            if self.first.len() < self.most_first {
                self.first.push(oldest);
            } else {
                self.has_gap = true;
            }
        }
        self.ring.push_back(Arc::clone(record));
    }

    pub(super) fn latest(&self) -> Option<&StepRecord> {
        self.ring.back().map(Arc::as_ref)
    }

    /// The step from which on all records are held.
    pub(super) fn oldest(&self) -> Option<Step> {
        self.unbroken().next().map(|record| record.step)
    }

    /// All held records.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<StepRecord>> {
        self.first.iter().chain(&self.ring)
    }

    /// The records from which on none is missing.
    fn unbroken(&self) -> impl DoubleEndedIterator<Item = &StepRecord> {
        let first = if self.has_gap { &[] } else { self.first.as_slice() };
        first.iter().chain(&self.ring).map(Arc::as_ref)
    }

    /// Whether all records of a range of steps are held.
    pub(super) fn holds(&self, steps: &Range<u64>) -> bool {
        self.oldest().is_some_and(|oldest| oldest.0 <= steps.start)
            || self.first.last().is_some_and(|last| steps.end <= last.step.0 + 1)
    }

    /// Records of a range of steps.
    pub(super) fn within(&self, steps: &Range<u64>) -> impl Iterator<Item = &StepRecord> {
        let of_first = self.first.partition_point(|record| record.step.0 < steps.start);
        let of_ring = self.ring.partition_point(|record| record.step.0 < steps.start);
        let from = self.first.iter().skip(of_first).chain(self.ring.range(of_ring..));
        from.take_while(|record| record.step.0 < steps.end).map(Arc::as_ref)
    }

    /// The record of exactly this step.
    pub(super) fn held(&self, step: Step) -> Option<&StepRecord> {
        let first = self.first.binary_search_by_key(&step, |record| record.step).ok();
        let ring = || self.ring.get(self.ring.binary_search_by_key(&step, |record| record.step).ok()?);
        first.map_or_else(ring, |index| self.first.get(index)).map(Arc::as_ref)
    }

    /// Replaces the record of the same step, if there is one.
    pub(super) fn replace(&mut self, record: StepRecord) {
        let mut held = self.first.iter_mut().chain(&mut self.ring);
        if let Some(held) = held.find(|held| held.step == record.step) {
            *held = Arc::new(record);
        }
    }

    /// The oldest record that fulfils a condition, among those from which on none is missing.
    pub(super) fn first(&self, holds: impl Fn(&StepRecord) -> bool) -> Option<&StepRecord> {
        self.unbroken().find(|record| holds(record))
    }

    /// The newest *measured* record at or before a step.
    pub(super) fn measured_at(&self, step: Step) -> Option<&StepRecord> {
        self.newest(step, StepRecord::is_measured)
    }

    /// Whether a step comes after the first records.
    fn is_beyond(&self, step: Step) -> bool {
        self.first.last().is_none_or(|last| step > last.step)
    }

    /// The newest record at or before a step that fulfils a condition; `None` if a record between them is no longer
    /// held.
    pub(super) fn newest(&self, step: Step, holds: impl Fn(&StepRecord) -> bool) -> Option<&StepRecord> {
        let of_ring = self.ring.partition_point(|record| record.step <= step);
        let of_first = self.first.partition_point(|record| record.step <= step);
        // After the last of the first records, a newer one may have been dropped.
        let of_first = if self.has_gap && self.is_beyond(step) { 0 } else { of_first };
        let until = self.first.iter().take(of_first).chain(self.ring.range(..of_ring));
        until.rev().map(Arc::as_ref).find(|record| holds(record))
    }
}
