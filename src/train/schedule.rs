//! Decides which steps are measured, and in how much detail: the same for all lanes, so that columns can be compared.
//!
//! ```text
//! credit ← credit + share · budget · step time − measuring time      per account, lane and step
//! measure when the credit is not negative                            the first step and the last are always measured
//! ```
//!
//! The expected cost of a measurement is charged when it is decided, because lanes report their times later. The share
//! of measuring in the time of all steps then stays below the budget, except for the first step, which is paid back.
//! Each [`Measurement`] has an account with its share of the budget ([`account`]); everything that costs more than the
//! layers is measured when its account can pay for it.

mod account;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use account::{Accounts, Nanoseconds};

use crate::config::RunConfig;
use crate::measurement::{Intervals, LastMeasured, Measurement};
use crate::number;
use crate::units::Step;

/// Number of remembered decisions: lanes are at most two steps apart.
const REMEMBERED: usize = 8;
/// Part of the budget that is used: the last measurement may not be paid yet.
const USED: f64 = 0.95;
/// Number of measured steps whose mean distance is compared with the last note; it doubles each time.
const WINDOW: u64 = 16;
/// Change of that mean that is worth a note.
const NOTABLE: f64 = 2.0;

/// The schedule, shared by all lanes of a run.
#[derive(Debug)]
pub(super) struct Schedule {
    intervals: Intervals,
    budget: Option<f64>,
    /// The last step, if it is known.
    last: Option<Step>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Number of lanes that still train.
    lanes: u32,
    decided: VecDeque<Decided>,
    accounts: Accounts,
    looked: LastMeasured,
    rate: Rate,
}

/// How often each part was measured.
#[derive(Debug, Default)]
struct Rate {
    /// Measured steps since `since`.
    recent: u64,
    since: Step,
    window: u64,
    /// Measured steps since the start, per part.
    counts: [u64; Measurement::COUNT],
    /// Steps between two measurements of each part in the last note; `None` = not known yet.
    noted: [Option<f64>; Measurement::COUNT],
}

#[derive(Clone, Copy, Debug)]
struct Decided {
    step: Step,
    measured: Option<Measurement>,
    turn: Turn,
    /// The amounts charged for one lane.
    owed: [Nanoseconds; Measurement::COUNT],
    /// When each part was last measured, including this step.
    looked: LastMeasured,
}

/// What is measured of a step, and a note for the user.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    pub(super) measured: Option<Measurement>,
    pub(super) turn: Turn,
    pub(super) note: Option<String>,
}

/// Why a step is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is due by the schedule.
    Due,
    /// The run ends with it: a longer run does not measure it, and continues as if this one had not.
    Last,
}

impl Schedule {
    pub(super) fn new(config: &RunConfig) -> Self {
        let intervals = config.intervals();
        let state = Mutex::new(State {
            lanes: u32::try_from(config.lanes.len()).unwrap_or(u32::MAX),
            rate: Rate { window: WINDOW, noted: [Some(intervals.layers as f64), None, None], ..Rate::default() },
            ..State::default()
        });
        Self { intervals, budget: config.budget(), last: None, state }
    }

    /// The same for a run that ends with this step.
    pub(super) fn ending_with(self, last: Step) -> Self {
        Self { last: Some(last), ..self }
    }

    /// The schedule of a run that continues after a step.
    pub(super) fn resumed(config: &RunConfig, after: Step, looked: LastMeasured) -> Self {
        let schedule = Self::new(config);
        {
            let mut state = schedule.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.looked = looked;
            state.rate.since = after;
        }
        schedule
    }

    /// When each part had last been measured at the end of a recent step.
    pub(super) fn looked(&self, step: Step) -> LastMeasured {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.decided.iter().find(|decided| decided.step == step).map_or(state.looked, |decided| decided.looked)
    }

