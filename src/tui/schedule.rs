//! Words for how often a run measures a quantity, and for the step of the shown values.
//! The table itself is in `measurement.rs`.

use super::scene::{LaneRef, Scene};
use crate::config::RunConfig;
use crate::history::MeasuredAt;
use crate::measurement::Measurement;
use crate::number;
use crate::quantity::Quantity;
use crate::units::Step;

/// The same words at full length and for little room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) long: String,
    pub(super) short: String,
}

impl Wording {
    /// Both forms, of which the short one leaves out a word.
    fn around(before: &str, word: &str, after: &str) -> Self {
        Self { long: format!("{before}{word}{after}"), short: format!("{before}{after}") }
    }
}

/// `every 200 steps`; `None` if that is every step, unknown, or never.
pub(super) fn words(config: Option<&RunConfig>, cadence: Measurement) -> Option<Wording> {
    let config = config?;
    let every = config.intervals().every(cadence)?;
    let steps = || format!("every {}", number::count(every));
    Some(match config.budget() {
        Some(share) if cadence == Measurement::Layers || every == 1 => {
            Wording::around(&format!("budget {}", number::percent(share)), "", "")
        }
        Some(_) => Wording::around(&steps(), " steps", " at most"),
        None if every == 1 => return None,
        None => Wording::around(&steps(), " steps", ""),
    })
}

/// `at step 401`, if a value was measured on another step than the shown one.
pub(super) fn of_step(taken: MeasuredAt, shown: Step) -> Option<Wording> {
    match taken {
        MeasuredAt::At(step) if step == shown => None,
        MeasuredAt::At(step) => Some(Wording::around("at ", "step ", &number::count(step.0))),
        MeasuredAt::Within(first, last) => {
            let range = format!("{}–{}", number::count(first.0), number::count(last.0));
            Some(Wording::around("over ", "steps ", &range))
        }
    }
}

/// The same for a quantity of a lane at the shown step.
pub(super) fn of_shown_step(scene: &Scene, lane: &LaneRef<'_>, quantity: Quantity) -> Option<Wording> {
    let shown = scene.shown_step(lane)?;
    of_step(lane.history.taken(quantity, shown)?, shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Budget, Measure};

    fn config(measure: u64, histograms: Option<u64>, detail: Option<u64>) -> RunConfig {
        RunConfig { measure: Measure::Every(measure), histograms, detail, ..RunConfig::default() }
    }

    #[test]
    fn a_value_of_every_step_needs_no_word_and_any_other_says_how_often() {
        let said = |config: &RunConfig| {
            [Measurement::Layers, Measurement::Histograms, Measurement::Costly]
                .map(|cadence| words(Some(config), cadence).map_or_else(String::new, |words| words.long))
        };
        assert_eq!(said(&config(1, Some(10), Some(200))), ["", "every 10 steps", "every 200 steps"]);
        assert_eq!(said(&config(3, Some(10), Some(200))), ["every 3 steps", "every 30 steps", "every 201 steps"]);
        assert_eq!(said(&config(1, None, Some(1_000))), ["", "every 1,000 steps", "every 1,000 steps"]);
        assert_eq!(said(&config(1, Some(1), None)), ["", "", ""]);
        assert_eq!(said(&config(1, Some(300), Some(200))), ["", "every 200 steps", "every 200 steps"]);
        assert_eq!(words(None, Measurement::Costly), None);
    }

    #[test]
    fn under_a_budget_histograms_keep_a_schedule_of_their_own() {
        let said = |config: RunConfig, words_of: [&str; 3], flag: &str| {
            let bounded = RunConfig { budget: Some(Budget(0.02)), ..config };
            let words = [Measurement::Layers, Measurement::Histograms, Measurement::Costly]
                .map(|cadence| words(Some(&bounded), cadence).map_or_else(String::new, |words| words.long));
            assert_eq!(
                (words.each_ref().map(String::as_str), bounded.intervals().histograms_follow().definition().setting),
                (words_of, flag)
            );
        };
        let (share, tenth, rare) = ("budget 2.0 %", "every 10 steps at most", "every 200 steps at most");
        said(config(1, Some(10), Some(200)), [share, tenth, rare], "histograms");
        said(config(1, Some(10), None), [share, tenth, ""], "histograms");
        said(config(1, None, Some(200)), [share, rare, rare], "detail");
        said(config(20, Some(10), None), [share, "every 20 steps at most", ""], "histograms");
        said(config(1, Some(1), None), [share, share, ""], "histograms");
    }

    #[test]
    fn only_another_step_than_the_one_shown_is_named() {
        assert_eq!(of_step(MeasuredAt::At(Step(401)), Step(401)), None);
        let forms = |taken, shown| of_step(taken, Step(shown)).map(|words| (words.long, words.short));
        let both = |long: &str, short: &str| Some((long.to_owned(), short.to_owned()));
        assert_eq!(forms(MeasuredAt::At(Step(401)), 577), both("at step 401", "at 401"));
        let bucket = MeasuredAt::Within(Step(1_025), Step(1_040));
        assert_eq!(forms(bucket, 1_030), both("over steps 1,025–1,040", "over 1,025–1,040"));
    }
}
