//! From flags, environment and file to one [`RunConfig`]: flag > environment > file > default.
//!
//! Every value remembers where it was written, so that an error can name the place.
//!
//! ```
//! use nablatop::config::draft::{Draft, Origin};
//! let mut draft = Draft::new();
//! draft.set(Origin::Environment, "batch", "16")?;
//! draft.set(Origin::Flag, "batch", "32")?;
//! assert_eq!(draft.finish()?.batch, 32);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod commented;
mod resumed;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::de::{DeTable, DeValue};

pub use commented::Commented;

use commented::LANES;

use super::lane_spec::LaneSpec;
use super::setting::{self, MODEL, SETTINGS, Setting};
use super::spelling::nearest;
use super::{DataSource, LaneConfig, Model, RunConfig, Wiring, quoted};
use crate::regular_file;

/// Maximum size of a settings file in bytes: every setting of a thousand lanes takes a tenth of it.
const LONGEST: u64 = 4 << 20;
/// Flag of a single lane.
const LANE: &str = "lane";

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A preset.
    Preset(&'static str),
    /// A settings file and the line in it.
    File(PathBuf, usize),
    /// An environment variable.
    Environment,
    /// A flag.
    Flag,
}

impl Origin {
    fn place(&self, key: &str) -> String {
        match self {
            Self::Preset(name) => format!("--preset {name}"),
            Self::File(path, line) => format!("{}:{line}", path.display()),
            Self::Environment => variable(key),
            Self::Flag => format!("--{key}"),
        }
    }
}

/// The environment variable of a setting: `NABLATOP_BRANCH_SCALE` of `branch-scale`.
#[must_use]
pub(crate) fn variable(key: &str) -> String {
    format!("NABLATOP_{}", key.to_uppercase().replace('-', "_"))
}

