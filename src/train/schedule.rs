//! Which steps are looked at, and how closely: the same for all lanes, so that columns compare.
//!
//! ```text
//! credit ← credit + share · budget · step time − measuring time      per account, lane and step
//! look when nothing is owed                                          the first step and the last are always looked at
//! ```
//!
//! What a look will take is put down as owed when it is decided, because lanes tell what it took at different times. The
//! share of measuring in the time of all steps then stays below the budget but for the first look, which is paid back.
//! Three accounts split the budget ([`account`]): what is always taken, histograms, and the costly quantities; the last two
//! are taken once theirs pays for them.

mod account;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use account::{Accounts, CostPart, Nanoseconds};

use super::checkpoint::LookedAt;
use super::stepper::{Look, StepOutput};
use crate::config::RunConfig;
use crate::number;
use crate::units::Step;

/// Decisions remembered: lanes are at most two steps apart.
const REMEMBERED: usize = 8;
/// Part of the budget that is used: the last look may still be owed.
const USED: f64 = 0.95;
/// Looks whose mean distance is compared with what a person was told: so many at first, then twice as many each time.
const WINDOW: u64 = 16;
/// Change of that mean that is worth a note.
const NOTABLE: f64 = 2.0;

/// Shared by all lanes of a run.
#[derive(Debug)]
pub(super) struct Schedule {
    every: u64,
    detail: Option<u64>,
    histograms: Option<u64>,
    budget: Option<f64>,
    /// The last step, where it is known.
    last: Option<Step>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Lanes that still train.
    lanes: u32,
    decided: VecDeque<Decided>,
    accounts: Accounts,
    looked: LookedAt,
    rate: Rate,
}

/// How often the layers are looked at.
#[derive(Debug, Default)]
struct Rate {
    /// Looks since `since`.
    looks: u64,
    since: Step,
    window: u64,
    /// Steps with histograms, and with details, since the start.
    counted: u64,
    detailed: u64,
    /// Steps between two looks at each part, as a person was told; `None` = not yet known.
    told: [Option<f64>; CostPart::COUNT],
}

#[derive(Clone, Copy, Debug)]
struct Decided {
    step: Step,
    look: Look,
    turn: Turn,
    /// What was put down for one lane.
    owed: [Nanoseconds; CostPart::COUNT],
    /// When the layers were last looked at, this step included.
    looked: LookedAt,
}

/// What a step is looked at with, and what a person should know of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    pub(super) look: Look,
    pub(super) turn: Turn,
    pub(super) note: Option<String>,
}

/// Why the layers are looked at on a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// By the schedule.
    Due,
    /// The run ends with it: a run of more steps does not look there, and goes on as if this one had not.
    Last,
}

impl Schedule {
    pub(super) fn new(config: &RunConfig) -> Self {
        let every = config.measure.steps();
        let state = Mutex::new(State {
            lanes: u32::try_from(config.lanes.len()).unwrap_or(u32::MAX),
            rate: Rate { window: WINDOW, told: [Some(every as f64), None, None], ..Rate::default() },
            ..State::default()
        });
        let RunConfig { detail, histograms, .. } = *config;
        Self { every, detail, histograms, budget: config.budget(), last: None, state }
    }

    /// The same for a run that ends with this step.
    pub(super) fn ending_with(self, last: Step) -> Self {
        Self { last: Some(last), ..self }
    }

    /// The schedule of a run that goes on after a step.
    pub(super) fn resumed(config: &RunConfig, after: Step, looked: LookedAt) -> Self {
        let schedule = Self::new(config);
        {
            let mut state = schedule.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.looked = looked;
            state.rate.since = after;
        }
        schedule
    }

    /// When the layers had last been looked at by the end of a step of late.
    pub(super) fn looked(&self, step: Step) -> LookedAt {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.decided.iter().find(|decided| decided.step == step).map_or(state.looked, |decided| decided.looked)
    }

