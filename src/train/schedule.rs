//! Which steps are looked at, and how closely: the same for all lanes, so that columns compare.
//!
//! ```text
//! credit ← credit + budget · step time − measuring time      per lane and step
//! look when nothing is owed                                  the first step is always looked at
//! ```
//!
//! What a look will take is put down as owed when it is decided, because lanes tell what it took at different times. The
//! share of measuring in the time of all steps then stays below the budget but for the first look, which is paid back. A
//! quarter of the budget is put aside for the costly quantities, which are taken once it pays for them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::stepper::{Look, Taken};
use crate::config::{Measure, RunConfig};
use crate::number;
use crate::units::Step;

/// Decisions remembered: lanes are at most two steps apart.
const REMEMBERED: usize = 8;
/// Part of the budget for what is always taken; the rest is for the costly quantities.
const ALWAYS_SHARE: f64 = 0.75;
/// Part of the budget that is used: the last look may still be owed.
const USED: f64 = 0.95;
/// A look at every detail costs about so many steps (`cargo bench --bench step`), as long as none was taken.
const FIRST_GUESS: f64 = 10.0;
/// Weight of the newest distance between two looks in their running mean.
const NEWEST: f64 = 0.2;
/// Change of that mean that is worth a note.
const NOTABLE: f64 = 2.0;

/// Shared by all lanes of a run.
#[derive(Debug)]
pub(super) struct Schedule {
    every: u64,
    detail: Option<u64>,
    histograms: Option<u64>,
    budget: Option<f64>,
    lanes: f64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    decided: VecDeque<Decided>,
    /// What is always taken, and the details.
    always: Account,
    details: Account,
    /// Nanoseconds of one lane's last step, looking left out.
    step_ns: f64,
    last_look: Option<Step>,
    last_detail: Option<Step>,
    /// Running mean of the steps between two looks, and what it was when that was last noted.
    gap: f64,
    noted: f64,
}

impl State {
    /// Nanoseconds that one lane's next look at the details will take.
    fn detail_cost(&self) -> f64 {
        self.details.cost.unwrap_or(FIRST_GUESS * self.step_ns)
    }
}

/// One part of the budget.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// Nanoseconds that looking may take now.
    credit: f64,
    /// Nanoseconds that one lane's last look took.
    cost: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Decided {
    step: Step,
    look: Look,
    /// Nanoseconds put down for one lane, of either account.
    owed: [f64; 2],
}

/// What a step is looked at with, and what a person should know of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decision {
    pub(super) look: Look,
    pub(super) note: Option<String>,
}

impl Schedule {
    pub(super) fn new(config: &RunConfig) -> Self {
        let every = match config.measure {
            Measure::Every(steps) => steps.max(1),
            Measure::Auto => 1,
        };
        let state = Mutex::new(State { gap: every as f64, noted: every as f64, ..State::default() });
        let RunConfig { detail, histograms, .. } = *config;
        Self { every, detail, histograms, budget: config.budget(), lanes: config.lanes.len() as f64, state }
    }