/// Why the settings cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DraftError {
    /// A value that its setting does not accept.
    #[error("{place}: {problem}")]
    Value {
        /// Flag, variable or line.
        place: String,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// The file could not be read.
    #[error("cannot read the settings file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Settings as written so far.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    values: BTreeMap<&'static str, (Origin, String)>,
    /// Where the lanes were written, the name of that place, and each lane as it was written.
    lanes: Option<(Origin, &'static str, Vec<String>)>,
}

impl Draft {
    /// An empty draft, which gives the documented defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one value in place of an earlier one: first the file is read, then the environment, then the flags.
    ///
    /// # Errors
    /// Fails when there is no such setting, or when two settings that share a field (steps and epochs) come from the
    /// same place.
    pub fn set(&mut self, origin: Origin, key: &str, value: &str) -> Result<(), DraftError> {
        let setting = known(&origin, key)?;
        if let Some((before, _)) = setting.alternative().and_then(|other| self.values.remove(other))
            && std::mem::discriminant(&before) == std::mem::discriminant(&origin)
        {
            return Err(DraftError::Value { place: origin.place(key), problem: setting.both_given().problem });
        }
        self.values.insert(setting.key, (origin, value.to_owned()));
        Ok(())
    }

    /// Writes the list of lanes, each as [`LaneSpec`] reads it.
    pub(crate) fn set_lanes(&mut self, origin: Origin, lanes: Vec<String>) {
        self.lanes = Some((origin, LANES, lanes));
    }

    /// Sets the lanes, each given by a flag of its own.
    pub fn set_lane_flags(&mut self, lanes: Vec<String>) {
        self.lanes = Some((Origin::Flag, LANE, lanes));
    }

    /// Reads a settings file.
    ///
    /// # Errors
    /// Fails when the file cannot be read, is not TOML, or has an unknown key.
    pub fn read_file(&mut self, path: &Path) -> Result<(), DraftError> {
        let failed = |source| DraftError::Read { path: path.to_owned(), source };
        let bytes = regular_file::read(path, LONGEST).map_err(failed)?;
        let text =
            String::from_utf8(bytes).map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        self.read_text(path, &text)
    }

    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// Fails when it is not TOML, or has an unknown key.
    pub fn read_text(&mut self, path: &Path, text: &str) -> Result<(), DraftError> {
        let origin =
            |byte: usize| Origin::File(path.to_owned(), text[..byte.min(text.len())].matches('\n').count() + 1);
        self.read(text, origin, &[])
    }

    /// Reads the settings of a preset, except for the `reserved` keys.
    ///
    /// # Errors
    /// As [`Self::read_file`].
    pub(crate) fn read_preset(&mut self, name: &'static str, text: &str, reserved: &[&str]) -> Result<(), DraftError> {
        self.read(text, |_| Origin::Preset(name), reserved)
    }

    fn read(&mut self, text: &str, at: impl Fn(usize) -> Origin, reserved: &[&str]) -> Result<(), DraftError> {
        let table = DeTable::parse(text).map_err(|error| DraftError::Value {
            place: at(error.span().map_or(0, |span| span.start)).place(""),
            problem: format!("not valid TOML: {}", error.message()),
        })?;
        let mut keys: Vec<_> =
            table.get_ref().iter().filter(|(key, _)| !reserved.contains(&key.get_ref().as_ref())).collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in keys {
            let origin = at(key.span().start);
            if key.get_ref() == LANES {
                let lanes = list(value.get_ref()).ok_or_else(|| DraftError::Value {
                    place: origin.place(LANES),
                    problem: "lanes: write a list, such as lanes = [\"plain\", \"residual:norm=layer\"]".to_owned(),
                })?;
                self.set_lanes(origin, lanes);
                continue;
            }
            let Some(word) = scalar(value.get_ref()) else {
                known(&origin, key.get_ref())?;
                let problem = format!("{}: write one word or decimal number", key.get_ref());
                return Err(DraftError::Value { place: origin.place(key.get_ref()), problem });
            };
            self.set(origin, key.get_ref(), &word)?;
        }
        Ok(())
    }

    /// Reads the variables `NABLATOP_*`, except for the `reserved` ones.
    ///
    /// # Errors
    /// Fails when one of them is not a setting, or not text.
    pub fn read_environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
        reserved: &[&str],
    ) -> Result<(), DraftError> {
        for (name, value) in variables {
            // Other programs' variables may hold any bytes.
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix("NABLATOP_")) else { continue };
            // An empty variable counts as unset, as in a shell's `VARIABLE= command`.
            if reserved.contains(&rest) || value.is_empty() {
                continue;
            }
            let value = value.into_string().map_err(|value| DraftError::Value {
                place: format!("NABLATOP_{rest}"),
                problem: format!("'{}' is not UTF-8", value.display()),
            })?;
            let key = rest.to_lowercase().replace('_', "-");
            if key == LANES {
                self.set_lanes(Origin::Environment, split_lanes(&value));
            } else {
                self.set(Origin::Environment, &key, &value)?;
            }
        }
        Ok(())
    }

    /// The settings.
    ///
    /// # Errors
    /// Fails when a setting does not accept its value, or the lanes contradict each other.
    pub fn finish(&self) -> Result<RunConfig, DraftError> {
        let mut config = self.run_of(None)?;
        // Families have different defaults, so the written values are applied to the defaults of the family.
        let common = |model| self.run_of(model).map(|run| run.lanes.into_iter().next().unwrap_or_default());
        let defaults = (Origin::Flag, LANES, vec!["plain".to_owned(), "residual".to_owned()]);
        let (origin, key, texts) = self.lanes.as_ref().unwrap_or(&defaults);
        let refused = |problem| DraftError::Value { place: origin.place(key), problem };
        let specs: Vec<LaneSpec> = texts.iter().map(|text| text.parse().map_err(refused)).collect::<Result<_, _>>()?;
        config.lanes = LaneSpec::apply(&specs, common)?;
        if !self.values.contains_key("data") && config.lanes.iter().all(|lane| lane.model().reads_text()) {
            config.data = DataSource::Text(None);
        }
        config.check().map_err(|error| match self.culprit(&error.key, &specs) {
            Some((key, origin)) => DraftError::Value { place: origin.place(key), problem: error.problem },
            None => refused(error.problem),
        })?;
        self.check_uses(&specs, &config)?;
        Ok(config)
    }

    /// The written setting that caused an error about a key: a flag before a file or variable, the setting itself
    /// before the settings that it must match, and none that the lanes override.
    fn culprit(&self, key: &str, specs: &[LaneSpec]) -> Option<(&'static str, &Origin)> {
        let written = |key: &str| self.values.get_key_value(key).map(|(key, (origin, _))| (*key, origin));
        let partners: &[&str] = match key {
            "heads" => &["width", "positions"],
            "depth" => &["form", "model"],
            _ => &[],
        };
        let is_of_a_lane = specs.iter().flat_map(LaneSpec::keys).any(|own| own == key || partners.contains(&own));
        let partners = partners.iter().filter(|_| !is_of_a_lane).filter_map(|partner| written(partner));
        let all: Vec<_> = written(key).into_iter().chain(partners).collect();
        all.iter().find(|(_, origin)| *origin == &Origin::Flag).or(all.first()).copied()
    }

    /// Refuses a flag that applies to no lane. A file or the environment may contain more settings than one run needs.
    fn check_uses(&self, specs: &[LaneSpec], config: &RunConfig) -> Result<(), DraftError> {
        let typed = self.values.iter().filter(|(_, (origin, _))| matches!(origin, Origin::Flag));
        for (key, (origin, _)) in typed {
            if let Some(problem) = config.not_applicable(key) {
                return Err(DraftError::Value { place: origin.place(key), problem });
            }
        }
        let Some((origin, place, _)) = &self.lanes else { return Ok(()) };
        // The lanes of a preset are valid unless a flag changed them.
        let is_typed = matches!(origin, Origin::Flag | Origin::Preset(_));
        for (spec, lane) in specs.iter().zip(&config.lanes) {
            // A lane that a file or a variable gives a value has a place for it, even if its other settings rule it out.
            let is_lost = |key: &&str| setting::find(key).is_some_and(|setting| setting.get_lane(lane).is_none());
            let checked = spec.keys().filter(|key| is_typed || is_lost(key));
            let mut problems = checked.filter_map(|key| Some(format!("{key}: {}", lane.not_applicable(key)?)));
            if let Some(problem) = problems.next() {
                return Err(DraftError::Value { place: origin.place(place), problem });
            }
        }
        Ok(())
    }

    /// The run as written, with a single lane that starts from the defaults of the given family, or of the family that
    /// was written.
    fn run_of(&self, family: Option<Model>) -> Result<RunConfig, DraftError> {
        let written = self.values.get(MODEL).and_then(|(_, word)| word.trim().parse().ok());
        // A residual lane has every setting that its family has.
        let lane = LaneConfig::of(family.or(written).unwrap_or(Model::Mlp), Wiring::Residual);
        let mut config = RunConfig { lanes: vec![lane], ..RunConfig::default() };
        // A lane that names its family ignores the one that is written for all.
        let is_of_others = |key: &str| key == MODEL && family.is_some();
        for (key, (origin, value)) in self.values.iter().filter(|(key, _)| !is_of_others(key)) {
            if let Some(setting) = setting::find(key) {
                setting.set(&mut config, value).map_err(|error| DraftError::Value {
                    place: origin.place(key),
                    problem: match origin {
                        Origin::File(..) | Origin::Preset(_) => error.to_string(),
                        Origin::Environment | Origin::Flag => error.problem,
                    },
                })?;
            }
        }
        Ok(config)
    }
}

