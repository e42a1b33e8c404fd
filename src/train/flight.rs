//! The flight recorder: keeps a lane's parameters and optimizer state every EVERY steps, and re-runs the steps since
//! then in detail when something goes wrong. The re-run gives the same numbers, bit by bit.
//!
//! ```text
//! kept            kept             loss is NaN, or jumps, or on request
//!  │ … N steps …   │ … steps …      │
//!                  └── re-run ──────┘   every layer, histograms; the last steps with every detail
//! ```
//!
//! Keeping a state costs no copy: tensors are shared until the next update writes new ones.

use std::collections::VecDeque;

use super::alarm::Cause;
use super::flight_state::{FlightState, KeptState};
use super::stepper::Stepper;
use super::verdict;
use crate::event::StepRecord;
use crate::probe::Scope;
use crate::robust::Spread;
use crate::stack::Stack;
use crate::units::Step;

/// Minimum number of steps that are re-run, if there are as many: a state kept just before is not enough.
const LEAST: u64 = 8;
/// Number of the last re-run steps that are measured in every detail.
const DETAILED: u64 = 8;
/// Number of recent losses by which a jump is judged.
const WINDOW: usize = 100;
/// With fewer losses the median means little: each loss is compared with the largest before it.
const ENOUGH: usize = 30;
/// A loss this many times that largest one is a jump.
const FIRST_LEAP: f64 = 10.0;
/// A loss jumps when ln(loss) is this many robust deviations above its median; the largest value in healthy runs was
/// 4.5.
const LEAP: f64 = 8.0;
/// Minimum deviation of ln(loss): a constant loss has none.
const LEAST_DEVIATION: f64 = 0.05;
/// Share of the first loss below which a loss is only rounding, zeros included: all such losses count as this share.
/// The mean over a batch of terms that f32 stores to a part in ten million means nothing there.
const ROUNDING: f64 = 1e-6;
/// Share of the first loss that a jump reaches at least: a converged lane sometimes meets an example that it knows less
/// well, which cost up to 3e-4 in tests.
const MATTERS: f64 = 1e-3;

/// Number of states that share no memory with the lane's first one and are kept at the same time, in a run of this many
/// steps.
pub(super) fn copies(every: u64, steps: u64) -> u64 {
    let kept = steps.div_ceil(every);
    // The very first state still shares the lane's memory.
    if kept > most_kept(every) { most_kept(every) } else { kept.saturating_sub(1) }
}

/// Number of states that are kept at once: enough for the minimum number of steps, however close they are.
fn most_kept(every: u64) -> u64 {
    LEAST.div_ceil(every) + 1
}

/// The flight recorder of one lane.
pub(super) struct FlightRecorder<S> {
    every: Option<u64>,
    /// The kept states, the newest last.
    kept: VecDeque<Kept<S>>,
    /// Recent values of ln(loss).
    losses: VecDeque<f64>,
    /// ln of the first loss.
    first: Option<f64>,
    /// No jump is reported before this step: one report is enough.
    quiet_until: Step,
}

/// A kept state of a lane.
struct Kept<S> {
    /// The step that follows it.
    next: Step,
    stepper: Stepper<S>,
    /// Learning rates of the steps since.
    rates: Vec<f64>,
}

impl<S> Kept<S> {
    /// Whether there were enough steps since for a re-run.
    fn is_old_enough(&self) -> bool {
        self.rates.len() as u64 >= LEAST
    }
}

/// Steps to be re-run.
pub(super) struct Rerun<S> {
    pub(super) first: Step,
    pub(super) stepper: Stepper<S>,
    /// Learning rate of each step.
    pub(super) rates: Vec<f64>,
}

impl<S> Rerun<S> {
    /// The steps with what is measured of each.
    pub(super) fn plan(&self) -> impl Iterator<Item = (Step, f64, Scope)> + use<S> {
        let (first, count) = (self.first.0, self.rates.len() as u64);
        let scope = move |index: u64| if index + DETAILED >= count { Scope::Costly } else { Scope::Histograms };
        let rates = self.rates.clone().into_iter();
        (0..count).zip(rates).map(move |(index, rate)| (Step(first + index), rate, scope(index)))
    }
}

