//! What a rule is: its definition for the reader, and the judge that it makes for each lane.

use std::fmt;

use super::lane_step::LaneStep;
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

/// What a rule lacks; its `Display` follows "too early: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// A measured step.
    Step,
    /// A quantity that the run does not measure.
    Quantity(Quantity),
    /// A signal: the head sends back exactly 0.
    Signal,
    /// A second row to compare with.
    Depth,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step => f.write_str("no step was measured yet"),
            Self::Quantity(quantity) => write!(f, "{quantity} is not measured"),
            Self::Signal => f.write_str("the head sends no signal back"),
            Self::Depth => f.write_str("there are fewer than two blocks"),
        }
    }
}
