//! The judges of one lane, and the findings that they open and close.

use super::finding::Finding;
use super::lane_step::LaneStep;
use super::loss_trend::LossTrend;
use super::missing::Missing;
use super::rule::{Rule, RuleDefinition, Verdict};
use super::symptom::Symptom;
use crate::event::{LaneHeader, RunHeader, StepRecord};
use crate::quantity::Quantity;
use crate::units::{LaneId, LayerId};

/// How a lane is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// The worst finding that lasts.
    Ill(Finding),
    /// Every rule that can judge the lane has found nothing.
    Healthy,
    /// No rule has judged the lane yet.
    TooEarly(Missing),
}

/// The judges of one lane.
pub(super) struct LaneDiagnosis {
    lane: LaneId,
    quantities: Vec<Quantity>,
    depth: Vec<LayerId>,
    loss: LossTrend,
    judges: Vec<Judge>,
}

/// One rule at work.
struct Judge {
    definition: &'static RuleDefinition,
    rule: Box<dyn Rule>,
    /// Index of the finding that lasts.
    open: Option<usize>,
    /// What the rule lacks; `None` once it has judged a step.
    missing: Option<Missing>,
}

impl LaneDiagnosis {
    pub(super) fn new(lane: LaneId, of: &LaneHeader, run: &RunHeader, rules: &[&'static RuleDefinition]) -> Self {
        let kind = of.layers.depth_kind();
        let rows = (0..).map(LayerId).zip(&of.layers.layers).filter(|(_, layer)| layer.kind == kind);
        let lacking = |rule: &RuleDefinition| rule.needs.iter().find(|needed| !run.quantities.contains(needed));
        let judge = |definition: &'static RuleDefinition| Judge {
            definition,
            rule: (definition.judge)(),
            open: None,
            missing: Some(lacking(definition).map_or(Missing::Step, |quantity| Missing::Quantity(*quantity))),
        };
        Self {
            lane,
            quantities: run.quantities.clone(),
            depth: rows.map(|(row, _)| row).collect(),
            loss: LossTrend::default(),
            judges: rules.iter().copied().map(judge).collect(),
        }
    }

    pub(super) fn take(&mut self, record: &StepRecord, findings: &mut Vec<Finding>) {
        if let Some(loss) = record.loss {
            self.loss.take(loss);
        }
        let step = LaneStep::new(record, &self.quantities, &self.depth, &self.loss);
        for judge in &mut self.judges {
            if matches!(judge.missing, Some(Missing::Quantity(_))) {
                continue;
            }
            judge.take(self.lane, &step, findings);
        }
    }

    pub(super) fn status(&self, findings: &[Finding]) -> Status {
        let open = self.judges.iter().filter_map(|judge| findings.get(judge.open?));
        // Of equally bad ones the first in the order of the rules.
        let worst = open.reduce(|worst, next| if next.severity > worst.severity { next } else { worst });
        if let Some(worst) = worst {
            return Status::Ill(worst.clone());
        }
        let mut missing = self.judges.iter().map(|judge| judge.missing);
        if missing.clone().any(|missing| missing.is_none()) {
            return Status::Healthy;
        }
        Status::TooEarly(missing.find_map(|missing| missing).unwrap_or(Missing::Step))
    }

    pub(super) fn missing(&self, rule: &RuleDefinition) -> Option<Missing> {
        self.judges.iter().find(|judge| judge.definition == rule)?.missing
    }
}

impl Judge {
    fn take(&mut self, lane: LaneId, step: &LaneStep<'_>, findings: &mut Vec<Finding>) {
        match self.rule.judge(step) {
            // What was found before lasts until the rule can tell again.
            Verdict::TooEarly(missing) => self.missing = self.missing.map(|_| missing),
            Verdict::Clear => {
                self.missing = None;
                if let Some(finding) = self.open.take().and_then(|open| findings.get_mut(open)) {
                    finding.to = Some(step.record.step);
                }
            }
            Verdict::Found(Symptom { severity, rows, figures }) => {
                self.missing = None;
                if let Some(finding) = self.open.and_then(|open| findings.get_mut(open)) {
                    finding.severity = finding.severity.max(severity);
                    (finding.rows, finding.figures) = (rows, figures);
                } else {
                    self.open = Some(findings.len());
                    let (rule, from) = (self.definition, step.record.step);
                    findings.push(Finding { rule, severity, lane, rows, from, to: None, figures });
                }
            }
        }
    }
}
