//! Faults of a trace that do not prevent reading it: one sentence each, never an error.

use std::path::PathBuf;

use super::error::TraceLine;
use crate::config::setting::SettingError;
use crate::counts::count;
use crate::text;
use crate::units::Step;

/// Maximum number of unknown quantities that are named.
const NAMED_AT_MOST: usize = 20;

/// What a reader skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warnings {
    /// Number of lines with a wrong checksum, which were left out.
    pub damaged: u64,
    /// The first of them.
    pub(crate) first_damaged: Option<TraceLine>,
    /// Steps without a line, not counting damaged lines: the disk was full, or lines were removed.
    pub missing: Option<Missing>,
    /// The last line was incomplete: the run was killed, or is still writing it.
    pub torn_tail: bool,
    /// Names of quantities that this version does not know, which were left out.
    pub unknown_quantities: Vec<String>,
    /// Number of lines of a kind that this version does not know, which were left out.
    pub unknown_lines: u64,
    /// The first setting that this version does not know, or whose value it does not know: the
    /// settings are then listed as text.
    pub unknown_setting: Option<SettingError>,
    /// The file was removed, or a part of it that had been read.
    pub(crate) lost: Option<Lost>,
}

/// Steps without a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// Their number, over all lanes.
    pub count: u64,
    /// The first that was noticed.
    pub first: Step,
    /// Name of the lane that lacks it.
    pub lane: String,
}

/// How a file was lost while it was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Lost {
    /// It no longer exists.
    Removed(PathBuf),
    /// It ends before the position up to which it was read.
    Cut(PathBuf),
}

impl Warnings {
    /// Whether nothing was skipped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// One sentence per kind of fault.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if let Some(place) = &self.first_damaged {
            sentences.push(match self.damaged {
                1 => format!("one damaged line was skipped: {place}"),
                damaged => format!("{} damaged lines were skipped, the first is {place}", count(damaged)),
            });
        }
        if let Some(Missing { count: steps, first, lane }) = &self.missing {
            sentences.push(if *steps == 1 {
                format!("step {first} of lane '{lane}' is missing: the disk was full, or its line was removed")
            } else {
                let steps = count(*steps);
                format!(
                    "{steps} steps are missing, the first is step {first} of lane '{lane}': the disk was full, or \
                         their lines were removed"
                )
            });
        }
        if self.torn_tail {
            sentences.push("the last line is incomplete and was skipped: the run was killed while writing".to_owned());
        }
        if !self.unknown_quantities.is_empty() {
            let names = self.unknown_quantities.join(", ");
            sentences.push(format!("quantities that this nablatop does not know were skipped: {names}"));
        }
        if self.unknown_lines > 0 {
            let lines = count(self.unknown_lines);
            sentences.push(format!("{lines} lines of a kind that this nablatop does not know were skipped"));
        }
        sentences.extend(
            self.unknown_setting
                .as_ref()
                .map(|error| format!("the settings are listed below as text, because one is not known here: {error}")),
        );
        sentences.extend(self.lost.as_ref().map(|lost| match lost {
            Lost::Removed(path) => format!("{} was removed: the part that was read stays", text::path(path)),
            Lost::Cut(path) => format!("{} was cut short: the part that was read stays", text::path(path)),
        }));
        sentences
    }

    pub(super) fn damaged_line(&mut self, place: impl FnOnce() -> TraceLine) {
        self.damaged += 1;
        self.first_damaged.get_or_insert_with(place);
    }

    pub(super) fn missing_steps(&mut self, lane: &str, first: Step, count: u64) {
        let missing = self.missing.get_or_insert_with(|| Missing { count: 0, first, lane: lane.to_owned() });
        missing.count = missing.count.saturating_add(count);
    }

    pub(super) fn unknown_quantity(&mut self, name: String) {
        if self.unknown_quantities.len() < NAMED_AT_MOST && !self.unknown_quantities.contains(&name) {
            self.unknown_quantities.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_with_their_thousands_separated() {
        let missing = Missing { count: 5_794, first: Step(89_217), lane: "plain".to_owned() };
        let warnings = Warnings { missing: Some(missing), unknown_lines: 12_345, ..Warnings::default() };
        let said = warnings.sentences().join("\n");
        assert!(said.contains("5,794 steps are missing, the first is step 89,217 of lane 'plain'"), "{said}");
        assert!(said.contains("12,345 lines of a kind"), "{said}");
    }
}