    /// How closely a lane looks at a step. The first lane that asks decides for all.
    pub(super) fn look(&self, step: Step) -> Decision {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decided) = state.decided.iter().find(|decided| decided.step == step) {
            return Decision { look: decided.look, turn: decided.turn, note: None };
        }
        let (look, turn) = self.decide(&state, step);
        let lanes = state.lanes;
        let owed = state.accounts.put_down(look, lanes);
        if look.is_at_layers() {
            if turn == Turn::Due {
                state.looked.layers = Some(step);
            }
            state.rate.looks += 1;
        }
        if look.counts() {
            state.looked.histograms = Some(step);
            state.rate.counted += 1;
        }
        if look == Look::Detail {
            state.looked.detail = Some(step);
            state.rate.detailed += 1;
        }
        let note = self.note(&mut state, step);
        if state.decided.len() == REMEMBERED {
            state.decided.pop_front();
        }
        let looked = state.looked;
        state.decided.push_back(Decided { step, look, turn, owed, looked });
        Decision { look, turn, note }
    }

    fn decide(&self, state: &State, step: Step) -> (Look, Turn) {
        let is_bounded = self.budget.is_some();
        let is_turn = match state.looked.layers {
            Some(last) if is_bounded => step.0 >= last.0 + self.every,
            _ => (step.0 - 1).is_multiple_of(self.every),
        };
        let is_paid = |part| !is_bounded || state.accounts.pays(part, state.lanes);
        if !is_turn || !is_paid(CostPart::Always) {
            // How it ended is always known.
            return if self.last == Some(step) { (Look::Everything, Turn::Last) } else { (Look::Away, Turn::Due) };
        }
        let is_due = |every: Option<u64>, last: Option<Step>| {
            every.is_some_and(|every| last.is_none_or(|last| step.0 >= last.0 + every))
        };
        let is_counted = if is_bounded {
            is_due(self.histograms, state.looked.histograms)
        } else {
            self.histograms.is_some_and(|every| (step.0 - 1).is_multiple_of(every))
        };
        let look = match () {
            () if is_due(self.detail, state.looked.detail) && is_paid(CostPart::Details) => Look::Detail,
            () if is_counted && is_paid(CostPart::Histograms) => Look::Histograms,
            () => Look::Everything,
        };
        (look, Turn::Due)
    }

    /// Says what the budget leaves out: at the start, and when it settles on another rate.
    fn note(&self, state: &mut State, step: Step) -> Option<String> {
        let budget = number::percent(self.budget?);
        if step == Step::FIRST {
            return Some(format!(
                "budget {budget}: steps are measured, and costly quantities taken, as far as it pays"
            ));
        }
        let rate = &mut state.rate;
        if rate.looks < rate.window {
            return None;
        }
        let looked = (step.0 - rate.since.0) as f64 / rate.looks as f64;
        (rate.looks, rate.since, rate.window) = (0, step, rate.window * 2);
        let so_far = |taken: u64| (taken > 0).then(|| step.0 as f64 / taken as f64);
        let now = [Some(looked), so_far(rate.counted), so_far(rate.detailed)];
        let is_told = |(told, now): (&Option<f64>, &Option<f64>)| match (told, now) {
            (Some(told), Some(now)) => (told / NOTABLE..told * NOTABLE).contains(now),
            (told, now) => told.is_none() && now.is_none(),
        };
        if state.rate.told.iter().zip(&now).all(is_told) {
            return None;
        }
        state.rate.told = now;
        let steps = |gap: f64| number::count(gap.round() as u64);
        let seldom = |name: &str, every: Option<u64>, gap: Option<f64>| match (every, gap) {
            (None, _) => String::new(),
            (Some(_), Some(gap)) => format!(", {name} about every {}", steps(gap)),
            (Some(_), None) => format!(", no {name} yet"),
        };
        let histograms = seldom("histograms", self.histograms, now[CostPart::Histograms as usize]);
        let details = seldom("costly quantities", self.detail, now[CostPart::Details as usize]);
        Some(format!("budget {budget}: layers measured about every {} steps{histograms}{details}", steps(looked)))
    }

    /// Takes in what a lane's step took.
    pub(super) fn tell(&self, step: Step, step_ns: u64, taken: &StepOutput) {
        let Some(budget) = self.budget else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = taken.measuring.as_nanos() as f64;
        state.accounts.earn(USED * budget, step_ns as f64, spent);
        let decided = state.decided.iter().copied().find(|decided| decided.step == step);
        if let Some(Decided { look, owed, .. }) = decided {
            state.accounts.settle(look, owed, spent);
        }
    }

    /// A lane that ended after a step will tell no more: what was put down for it is given back.
    pub(super) fn leave(&self, last: Step) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { accounts, decided, lanes, .. } = &mut *state;
        decided.iter().filter(|decided| decided.step > last).for_each(|decided| accounts.give_back(decided.owed));
        *lanes = lanes.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
