//! How often a run takes a quantity, from its settings, and when that was taken which is shown, in words.
//!
//! ```text
//! measured     every m steps                   what costs next to nothing
//! counted      every lcm(m, h) steps           histograms and what comes with them
//! scheduled    every ⌈k/m⌉·m steps             what needs passes of its own; counted then too
//! budget       all of it when it can be paid
//! ```

use super::scene::{LaneRef, Scene};
use crate::config::{Measure, RunConfig};
use crate::history::Taken;
use crate::number;
use crate::quantity::{Cadence, Quantity};
use crate::units::Step;

/// `every 200 steps`; `None` where that is every step, or not known, or never.
pub(super) fn words(config: Option<&RunConfig>, cadence: Cadence) -> Option<String> {
    let config = config?;
    let every = every(config, cadence)?;
    Some(match (config.budget(), cadence) {
        (Some(share), Cadence::Always) => format!("within {}", number::percent(share)),
        (Some(_), _) => format!("every {} steps at most", number::count(every)),
        (None, _) if every == 1 => return None,
        (None, _) => format!("every {} steps", number::count(every)),
    })
}

/// Steps from one time to the next, a budget aside; `None` = never.
fn every(config: &RunConfig, cadence: Cadence) -> Option<u64> {
    let measured = match config.measure {
        Measure::Every(steps) => steps.max(1),
        Measure::Auto => 1,
    };
    match cadence {
        Cadence::Always => Some(measured),
        Cadence::Counted => match config.histograms {
            Some(every) if config.budget().is_none() => Some(least_common_multiple(measured, every.max(1))),
            _ => self::every(config, Cadence::Scheduled),
        },
        Cadence::Scheduled => config.detail.map(|every| every.max(1).div_ceil(measured) * measured),
    }
}

/// The next step after this one at which histograms are counted; `None` where that is never, or a budget decides.
pub(super) fn next_histogram(config: &RunConfig, newest: Step) -> Option<Step> {
    let every = every(config, Cadence::Counted).filter(|_| config.budget().is_none())?;
    Some(Step(newest.0.saturating_sub(1) / every * every + every + 1))
}

/// `of step 401`, where something was taken at another step than the one that is shown.
pub(super) fn of_step(taken: Taken, shown: Step) -> Option<String> {
    match taken {
        Taken::At(step) if step == shown => None,
        Taken::At(step) => Some(format!("of step {}", number::count(step.0))),
        Taken::Within(first, last) => Some(format!("of steps {}–{}", number::count(first.0), number::count(last.0))),
    }
}

/// The same of a quantity of a lane at the step at which it is shown.
pub(super) fn of_shown_step(scene: &Scene, lane: &LaneRef<'_>, quantity: Quantity) -> Option<String> {
    let shown = scene.shown_step(lane)?;
    of_step(lane.history.taken(quantity, shown)?, shown)
}

fn least_common_multiple(a: u64, b: u64) -> u64 {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (a / divisor.max(1)).saturating_mul(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Budget;

    fn config(measure: u64, histograms: Option<u64>, detail: Option<u64>) -> RunConfig {
        RunConfig { measure: Measure::Every(measure), histograms, detail, ..RunConfig::default() }
    }

    #[test]
    fn what_is_taken_on_every_step_is_not_worth_a_word_and_the_rest_says_how_often() {
        let said = |config: &RunConfig| {
            [Cadence::Always, Cadence::Counted, Cadence::Scheduled]
                .map(|cadence| words(Some(config), cadence).unwrap_or_default())
        };
        assert_eq!(said(&config(1, Some(10), Some(200))), ["", "every 10 steps", "every 200 steps"]);
        assert_eq!(said(&config(3, Some(10), Some(200))), ["every 3 steps", "every 30 steps", "every 201 steps"]);
        assert_eq!(said(&config(1, None, Some(1_000))), ["", "every 1,000 steps", "every 1,000 steps"]);
        assert_eq!(said(&config(1, Some(1), None)), ["", "", ""]);
        let bounded = RunConfig { budget: Some(Budget(0.02)), ..config(1, Some(10), Some(200)) };
        assert_eq!(said(&bounded), ["within 2.0 %", "every 200 steps at most", "every 200 steps at most"]);
        assert_eq!(words(None, Cadence::Scheduled), None);
    }

    #[test]
    fn the_next_histogram_comes_after_the_newest_step() {
        let next = |config: &RunConfig, newest| next_histogram(config, Step(newest)).map(|step| step.0);
        let every_ten = config(1, Some(10), None);
        assert_eq!([1, 10, 11].map(|newest| next(&every_ten, newest)), [Some(11), Some(11), Some(21)]);
        assert_eq!(next(&config(1, None, None), 5), None);
        assert_eq!(next(&RunConfig { budget: Some(Budget(0.02)), ..every_ten }, 5), None);
    }

    #[test]
    fn only_another_step_than_the_one_shown_is_named() {
        assert_eq!(of_step(Taken::At(Step(401)), Step(401)), None);
        assert_eq!(of_step(Taken::At(Step(401)), Step(577)).as_deref(), Some("of step 401"));
        let bucket = Taken::Within(Step(1_025), Step(1_040));
        assert_eq!(of_step(bucket, Step(1_030)).as_deref(), Some("of steps 1,025–1,040"));
    }
}
