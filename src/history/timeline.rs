//! Time in a bounded number of buckets: when they are full, neighbours are merged in pairs, and each covers twice the
//! steps.
//!
//! ```text
//! width 1   |1|2|3|4|5|6|7|8|                a ninth step arrives
//! width 2   |1 2|3 4|5 6|7 8|9  |   |   |   |
//! ```
//!
//! Amortized cost of a step: one bucket update and at most one merge. Only time resolution is ever lost.

use std::ops::Range;

use crate::units::Step;

/// A summary of some steps to which a later one can be added.
pub(super) trait Merge {
    /// Adds a later summary.
    fn merge(&mut self, later: Self);
}

/// Buckets of equal width from the first step; `None` for a bucket without a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timeline<B> {
    first: Option<Step>,
    width: u64,
    capacity: usize,
    buckets: Vec<Option<B>>,
}

impl<B: Merge> Timeline<B> {
    /// An empty timeline of at most `capacity` buckets (at least 2).
    pub(super) fn new(capacity: usize) -> Self {
        Self { first: None, width: 1, capacity: capacity.max(2), buckets: Vec::new() }
    }

    /// The bucket of a step, created by `empty` if it is the first in it; steps before the first one belong to the
    /// first bucket.
    pub(super) fn bucket_mut(&mut self, step: Step, empty: impl FnOnce() -> B) -> &mut B {
        self.place(step).get_or_insert_with(empty)
    }

    /// Adds a step: `alone` creates the bucket if the step is the first in it, otherwise `more` updates it.
    pub(super) fn take(&mut self, step: Step, alone: impl FnOnce() -> B, more: impl FnOnce(&mut B)) {
        match self.place(step) {
            Some(bucket) => more(bucket),
            place => *place = Some(alone()),
        }
    }

    fn place(&mut self, step: Step) -> &mut Option<B> {
        let first = *self.first.get_or_insert(step);
        let offset = step.0.saturating_sub(first.0);
        while offset / self.width >= self.capacity as u64 {
            self.halve();
        }
        let index = (offset / self.width) as usize;
        if index >= self.buckets.len() {
            self.buckets.resize_with(index + 1, || None);
        }
        &mut self.buckets[index]
    }

    fn halve(&mut self) {
        self.width *= 2;
        let mut pairs = std::mem::take(&mut self.buckets).into_iter();
        while let Some(earlier) = pairs.next() {
            self.buckets.push(match (earlier, pairs.next().flatten()) {
                (Some(mut earlier), Some(later)) => {
                    earlier.merge(later);
                    Some(earlier)
                }
                (earlier, later) => earlier.or(later),
            });
        }
    }
}

impl<B> Timeline<B> {
    /// Steps per bucket.
    pub(super) fn width(&self) -> u64 {
        self.width
    }

    /// First step of the bucket of a step; the step itself if there is no bucket yet.
    pub(super) fn start_of_bucket(&self, step: Step) -> u64 {
        let first = self.first.unwrap_or(step).0;
        first + step.0.saturating_sub(first) / self.width * self.width
    }

    /// Buckets that overlap a range of steps, in order.
    pub(super) fn overlapping(&self, steps: &Range<u64>) -> impl Iterator<Item = &B> {
        let first = self.first.map_or(0, |step| step.0);
        let from = steps.start.saturating_sub(first) / self.width;
        let to = if steps.end <= first { 0 } else { (steps.end - first).div_ceil(self.width) };
        let range = (from as usize).min(self.buckets.len())..(to as usize).min(self.buckets.len());
        self.buckets.get(range).unwrap_or(&[]).iter().flatten()
    }

    /// The newest filled bucket at or before a step, with its first step.
    #[cfg(test)]
    pub(super) fn at_or_before(&self, step: Step) -> Option<(Step, &B)> {
        self.newest(step, |_| true)
    }

    /// The newest filled bucket at or before a step that fulfils a condition, with its first step.
    pub(super) fn newest(&self, step: Step, holds: impl Fn(&B) -> bool) -> Option<(Step, &B)> {
        let first = self.first?;
        let index = (step.0.checked_sub(first.0)? / self.width) as usize;
        let filled = self.buckets.iter().enumerate().take(index + 1).rev();
        let mut filled = filled.filter_map(|(index, bucket)| Some((index, bucket.as_ref()?)));
        let (index, bucket) = filled.find(|(_, bucket)| holds(bucket))?;
        Some((Step(first.0 + index as u64 * self.width), bucket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sum(u64);

    impl Merge for Sum {
        fn merge(&mut self, later: Self) {
            self.0 += later.0;
        }
    }

    fn filled(steps: impl Iterator<Item = u64>) -> Timeline<Sum> {
        let mut timeline = Timeline::new(8);
        for step in steps {
            timeline.bucket_mut(Step(step), || Sum(0)).0 += step;
        }
        timeline
    }

    #[test]
    fn nothing_is_lost_when_neighbours_merge() {
        let timeline = filled(1..=1000);
        assert_eq!(timeline.width(), 128);
        assert!(timeline.buckets.len() <= 8);
        assert_eq!(timeline.overlapping(&(1..1001)).map(|sum| sum.0).sum::<u64>(), 500_500);
    }

    #[test]
    fn a_jump_of_a_million_steps_costs_no_memory() {
        let timeline = filled([1, 1_000_000, u64::MAX / 2].into_iter());
        assert!(timeline.buckets.len() <= 8);
        assert_eq!(timeline.at_or_before(Step(500)).map(|(_, sum)| sum.0), Some(1_000_001));
    }

    #[test]
    fn a_range_outside_of_time_is_empty() {
        let timeline = filled(5..=8);
        assert_eq!(timeline.overlapping(&(0..5)).count(), 0);
        assert_eq!(timeline.overlapping(&(9..100)).count(), 0);
        assert_eq!(timeline.overlapping(&(6..7)).count(), 1);
        assert_eq!(timeline.at_or_before(Step(4)), None);
        assert_eq!(timeline.at_or_before(Step(99)).map(|(step, _)| step), Some(Step(8)));
    }
}
