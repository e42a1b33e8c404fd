//! A finding: what is ill, where and since when, as data.

use super::rule::RuleDefinition;
use super::symptom::{Figure, Severity};
use crate::units::{LaneId, LayerId, Step};

/// Something that is ill.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static RuleDefinition,
    /// The worst that it has been.
    pub severity: Severity,
    /// The lane.
    pub lane: LaneId,
    /// The first and the last row that are ill; `None` if the whole lane is.
    pub rows: Option<[LayerId; 2]>,
    /// The step on which it was found.
    pub from: Step,
    /// The step on which it had healed; `None` while it lasts.
    pub to: Option<Step>,
    /// What was measured when it was newest.
    pub figures: Vec<Figure>,
}
