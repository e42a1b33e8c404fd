//! Which steps are looked at, and how closely: the same for all lanes, so that columns compare.
//!
//! ```text
//! credit ← credit + budget · step time − measuring time      per lane and step
//! look when the credit pays for what the last look cost      the first step is always looked at
//! ```
//!
//! The share of measuring in the time of all steps then stays below the budget but for the first look, which is paid
//! back. A quarter of the budget is put aside for the costly quantities, which would otherwise never be due.

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
/// A look at every detail costs about so many steps (`cargo bench --bench step`), as long as none was taken.
const FIRST_GUESS: f64 = 10.0;
/// Change of the distance between two looks that is worth a note.
const NOTABLE: u64 = 2;

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
    decided: VecDeque<(Step, Look)>,
    /// Nanoseconds that looking may take now, for what is always taken and for the details.
    credit: [f64; 2],
    /// Nanoseconds that one lane's last look took, of either kind.
    cost: [Option<f64>; 2],
    /// Nanoseconds of one lane's last step, looking left out.
    step_ns: f64,
    last_look: Option<Step>,
    last_detail: Option<Step>,
    /// Steps between two looks when that was last noted.
    noted: u64,
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
        let state = Mutex::new(State { noted: every, ..State::default() });
        Self {
            every,
            detail: config.detail,
            histograms: config.histograms,
            budget: config.budget(),
            lanes: config.lanes.len() as f64,
            state,
        }
    }

    /// How closely a lane looks at a step. The first lane that asks decides for all.
    pub(super) fn look(&self, step: Step) -> Decision {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, look)) = state.decided.iter().find(|(decided, _)| *decided == step) {
            return Decision { look: *look, note: None };
        }
        let look = self.decide(&state, step);
        let note = if look == Look::Away { None } else { self.note(&mut state, step) };
        if look == Look::Detail {
            state.last_detail = Some(step);
        }
        if state.decided.len() == REMEMBERED {
            state.decided.pop_front();
        }
        state.decided.push_back((step, look));
        Decision { look, note }
    }

    fn decide(&self, state: &State, step: Step) -> Look {
        if self.budget.is_none() && !(step.0 - 1).is_multiple_of(self.every) {
            return Look::Away;
        }
        if state.last_look.is_some_and(|last| step.0 < last.0 + self.every) || !self.can_pay(state, step, 0) {
            return Look::Away;
        }
        let is_due = self.detail.is_some_and(|every| state.last_detail.is_none_or(|last| step.0 >= last.0 + every));
        let is_counted = self.histograms.is_some_and(|every| (step.0 - 1).is_multiple_of(every));
        match () {
            () if is_due && self.can_pay(state, step, 1) => Look::Detail,
            // Within a budget they come with the details.
            () if is_counted && self.budget.is_none() => Look::Histograms,
            () => Look::Everything,
        }
    }

    /// Whether the credit pays for one look of every lane.
    fn can_pay(&self, state: &State, step: Step, kind: usize) -> bool {
        if self.budget.is_none() || kind == 0 && step == Step::FIRST {
            return true;
        }
        let cost = state.cost[kind].unwrap_or(if kind == 0 { 0.0 } else { FIRST_GUESS * state.step_ns });
        step > Step::FIRST && state.credit[kind] >= cost * self.lanes
    }

    /// Says how often the layers are looked at, when that changes a good deal.
    fn note(&self, state: &mut State, step: Step) -> Option<String> {
        let gap = state.last_look.map(|last| step.0 - last.0);
        state.last_look = Some(step);
        let (gap, budget) = (gap?, self.budget?);
        if gap < state.noted * NOTABLE && gap * NOTABLE > state.noted {
            return None;
        }
        state.noted = gap;
        Some(format!(
            "budget {}: the layers are measured about every {} steps",
            number::percent(budget),
            number::count(gap)
        ))
    }

    /// Takes in what a lane's step took.
    pub(super) fn tell(&self, look: Look, step_ns: u64, taken: &Taken) {
        let Some(budget) = self.budget else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = taken.measuring.as_nanos() as f64;
        state.step_ns = step_ns as f64 - spent;
        state.credit[0] += ALWAYS_SHARE * budget * step_ns as f64;
        state.credit[1] += (1.0 - ALWAYS_SHARE) * budget * step_ns as f64;
        match look {
            Look::Away | Look::Gradients => {}
            Look::Everything | Look::Histograms => {
                state.credit[0] -= spent;
                state.cost[0] = Some(spent);
            }
            Look::Detail => {
                // A part of it is what is always taken.
                let always = state.cost[0].unwrap_or(0.0).min(spent);
                state.credit[0] -= always;
                state.credit[1] -= spent - always;
                state.cost[1] = Some(spent - always);
            }
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
                schedule.tell(look, 1000 + cost, &taken(cost));
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
