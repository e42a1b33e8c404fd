//! What is ill about a run: rules that read its events as they come, and the findings that follow.
//!
//! ```text
//! Event::Step ─► LaneStep ─► Rule::judge ─► Verdict: clear, found, too early ─► Finding: opened, updated, closed
//! ```
//!
//! A rule is one file in `diagnose/rules/`; each sees every measured step of one lane once, in order, and keeps what it
//! needs: no rule reads the history again. A finding is data, from which `report` makes sentences and JSON. Live,
//! followed and replayed runs give the same findings, since rules read nothing but events.
//!
//! ```
//! use nablatop::diagnose::{Diagnosis, Status};
//! use nablatop::event::{LaneHeader, RunHeader};
//! use nablatop::layer::{Layer, LayerKind, LayerTable};
//! use nablatop::units::LaneId;
//!
//! let layers = LayerTable { layers: vec![Layer::new("blocks.0", LayerKind::Block)] };
//! let diagnosis = Diagnosis::new(&RunHeader::new(vec![LaneHeader::new("net", "one block", layers)]));
//! assert!(diagnosis.findings().is_empty());
//! assert!(matches!(diagnosis.status(LaneId(0)), Status::TooEarly(_)), "no step was measured yet");
//! ```

mod finding;
mod hysteresis;
mod lane;
mod lane_step;
mod loss_trend;
mod missing;
pub(crate) mod pass;
mod rule;
mod rules;
mod signal;
mod symptom;

pub use finding::Finding;
pub use lane::Status;
pub use missing::Missing;
pub use rule::{RuleDefinition, Threshold};
pub use symptom::{Figure, Severity};

use lane::LaneDiagnosis;

use crate::event::{Event, RunHeader};
use crate::units::LaneId;

/// All rules, in the order in which a reader wants to know of them: the worst first.
pub use rules::RULES;

/// The findings of one run so far.
pub struct Diagnosis {
    rules: Vec<&'static RuleDefinition>,
    lanes: Vec<LaneDiagnosis>,
    findings: Vec<Finding>,
}

impl Diagnosis {
    /// Nothing judged yet, by any rule.
    #[must_use]
    pub fn new(header: &RunHeader) -> Self {
        Self::by(RULES.iter().collect(), header)
    }

    /// Nothing judged yet, by these rules alone.
    #[must_use]
    pub fn by(rules: Vec<&'static RuleDefinition>, header: &RunHeader) -> Self {
        let lanes = (0..).map(LaneId).zip(&header.lanes);
        let lanes = lanes.map(|(lane, of)| LaneDiagnosis::new(lane, of, header, &rules)).collect();
        Self { rules, lanes, findings: Vec::new() }
    }

    /// Judges the next event of the run. A run that starts again begins a new diagnosis.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted(header) => *self = Self::by(std::mem::take(&mut self.rules), header),
            Event::Step(record) => {
                if let Some(lane) = self.lanes.get_mut(record.lane.index()) {
                    lane.take(record, &mut self.findings);
                }
            }
            _ => {}
        }
    }

    /// All findings, open and closed, in the order in which they were opened.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How a lane is now.
    #[must_use]
    pub fn status(&self, lane: LaneId) -> Status {
        self.lanes.get(lane.index()).map_or(Status::TooEarly(Missing::Step), |of| of.status(&self.findings))
    }

    /// What a rule still lacks to judge a lane; `None` if it has judged it.
    #[must_use]
    pub fn missing(&self, lane: LaneId, rule: &RuleDefinition) -> Option<Missing> {
        self.lanes.get(lane.index())?.missing(rule)
    }
}

#[cfg(test)]
mod tests;
