//! What is measured of a step, how often, and which account of a budget pays for it: one row per part.
//!
//! ```text
//! layers        every m steps                  cost next to nothing
//! histograms    every lcm(m, h) steps          read all gradients again; also measured with the costly quantities
//! costly        every ⌈k/m⌉·m steps            need passes of their own
//! with a budget: each part when its own account can pay for it, at most this often
//! ```
//!
//! ```
//! use nablatop::measurement::Measurement;
//! use nablatop::quantity::Quantity;
//!
//! assert_eq!(Quantity::StableRank.definition().measured_with, Measurement::Costly);
//! assert_eq!(Quantity::GradNorm.definition().measured_with, Measurement::Layers);
//! ```

use serde::{Deserialize, Serialize};

use crate::units::Step;

/// A part of what is measured; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Measurement {
    /// Gradients, activations, signals, parameters and updates of every layer: they cost next to nothing.
    Layers,
    /// Distribution of the gradients, norms of every tensor, distance from the initial parameters: they read memory
    /// that training does not touch otherwise.
    Histograms,
    /// Quantities that need passes of their own: signal to noise, coherence, shatter, stable rank.
    Costly,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub(crate) struct Definition {
    /// Its name in sentences, in the plural.
    pub(crate) name: &'static str,
    /// The setting of its interval.
    pub(crate) setting: &'static str,
    /// Default number of steps between two measurements.
    pub(crate) default_interval: u64,
    /// Share of a budget that its account receives: the largest for the heatmap that grows step by step; of the rest
    /// more for the costly quantities, which are rare anyway.
    pub(crate) budget_share: f64,
    /// Assumed cost in steps before the first measurement: twice what `cargo bench --bench step` shows.
    pub(crate) expected_cost: f64,
}

impl Measurement {
    /// Number of rows.
    pub const COUNT: usize = 3;

    /// All of them, in their order.
    pub const ALL: [Self; Self::COUNT] = [Self::Layers, Self::Histograms, Self::Costly];

    /// Its row.
    #[must_use]
    pub(crate) const fn definition(self) -> Definition {
        match self {
            Self::Layers => Definition {
                name: "layers",
                setting: "measure",
                default_interval: 1,
                budget_share: 0.75,
                expected_cost: 0.0,
            },
            Self::Histograms => Definition {
                name: "histograms",
                setting: "histograms",
                default_interval: 10,
                budget_share: 0.1,
                expected_cost: 0.4,
            },
            Self::Costly => Definition {
                name: "costly quantities",
                setting: "detail",
                default_interval: 200,
                budget_share: 0.15,
                expected_cost: 20.0,
            },
        }
    }
}

/// The steps on which each part was last measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMeasured {
    /// The last measured step.
    pub(crate) layers: Option<Step>,
    /// The last step with histograms.
    pub(crate) histograms: Option<Step>,
    /// The last step with the costly quantities.
    #[serde(rename = "detail")]
    pub(crate) costly: Option<Step>,
}

impl LastMeasured {
    /// The step of a part.
    #[must_use]
    pub fn of(&self, part: Measurement) -> Option<Step> {
        match part {
            Measurement::Layers => self.layers,
            Measurement::Histograms => self.histograms,
            Measurement::Costly => self.costly,
        }
    }

    /// The step of a part, to be set.
    pub fn of_mut(&mut self, part: Measurement) -> &mut Option<Step> {
        match part {
            Measurement::Layers => &mut self.layers,
            Measurement::Histograms => &mut self.histograms,
            Measurement::Costly => &mut self.costly,
        }
    }
}

/// How often each part is measured in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intervals {
    /// Steps from one measured step to the next, at least 1.
    pub(crate) layers: u64,
    /// Steps between two histograms; `None` = only with the costly quantities.
    pub(crate) histograms: Option<u64>,
    /// Steps between two times that the costly quantities are measured; `None` = never.
    pub(crate) costly: Option<u64>,
    /// Whether a budget limits measuring: then each part is measured at most that often.
    pub(crate) is_bounded: bool,
}

impl Intervals {
    /// Whether a part is due at a step, by the schedule alone; `last` is the step on which it was last measured.
    #[must_use]
    pub fn is_due(self, part: Measurement, step: Step, last: Option<Step>) -> bool {
        let since_last = |every: u64| last.is_none_or(|last| step.0 >= last.0 + every);
        let at_multiples = |every: u64| (step.0 - 1).is_multiple_of(every);
        match (part, self.is_bounded) {
            (Measurement::Layers, true) if last.is_some() => since_last(self.layers),
            (Measurement::Layers, _) => at_multiples(self.layers),
            (Measurement::Histograms, true) => self.histograms.is_some_and(since_last),
            (Measurement::Histograms, false) => self.histograms.is_some_and(at_multiples),
            (Measurement::Costly, _) => self.costly.is_some_and(since_last),
        }
    }

