//! What a rule has found on one step.

use crate::units::LayerId;

/// What a rule has found on one step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Symptom {
    pub(super) severity: Severity,
    /// The first and the last row that are ill; `None` if the whole lane is.
    pub(super) rows: Option<[LayerId; 2]>,
    /// What was measured, each beside its limit.
    pub(super) figures: Vec<Figure>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The lane may still train.
    Warning,
    /// The loss suffers, or a value is no number.
    Error,
}

impl Severity {
    /// `warning` or `error`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A number that was measured, beside the limit that it passed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// The number; NaN and ±∞ are values.
    pub value: f64,
    /// The limit, where there is one.
    pub limit: Option<f64>,
}
