//! Speed and cost of a run for the header: steps per second of wall time, and the share of the step time that measuring
//! took, both over the last second.

use std::time::{Duration, Instant};

use crate::event::StepRecord;
use crate::units::Step;

/// Time over which both are measured.
const WINDOW: Duration = Duration::from_secs(1);

/// Counts steps as they arrive.
#[derive(Debug)]
pub(super) struct Meter {
    since: Instant,
    first: Option<Step>,
    newest: Step,
    step_ns: u64,
    measure_ns: u64,
    rate: Option<f64>,
    share: Option<f64>,
}

impl Meter {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, first: None, newest: Step(0), step_ns: 0, measure_ns: 0, rate: None, share: None }
    }

    /// The values while training is paused: there is no rate, even with single steps, and the share stays.
    pub(super) fn rest(&mut self, now: Instant) -> (Option<f64>, Option<f64>) {
        *self = Self { share: self.share, ..Self::new(now) };
        (None, self.share)
    }

    /// Adds one lane's step.
    pub(super) fn take(&mut self, record: &StepRecord) {
        self.first.get_or_insert(record.step);
        self.newest = self.newest.max(record.step);
        self.step_ns += record.step_ns;
        self.measure_ns += record.measure_ns;
    }

    /// Steps per second and measuring share, 0 … 1; `None` before the first window is over.
    pub(super) fn read(&mut self, now: Instant) -> (Option<f64>, Option<f64>) {
        let elapsed = now.saturating_duration_since(self.since);
        if elapsed >= WINDOW {
            self.rate = self.first.map(|first| (self.newest.0 - first.0 + 1) as f64 / elapsed.as_secs_f64());
            self.share = (self.step_ns > 0).then(|| self.measure_ns as f64 / self.step_ns as f64).or(self.share);
            *self = Self { rate: self.rate, share: self.share, ..Self::new(now) };
        }
        (self.rate, self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::LaneId;

    #[test]
    fn two_lanes_in_step_count_once_and_share_is_that_of_the_time() {
        let start = Instant::now();
        let mut meter = Meter::new(start);
        for step in 1..=20 {
            for lane in 0..2 {
                meter.take(&StepRecord {
                    lane: LaneId(lane),
                    step_ns: 100,
                    measure_ns: 10,
                    ..StepRecord::unmeasured(step)
                });
            }
        }
        assert_eq!(meter.read(start + WINDOW / 2), (None, None));
        assert_eq!(meter.read(start + 2 * WINDOW), (Some(10.0), Some(0.1)));
        assert_eq!(meter.read(start + 4 * WINDOW), (None, Some(0.1)));
    }

    #[test]
    fn what_stands_still_has_no_rate_and_single_steps_do_not_slow_what_comes_after() {
        let start = Instant::now();
        let mut meter = Meter::new(start);
        meter.take(&StepRecord { step_ns: 100, measure_ns: 10, ..StepRecord::unmeasured(1) });
        assert_eq!(meter.read(start + WINDOW), (Some(1.0), Some(0.1)));
        meter.take(&StepRecord::unmeasured(2));
        assert_eq!(meter.rest(start + 9 * WINDOW), (None, Some(0.1)));
        (3..=52).for_each(|step| meter.take(&StepRecord::unmeasured(step)));
        assert_eq!(meter.read(start + 10 * WINDOW), (Some(50.0), Some(0.0)));
    }
}