impl<S: Stack> FlightRecorder<S> {
    /// A recorder that continues from an earlier state, with its kept states.
    pub(super) fn new(every: Option<u64>, past: FlightState, states: Vec<Stepper<S>>) -> Self {
        let kept = past.kept.into_iter().zip(states);
        let kept = kept.map(|(KeptState { next, rates }, stepper)| Kept { next, stepper, rates });
        let kept = if every.is_some() { kept.collect() } else { VecDeque::new() };
        Self { every, kept, losses: past.losses.into(), first: past.first, quiet_until: past.quiet_until }
    }

    /// What a resumed recorder needs, beside the states of [`Self::states`].
    pub(super) fn past(&self) -> FlightState {
        let kept = self.needed().map(|kept| KeptState { next: kept.next, rates: kept.rates.clone() });
        FlightState {
            losses: self.losses.iter().copied().collect(),
            first: self.first,
            quiet_until: self.quiet_until,
            kept: kept.collect(),
        }
    }

    /// The states from which steps can be re-run.
    pub(super) fn states(&self) -> impl Iterator<Item = &Stepper<S>> {
        self.needed().map(|kept| &kept.stepper)
    }

    /// The kept states, without those that a later one, old enough, replaces.
    fn needed(&self) -> impl Iterator<Item = &Kept<S>> {
        let first = self.kept.iter().rposition(Kept::is_old_enough).unwrap_or(0);
        self.kept.iter().skip(first)
    }

    /// Called before a step: keeps the lane's state if it is due.
    pub(super) fn keep(&mut self, next: Step, stepper: &Stepper<S>) {
        let Some(every) = self.every else { return };
        // The first state of a run without any is always kept.
        if !self.kept.is_empty() && !(next.0 - 1).is_multiple_of(every) {
            return;
        }
        if self.kept.len() as u64 == most_kept(every) {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept { next, stepper: stepper.replica(), rates: Vec::new() });
    }

    /// Called after a step: whether it calls for a re-run.
    pub(super) fn sees(&mut self, record: &StepRecord) -> Option<Cause> {
        self.every?;
        for kept in &mut self.kept {
            kept.rates.extend(record.learning_rate);
        }
        let loss = record.loss?;
        if !loss.is_finite() {
            return Some(Cause::NotFinite);
        }
        let leap = self.leap(f64::from(loss).max(f64::MIN_POSITIVE).ln());
        let cause = if verdict::is_broken(record) { Some(Cause::ValueNotFinite) } else { leap };
        cause.filter(|_| record.step >= self.quiet_until)
    }

    /// Whether ln(loss) jumps.
    fn leap(&mut self, loss: f64) -> Option<Cause> {
        let first = *self.first.get_or_insert(loss);
        let loss = loss.max(first + ROUNDING.ln());
        let before: Vec<f64> = self.losses.iter().copied().collect();
        if self.losses.len() == WINDOW {
            self.losses.pop_front();
        }
        self.losses.push_back(loss);
        if before.len() < ENOUGH {
            let largest = before.into_iter().reduce(f64::max)?;
            return Some((loss - largest).exp()).filter(|factor| *factor > FIRST_LEAP).map(Cause::EarlyLeap);
        }
        let Spread { median, deviation } = Spread::of(before);
        let matters = loss > first + MATTERS.ln();
        Some((loss - median) / deviation.max(LEAST_DEVIATION)).filter(|leap| matters && *leap > LEAP).map(Cause::Leap)
    }