    /// Steps between two measurements, or the minimum if a budget limits measuring; `None` = never.
    #[must_use]
    pub fn every(self, part: Measurement) -> Option<u64> {
        match part {
            Measurement::Layers => Some(self.layers),
            Measurement::Histograms => [self.histograms_alone(), self.costly_alone()].into_iter().flatten().min(),
            Measurement::Costly => self.costly_alone(),
        }
    }

    /// The next step after this one on which a part is measured; `None` if there is none, or a budget decides.
    #[must_use]
    pub fn next(self, part: Measurement, after: Step) -> Option<Step> {
        if self.is_bounded {
            return None;
        }
        let next = |every: u64| Step(after.0.saturating_sub(1) / every * every + every + 1);
        match part {
            Measurement::Layers => Some(next(self.layers)),
            Measurement::Histograms => {
                [self.histograms_alone(), self.costly_alone()].into_iter().flatten().map(next).min()
            }
            Measurement::Costly => self.costly_alone().map(next),
        }
    }

    /// The setting that determines how often histograms are measured, as [`Self::every`] says.
    #[must_use]
    pub fn histograms_follow(self) -> Measurement {
        match (self.histograms_alone(), self.costly_alone()) {
            (Some(alone), Some(costly)) if costly < alone => Measurement::Costly,
            (None, Some(_)) => Measurement::Costly,
            _ => Measurement::Histograms,
        }
    }

    /// The interval of histograms, not counting those that come with the costly quantities.
    fn histograms_alone(self) -> Option<u64> {
        let every = self.histograms?.max(1);
        Some(if self.is_bounded { every.max(self.layers) } else { least_common_multiple(self.layers, every) })
    }

    fn costly_alone(self) -> Option<u64> {
        let every = self.costly?.max(1);
        // With a budget the measured steps have no fixed distance.
        Some(if self.is_bounded { every.max(self.layers) } else { every.div_ceil(self.layers) * self.layers })
    }
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

    #[test]
    fn what_is_announced_is_what_is_due() {
        for (layers, histograms, costly) in [
            (1, Some(10), Some(200)),
            (3, Some(10), Some(20)),
            (4, None, Some(6)),
            (7, Some(5), None),
            (2, Some(300), Some(8)),
        ] {
            let intervals = Intervals { layers, histograms, costly, is_bounded: false };
            let mut last = [None; Measurement::COUNT];
            let mut steps: [Vec<u64>; Measurement::COUNT] = Default::default();
            for step in (1..=1_000).map(Step) {
                if !intervals.is_due(Measurement::Layers, step, last[0]) {
                    continue;
                }
                let is_costly = intervals.is_due(Measurement::Costly, step, last[2]);
                let is_counted = is_costly || intervals.is_due(Measurement::Histograms, step, last[1]);
                for (part, is_taken) in Measurement::ALL.into_iter().zip([true, is_counted, is_costly]) {
                    if is_taken {
                        last[part as usize] = Some(step);
                        steps[part as usize].push(step.0);
                    }
                }
            }
            for part in [Measurement::Layers, Measurement::Costly] {
                let gaps = steps[part as usize].windows(2).map(|pair| pair[1] - pair[0]);
                assert!(gaps.clone().all(|gap| Some(gap) == intervals.every(part)), "{intervals:?} {part:?}");
            }
            for part in Measurement::ALL {
                for pair in steps[part as usize].windows(2) {
                    assert_eq!(intervals.next(part, Step(pair[0])), Some(Step(pair[1])), "{intervals:?} {part:?}");
                }
            }
        }
    }

    #[test]
    fn the_next_histogram_comes_after_any_step_with_the_costly_quantities_or_by_its_own_schedule() {
        let next = |histograms, costly, after: &[u64]| -> Vec<Option<u64>> {
            let intervals = Intervals { layers: 1, histograms, costly, is_bounded: false };
            let next = |after: &u64| intervals.next(Measurement::Histograms, Step(*after)).map(|step| step.0);
            after.iter().map(next).collect()
        };
        assert_eq!(next(Some(10), None, &[1, 10, 11]), [Some(11), Some(11), Some(21)]);
        assert_eq!(next(None, None, &[5]), [None]);
        let of_both = [Some(201), Some(301), Some(401), Some(601), Some(801)];
        assert_eq!(next(Some(300), Some(200), &[1, 201, 301, 401, 601]), of_both);
    }

    #[test]
    fn under_a_budget_no_next_step_is_known() {
        let intervals = Intervals { layers: 1, histograms: Some(10), costly: None, is_bounded: true };
        assert_eq!(intervals.next(Measurement::Histograms, Step(5)), None);
    }

    #[test]
    fn histograms_follow_the_more_frequent_schedule() {
        let setting = |histograms, costly| {
            let intervals = Intervals { layers: 1, histograms, costly, is_bounded: false };
            intervals.histograms_follow().definition().setting
        };
        assert_eq!([setting(Some(300), Some(200)), setting(Some(10), Some(200))], ["detail", "histograms"]);
    }
}