/// Splits `plain,residual:norm=layer` at commas that are followed by a wiring: the settings of a lane contain commas
/// too.
#[must_use]
pub fn split_lanes(text: &str) -> Vec<String> {
    let mut lanes: Vec<String> = Vec::new();
    for part in quoted::parts(text) {
        match lanes.last_mut() {
            Some(lane) if part.split_once('=').is_some_and(|(key, _)| !key.contains(':')) => {
                lane.push(',');
                lane.push_str(part);
            }
            _ => lanes.push(part.to_owned()),
        }
    }
    lanes
}

fn known(origin: &Origin, key: &str) -> Result<&'static Setting, DraftError> {
    setting::find(key).ok_or_else(|| {
        let mut keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
        keys.push(LANES);
        let clean = key.escape_debug();
        let problem = match nearest(key, &keys) {
            Some(near) => format!("there is no setting '{clean}': did you mean '{near}'?"),
            None => format!("there is no setting '{clean}': it is one of {}", keys.join(", ")),
        };
        DraftError::Value { place: origin.place(key), problem }
    })
}

/// A word or number as the user would type it.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() != 10 => None,
        DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().replace('_', "")),
        DeValue::Boolean(yes) => Some(if *yes { "on" } else { "off" }.to_owned()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn list(value: &DeValue<'_>) -> Option<Vec<String>> {
    let DeValue::Array(items) = value else { return None };
    items
        .iter()
        .map(|item| if let DeValue::String(text) = item.get_ref() { Some(text.to_string()) } else { None })
        .collect()
}

#[cfg(test)]
#[path = "draft/tests.rs"]
mod tests;
