//! `nablatop check`: judges traces, as a gate for scripts.
//!
//! | code | when |
//! |---|---|
//! | 0 | nothing of what fails was found |
//! | 1 | something was found |
//! | 2 | a trace cannot be read, or lacks what a rule needs |

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use color_eyre::eyre::{Report, Result};

use super::exit::{Exit, Usage};
use super::messages::{complain, note};
use super::standard_output::print;
use crate::config::spelling::not_one_of;
use crate::diagnose::{Diagnosis, Finding, Missing, RULES, RuleDefinition, Severity, Status};
use crate::event::RunHeader;
use crate::report::findings;
use crate::text;
use crate::trace;
use crate::units::LaneId;

const FOUND: u8 = 1;
const UNREADABLE: u8 = 2;

/// The subcommand's arguments.
pub(super) fn command() -> Command {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let list = |name: &'static str, help: String| {
        Arg::new(name).long(name).help(help).value_name("RULE,…").value_delimiter(',').action(ArgAction::Append)
    };
    Command::new("check")
        .about("judge traces: exit 0 if they are healthy, 1 if something is found, 2 if they cannot be judged")
        .after_help(
            "Examples:\n  nablatop check runs/first\n  nablatop check runs/* --fail-on error\n  nablatop check runs/first --fail-on vanishing,non-finite --format json",
        )
        .arg(
            Arg::new("trace")
                .help("folder of a run (--log DIR) or its trace.jsonl")
                .value_name("TRACE")
                .required(true)
                .num_args(1..)
                .value_hint(ValueHint::AnyPath)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(list("fail-on", format!("what fails: warning, error, or rules: {} [default: warning]", names.join(", "))))
        .arg(list("ignore", "rules whose findings are left out".to_owned()))
        .arg(
            Arg::new("format")
                .long("format")
                .help("text: a line per lane and finding; json: an array of findings")
                .value_name("FORMAT")
                .default_value("text")
                .hide_default_value(true)
                .value_parser(PossibleValuesParser::new(["text", "json"])),
        )
}

/// What fails, and what is left out.
struct Gate {
    least: Option<Severity>,
    rules: Vec<&'static RuleDefinition>,
    ignored: Vec<&'static RuleDefinition>,
}

impl Gate {
    fn of(matches: &ArgMatches) -> Result<Self, Usage> {
        let words = |name: &str| matches.get_many::<String>(name).into_iter().flatten();
        let mut gate = Self { least: None, rules: Vec::new(), ignored: Vec::new() };
        for word in words("fail-on") {
            match word.trim() {
                "warning" => gate.least = Some(Severity::Warning),
                "error" => gate.least = gate.least.or(Some(Severity::Error)),
                name => gate.rules.push(rule("--fail-on", name, &["warning", "error"])?),
            }
        }
        if gate.least.is_none() && gate.rules.is_empty() {
            gate.least = Some(Severity::Warning);
        }
        for word in words("ignore") {
            gate.ignored.push(rule("--ignore", word.trim(), &[])?);
        }
        Ok(gate)
    }

    fn fails(&self, finding: &Finding) -> bool {
        self.least.is_some_and(|least| finding.severity >= least) || self.rules.contains(&finding.rule)
    }
}

fn rule(flag: &str, name: &str, others: &[&str]) -> Result<&'static RuleDefinition, Usage> {
    RULES.iter().find(|rule| rule.name == name).ok_or_else(|| {
        let names: Vec<&str> = others.iter().copied().chain(RULES.iter().map(|rule| rule.name)).collect();
        Usage(format!("{flag}: {}", not_one_of(name, &names)))
    })
}

/// One trace, judged.
struct Judged {
    header: std::sync::Arc<RunHeader>,
    diagnosis: Diagnosis,
}

fn judge(path: &Path, gate: &Gate) -> Result<Judged> {
    let mut trace = trace::read_last(path)?;
    let header = trace.header().clone();
    let rules = RULES.iter().filter(|rule| !gate.ignored.contains(rule)).collect();
    let mut diagnosis = Diagnosis::by(rules, &header);
    for event in trace.by_ref() {
        diagnosis.take(&event?);
    }
    for warning in trace.warnings().sentences() {
        note(&warning);
    }
    Ok(Judged { header, diagnosis })
}

impl Judged {
    /// Why the trace cannot be judged, as a sentence: no rule has judged a lane, or one that may fail the gate has not.
    fn lacks(&self, path: &Path, gate: &Gate) -> Option<String> {
        let path = text::path(path);
        if self.header.lanes.is_empty() {
            return Some(format!("{path} has no lane: there is nothing to judge"));
        }
        (0..).map(LaneId).zip(&self.header.lanes).find_map(|(id, lane)| {
            let (who, missing) = match self.diagnosis.status(id) {
                Status::TooEarly(missing) => ("no rule can judge".to_owned(), missing),
                _ => gate.rules.iter().find_map(|rule| {
                    Some((format!("{} cannot judge", rule.name), self.diagnosis.missing(id, rule)?))
                })?,
            };
            let advice = match missing {
                Missing::Quantity(_) | Missing::Step => "; record the run with --measure 1",
                _ => "",
            };
            Some(format!("{path}: {who} lane '{}': {missing}{advice}", lane.name))
        })
    }
}

/// Judges every trace and prints what is found.
pub(super) fn check(matches: &ArgMatches) -> Result<Exit> {
    let gate = Gate::of(matches)?;
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let paths: Vec<&PathBuf> = matches.get_many("trace").into_iter().flatten().collect();
    let mut code = 0;
    let (mut lines, mut objects) = (Vec::new(), Vec::new());
    for path in &paths {
        match judge(path, &gate) {
            Err(error) => {
                complain(&error);
                code = UNREADABLE;
            }
            Ok(judged) => {
                let Judged { header, diagnosis } = &judged;
                if let Some(lacking) = judged.lacks(path, &gate) {
                    complain(&Report::msg(lacking));
                    code = UNREADABLE;
                }
                if diagnosis.findings().iter().any(|finding| gate.fails(finding)) {
                    code = code.max(FOUND);
                }
                if paths.len() > 1 {
                    lines.push(text::path(path));
                }
                lines.extend(findings::lines(diagnosis, header));
                objects.extend(findings::json(&text::path(path), diagnosis, header));
            }
        }
    }
    let output = if is_json { serde_json::to_string_pretty(&objects)? } else { lines.join("\n") };
    if !output.is_empty() {
        print(format!("{output}\n").as_bytes())?;
    }
    Ok(Exit::code(code))
}