    /// How closely a lane looks at a step. The first lane that asks decides for all.
    pub(super) fn look(&self, step: Step) -> Decision {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decided) = state.decided.iter().find(|decided| decided.step == step) {
            return Decision { look: decided.look, note: None };
        }
        let look = self.decide(&state, step);
        let always = if look.is_at_layers() { state.always.cost.unwrap_or(0.0) } else { 0.0 };
        let details = if look == Look::Detail { state.detail_cost() } else { 0.0 };
        state.always.credit -= always * self.lanes;
        state.details.credit -= details * self.lanes;
        let note = if look == Look::Away { None } else { self.note(&mut state, step) };
        if look == Look::Detail {
            state.last_detail = Some(step);
        }
        if state.decided.len() == REMEMBERED {
            state.decided.pop_front();
        }
        state.decided.push_back(Decided { step, look, owed: [always, details] });
        Decision { look, note }
    }

    fn decide(&self, state: &State, step: Step) -> Look {
        let is_bounded = self.budget.is_some();
        let is_turn = match state.last_look {
            Some(last) if is_bounded => step.0 >= last.0 + self.every,
            _ => (step.0 - 1).is_multiple_of(self.every),
        };
        if !is_turn || is_bounded && state.always.credit < 0.0 {
            return Look::Away;
        }
        let is_due = self.detail.is_some_and(|every| state.last_detail.is_none_or(|last| step.0 >= last.0 + every));
        let is_paid = step > Step::FIRST && state.details.credit >= state.detail_cost() * self.lanes;
        let is_counted = self.histograms.is_some_and(|every| (step.0 - 1).is_multiple_of(every));
        match () {
            () if is_due && (!is_bounded || is_paid) => Look::Detail,
            // Within a budget they come with the details.
            () if is_counted && !is_bounded => Look::Histograms,
            () => Look::Everything,
        }
    }

    /// Says how often the layers are looked at, when that changes a good deal.
    fn note(&self, state: &mut State, step: Step) -> Option<String> {
        let gap = state.last_look.map(|last| step.0 - last.0);
        state.last_look = Some(step);
        let budget = self.budget?;
        state.gap += NEWEST * (gap? as f64 - state.gap);
        if (state.noted / NOTABLE..state.noted * NOTABLE).contains(&state.gap) {
            return None;
        }
        state.noted = state.gap;
        let steps = number::count(state.gap.round() as u64);
        Some(format!("budget {}: the layers are measured about every {steps} steps", number::percent(budget)))
    }

    /// Takes in what a lane's step took.
    pub(super) fn tell(&self, step: Step, step_ns: u64, taken: &Taken) {
        let Some(budget) = self.budget else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = taken.measuring.as_nanos() as f64;
        state.step_ns = step_ns as f64 - spent;
        let earned = USED * budget * step_ns as f64;
        state.always.credit += ALWAYS_SHARE * earned;
        state.details.credit += (1.0 - ALWAYS_SHARE) * earned;
        let Some(Decided { look, owed, .. }) = state.decided.iter().copied().find(|decided| decided.step == step)
        else {
            return;
        };
        // A look at the details takes in what is always taken.
        let always = match look {
            Look::Away | Look::Gradients => return,
            Look::Everything | Look::Histograms => spent,
            Look::Detail => state.always.cost.unwrap_or(0.0).min(spent),
        };
        state.always.credit += owed[0] - always;
        state.details.credit += owed[1] - (spent - always);
        match look {
            Look::Detail => state.details.cost = Some(spent - always),
            _ => state.always.cost = Some(spent),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use Look::{Away, Detail, Everything, Histograms};

    use super::*;
    use crate::config::Budget;

    fn taken(measuring: u64) -> Taken {
        Taken { measuring: Duration::from_nanos(measuring), ..Taken::default() }
    }

    /// Looks at so many steps of two lanes, each step of 1,000 ns; a look takes 130, a detail 5,000 more.
    fn run(config: &RunConfig, steps: u64) -> (Vec<Look>, f64, Vec<String>) {
        let schedule = Schedule::new(config);
        let (mut looks, mut notes, mut spent, mut whole) = (Vec::new(), Vec::new(), 0, 0);
        for step in (1..=steps).map(Step) {
            for lane in 0..2 {
                let Decision { look, note } = schedule.look(step);
                notes.extend(note);
                let cost = match look {
                    Look::Away | Look::Gradients => 0,
                    Look::Everything | Look::Histograms => 130,
                    Look::Detail => 5130,
                };
                schedule.tell(step, 1000 + cost, &taken(cost));
                (spent, whole) = (spent + cost, whole + 1000 + cost);
                if lane == 0 {
                    looks.push(look);
                } else {
                    assert_eq!(look, looks[looks.len() - 1], "lanes look at the same steps");
                }
            }
        }
        (looks, spent as f64 / whole as f64, notes)
    }

    #[test]
    fn without_a_budget_steps_are_looked_at_as_written() {
        let config =
            RunConfig { measure: Measure::Every(3), detail: Some(6), histograms: Some(9), ..RunConfig::default() };
        let (looks, _, notes) = run(&config, 10);
        assert_eq!(looks, [Detail, Away, Away, Everything, Away, Away, Detail, Away, Away, Histograms]);
        assert!(notes.is_empty());
    }

    #[test]
    fn measuring_stays_within_its_budget_and_says_how_often_it_looks() {
        for percent in [1.0, 2.0, 5.0] {
            let config = RunConfig { budget: Some(Budget(percent / 100.0)), ..RunConfig::default() };
            let (looks, share, notes) = run(&config, 5000);
            assert!(share <= percent / 100.0 && share > 0.6 * percent / 100.0, "{percent} %: {share}");
            assert_eq!(looks[0], Look::Everything, "the first step is always looked at");
            assert!(looks.contains(&Look::Detail));
            assert!((1..10).contains(&notes.len()), "{notes:?}");
            assert!(notes[0].starts_with("budget ") && notes[0].contains("measured about every"));
        }
    }

    #[test]
    fn a_budget_never_looks_more_often_than_written() {
        let measure = Measure::Every(50);
        let config = RunConfig { measure, budget: Some(Budget(0.5)), detail: None, ..RunConfig::default() };
        let (looks, ..) = run(&config, 200);
        let looked: Vec<usize> = (0..200).filter(|step| looks[*step] != Look::Away).collect();
        assert_eq!(looked, [0, 50, 100, 150]);
    }
}
