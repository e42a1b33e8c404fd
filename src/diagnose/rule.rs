//! What a rule is: its definition for the reader, and the judge that it makes for each lane.

use super::lane_step::LaneStep;
use super::missing::Missing;
use super::symptom::Symptom;
use crate::quantity::Quantity;

/// A rule with everything that is said about it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RuleDefinition {
    /// Its name, which a finding begins with.
    pub name: &'static str,
    /// What it finds, in one sentence.
    pub meaning: &'static str,
    /// What it computes.
    pub formula: &'static str,
    /// The limits of that.
    pub thresholds: &'static [Threshold],
    /// Why it happens.
    pub cause: &'static str,
    /// What helps.
    pub remedy: &'static str,
    /// The quantities without which it cannot judge.
    pub needs: &'static [Quantity],
    /// The judge of one lane.
    pub(super) judge: fn() -> Box<dyn Rule>,
}

/// Two definitions are equal if they have the same name.
impl PartialEq for RuleDefinition {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A limit of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// What is compared with it.
    pub name: &'static str,
    /// The limit.
    pub value: f64,
    /// Where it comes from.
    pub source: &'static str,
}

/// Judges one lane, step by step.
pub(super) trait Rule: Send {
    /// Judges the next measured step; each step comes once, in order.
    fn judge(&mut self, step: &LaneStep<'_>) -> Verdict;
}

/// A rule's answer about one step.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// The rule has looked and found nothing.
    Clear,
    /// It has found something.
    Found(Symptom),
    /// It cannot tell yet.
    TooEarly(Missing),
}