    /// What is measured of a step. The first lane that asks decides for all lanes.
    pub(super) fn decide(&self, step: Step) -> Decision {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decided) = state.decided.iter().find(|decided| decided.step == step) {
            return Decision { measured: decided.measured, turn: decided.turn, note: None };
        }
        let (measured, turn) = self.measured(&state, step);
        let lanes = state.lanes;
        let owed = state.accounts.put_down(measured, lanes);
        for part in Measurement::ALL.into_iter().filter(|part| measured >= Some(*part)) {
            if turn == Turn::Due {
                *state.looked.of_mut(part) = Some(step);
            }
            state.rate.counts[part as usize] += 1;
        }
        state.rate.recent += u64::from(measured.is_some());
        let note = self.note(&mut state, step);
        if state.decided.len() == REMEMBERED {
            state.decided.pop_front();
        }
        let looked = state.looked;
        state.decided.push_back(Decided { step, measured, turn, owed, looked });
        Decision { measured, turn, note }
    }

    fn measured(&self, state: &State, step: Step) -> (Option<Measurement>, Turn) {
        let is_bounded = self.budget.is_some();
        let is_due = |part| self.intervals.is_due(part, step, state.looked.of(part));
        let is_paid = |part| !is_bounded || state.accounts.pays(part, state.lanes);
        let is_measured = |part| is_due(part) && is_paid(part);
        if !is_measured(Measurement::Layers) {
            // The end of a run is always measured.
            let is_last = self.last == Some(step);
            return if is_last { (Some(Measurement::Layers), Turn::Last) } else { (None, Turn::Due) };
        }
        let closest = [Measurement::Costly, Measurement::Histograms].into_iter().find(|part| is_measured(*part));
        (closest.or(Some(Measurement::Layers)), Turn::Due)
    }

    /// A note on what the budget leaves out: at the start, and when the rate changes.
    fn note(&self, state: &mut State, step: Step) -> Option<String> {
        let budget = number::percent(self.budget?);
        if step == Step::FIRST {
            return Some(format!("budget {budget}: layers and costly quantities are measured as often as it allows"));
        }
        let rate = &mut state.rate;
        if rate.recent < rate.window {
            return None;
        }
        let layers = (step.0 - rate.since.0) as f64 / rate.recent as f64;
        (rate.recent, rate.since, rate.window) = (0, step, rate.window * 2);
        let so_far = |part: Measurement| match rate.counts[part as usize] {
            0 => None,
            count => Some(step.0 as f64 / count as f64),
        };
        let now = [Some(layers), so_far(Measurement::Histograms), so_far(Measurement::Costly)];
        let is_noted = |(noted, now): (&Option<f64>, &Option<f64>)| match (noted, now) {
            (Some(noted), Some(now)) => (noted / NOTABLE..noted * NOTABLE).contains(now),
            (noted, now) => noted.is_none() && now.is_none(),
        };
        if rate.noted.iter().zip(&now).all(is_noted) {
            return None;
        }
        rate.noted = now;
        let steps = |gap: f64| number::count(gap.round() as u64);
        let seldom = |part: Measurement, every: Option<u64>| match (every, now[part as usize]) {
            (None, _) => String::new(),
            (Some(_), Some(gap)) => format!(", {} about every {}", part.definition().name, steps(gap)),
            (Some(_), None) => format!(", no {} yet", part.definition().name),
        };
        let histograms = seldom(Measurement::Histograms, self.intervals.histograms);
        let costly = seldom(Measurement::Costly, self.intervals.costly);
        Some(format!("budget {budget}: layers measured about every {} steps{histograms}{costly}", steps(layers)))
    }

    /// Records the times of a lane's step.
    pub(super) fn report(&self, step: Step, step_ns: u64, measuring: Duration) {
        let Some(budget) = self.budget else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = measuring.as_nanos() as f64;
        state.accounts.earn(USED * budget, step_ns as f64, spent);
        let decided = state.decided.iter().copied().find(|decided| decided.step == step);
        if let Some(Decided { measured: Some(measured), owed, .. }) = decided {
            state.accounts.settle(measured, owed, spent);
        }
    }

    /// A lane that ended after a step reports no more: its charges are returned.
    pub(super) fn leave(&self, last: Step) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { accounts, decided, lanes, .. } = &mut *state;
        decided.iter().filter(|decided| decided.step > last).for_each(|decided| accounts.give_back(decided.owed));
        *lanes = lanes.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