    /// The steps to re-run, up to the last one; `None` if no state is kept. Jumps are reported again after as many
    /// steps as lie between kept states.
    pub(super) fn rerun(&mut self, last: Step) -> Option<Rerun<S>> {
        self.quiet_until = Step(last.0 + self.every?);
        let kept = self.needed().next()?;
        Some(Rerun { first: kept.next, stepper: kept.stepper.replica(), rates: kept.rates.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Grid, Value};
    use crate::quantity::Quantity;
    use crate::stack::Mlp;

    fn seen(losses: impl IntoIterator<Item = f32>) -> Vec<(u64, Cause)> {
        let mut recorder = FlightRecorder::<Mlp>::new(Some(64), FlightState::default(), Vec::new());
        (1..)
            .zip(losses)
            .filter_map(|(step, loss)| {
                let cause = recorder.sees(&StepRecord { loss: Some(loss), ..StepRecord::unmeasured(step) })?;
                let _ = recorder.rerun(Step(step));
                Some((step, cause))
            })
            .collect()
    }

    /// Falls from 2.3, with noise of a tenth.
    fn healthy(step: u64) -> f32 {
        (2.3 * (-(step as f32) / 200.0).exp()) * (1.0 + 0.1 * (step as f32 * 12.9898).sin())
    }

    #[test]
    fn a_healthy_run_calls_for_nothing_and_a_leap_is_seen_once() {
        assert_eq!(seen((1..400).map(healthy)), []);
        let leaping = (1..400).map(|step| if (200..206).contains(&step) { 40.0 } else { healthy(step) });
        let found = seen(leaping);
        assert!(matches!(found[..], [(200, Cause::Leap(leap))] if leap > LEAP), "{found:?}");
    }

    #[test]
    fn a_loss_that_has_converged_to_rounding_does_not_leap_and_one_that_rises_out_of_it_does() {
        // Exactly 0 in two steps of three, else of any size up to that of an example known less well.
        let rounding = |step: u64| if step.is_multiple_of(3) { 10_f32.powi(-14 + (step % 11) as i32) } else { 0.0 };
        let converged = |step: u64| if step < 3000 { healthy(step) } else { rounding(step) };
        assert_eq!(seen((1..6000).map(converged)), []);
        let leaping = seen((1..6000).map(|step| if step == 5000 { 0.01 } else { converged(step) }));
        assert!(matches!(leaping[..], [(5000, Cause::Leap(_))]), "{leaping:?}");
    }

    #[test]
    fn a_leap_within_the_first_steps_is_seen_when_it_comes() {
        let found = seen([2.3, 386.4, 2.6, 5.2]);
        assert!(matches!(found[..], [(2, Cause::EarlyLeap(factor))] if (factor - 168.0).abs() < 1.0), "{found:?}");
    }

    #[test]
    fn a_loss_that_is_not_finite_always_starts_a_re_run() {
        assert_eq!(seen([2.3, f32::NAN]), [(2, Cause::NotFinite)]);
        assert_eq!(seen([f32::INFINITY]), [(1, Cause::NotFinite)]);
    }

    #[test]
    fn a_value_that_is_not_finite_starts_a_re_run_before_the_loss_is() {
        let mut recorder = FlightRecorder::<Mlp>::new(Some(64), FlightState::default(), Vec::new());
        let mut values = Grid::absent(Quantity::ALL.len(), 3);
        values.row_mut(Quantity::SignalNorm as usize)[1] = Value::new(f32::INFINITY);
        let broken = StepRecord { values, ..StepRecord::unmeasured(1) };
        assert_eq!(recorder.sees(&broken), Some(Cause::ValueNotFinite));
        let _ = recorder.rerun(Step(1));
        let later = StepRecord { step: Step(2), ..broken };
        assert_eq!(recorder.sees(&later), None, "once is enough");
    }

    #[test]
    fn a_resumed_recorder_raises_the_alarms_of_one_that_never_stopped() {
        let losses: Vec<f32> = [2.3, 386.4].into_iter().chain((3..400).map(healthy)).collect();
        let record = |step: u64| StepRecord { loss: Some(losses[step as usize - 1]), ..StepRecord::unmeasured(step) };
        for stop in [1, 2, 20, 70, 150] {
            let mut straight = FlightRecorder::<Mlp>::new(Some(64), FlightState::default(), Vec::new());
            for step in 1..=stop {
                if straight.sees(&record(step)).is_some() {
                    let _ = straight.rerun(Step(step));
                }
            }
            let line = serde_json::to_string(&straight.past()).unwrap();
            let mut resumed = FlightRecorder::<Mlp>::new(Some(64), serde_json::from_str(&line).unwrap(), Vec::new());
            for step in stop + 1..400 {
                let (alarm, again) = (straight.sees(&record(step)), resumed.sees(&record(step)));
                assert_eq!(alarm, again, "stopped after {stop}, at {step}");
                if alarm.is_some() {
                    let _ = (straight.rerun(Step(step)), resumed.rerun(Step(step)));
                }
            }
        }
    }

    #[test]
    fn a_recorder_that_is_off_says_nothing() {
        let mut recorder = FlightRecorder::<Mlp>::new(None, FlightState::default(), Vec::new());
        assert_eq!(recorder.sees(&StepRecord { loss: Some(f32::NAN), ..StepRecord::unmeasured(1) }), None);
        assert!(recorder.rerun(Step(1)).is_none());
    }
}
