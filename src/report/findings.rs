//! Findings as sentences for the user, and as JSON for programs.
//!
//! ```text
//! vanishing since step 1, block 1 to block 45: left 3e-21 (limit 1e-3), per block 0.39
//! ```

use serde::Serialize;

use crate::diagnose::{Diagnosis, Figure, Finding, Status};
use crate::event::RunHeader;
use crate::number;
use crate::text;
use crate::units::LaneId;

/// What is found of a run: a line per finding, and one per lane without.
#[must_use]
pub(crate) fn lines(diagnosis: &Diagnosis, header: &RunHeader) -> Vec<String> {
    let widest = header.lanes.iter().map(|lane| text::columns(&lane.name)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (id, lane) in (0..).map(LaneId).zip(&header.lanes) {
        let blanks = widest - text::columns(&lane.name);
        let mut say = |words: &str| lines.push(format!("{}{:blanks$}  {words}", lane.name, ""));
        for finding in diagnosis.findings().iter().filter(|finding| finding.lane == id) {
            say(&format!("{}: {}", finding.severity.word(), sentence(finding, header)));
        }
        match diagnosis.status(id) {
            Status::Ill(_) => {}
            Status::Healthy => say("healthy: no rule finds anything"),
            Status::TooEarly(missing) => say(&format!("too early: {missing}")),
        }
    }
    lines
}

/// One finding as a sentence without its lane.
#[must_use]
pub(crate) fn sentence(finding: &Finding, header: &RunHeader) -> String {
    let when = match finding.to {
        None => format!("since step {}", finding.from),
        Some(to) => format!("from step {} to step {to}", finding.from),
    };
    let place = match finding.rows.zip(header.lanes.get(finding.lane.index())) {
        None => String::new(),
        Some(([first, last], lane)) if first == last => format!(", {}", lane.layers.name(first)),
        Some(([first, last], lane)) => format!(", {} to {}", lane.layers.name(first), lane.layers.name(last)),
    };
    let figures: Vec<String> = finding.figures.iter().map(figure).collect();
    format!("{} {when}{place}: {}", finding.rule.name, figures.join(", "))
}

fn figure(Figure { name, value, limit, .. }: &Figure) -> String {
    let limit = limit.map_or(String::new(), |limit| format!(" (limit {})", number::value(limit)));
    format!("{name} {}{limit}", number::value(*value))
}

/// The findings of one run as JSON: an array of objects, documented in docs/diagnostics.md.
#[must_use]
pub(crate) fn json(path: &str, diagnosis: &Diagnosis, header: &RunHeader) -> Vec<FindingJson> {
    let of = |finding: &Finding| {
        let lane = header.lanes.get(finding.lane.index());
        let name = |row| lane.map(|lane| lane.layers.name(row)).unwrap_or_default();
        FindingJson {
            trace: path.to_owned(),
            rule: finding.rule.name,
            severity: finding.severity.word(),
            lane: lane.map(|lane| lane.name.clone()).unwrap_or_default(),
            rows: finding.rows.map(|rows| rows.map(name)),
            from: finding.from.0,
            to: finding.to.map(|to| to.0),
            figures: finding.figures.iter().map(FigureJson::from).collect(),
        }
    };
    diagnosis.findings().iter().map(of).collect()
}

/// One finding for a program.
#[derive(Debug, Serialize)]
pub(crate) struct FindingJson {
    trace: String,
    rule: &'static str,
    severity: &'static str,
    lane: String,
    rows: Option<[String; 2]>,
    from: u64,
    to: Option<u64>,
    figures: Vec<FigureJson>,
}

/// One figure for a program; a value that is no number is its name, since JSON has none.
#[derive(Debug, Serialize)]
struct FigureJson {
    name: &'static str,
    value: serde_json::Value,
    limit: Option<f64>,
}

impl From<&Figure> for FigureJson {
    fn from(Figure { name, value, limit, .. }: &Figure) -> Self {
        let value = serde_json::Number::from_f64(*value)
            .map_or_else(|| number::value(*value).into(), serde_json::Value::Number);
        Self { name, value, limit: *limit }
    }
}
