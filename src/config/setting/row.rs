//! One setting: its key, its help, and how it reaches its field of the run or of a lane.

use super::SettingError;
use crate::config::{LaneConfig, Model, RunConfig, Wiring};

/// Settings that share one field: at most one of a pair is given.
static ALTERNATIVES: &[[&str; 2]] = &[["steps", "epochs"]];

/// Heading under which a setting is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The stacks.
    Stack,
    /// How they are trained.
    Training,
    /// What they are trained on.
    Data,
    /// What computes and measures.
    Machine,
}

impl Group {
    /// All headings, in the order of the help.
    pub(crate) const ALL: &[Self] = &[Self::Stack, Self::Training, Self::Data, Self::Machine];

    /// The heading as it is printed.
    #[must_use]
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Stack => "Stack",
            Self::Training => "Training",
            Self::Data => "Data",
            Self::Machine => "Computing and measuring",
        }
    }
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Flag without dashes, key of the file and of a lane override.
    pub key: &'static str,
    /// Heading.
    pub(crate) group: Group,
    /// One line.
    pub help: &'static str,
    /// What may be written, such as `relu|tanh` or `NUMBER`.
    pub(crate) values: &'static str,
    pub(super) access: Access,
}

/// How a setting reaches its field.
#[derive(Debug)]
pub(super) enum Access {
    /// A field of the run.
    Run { get: fn(&RunConfig) -> String, set: fn(&mut RunConfig, &str) -> Result<(), String> },
    /// A field of each lane whose family has it: another family's lane has no value and ignores one.
    Lane { get: fn(&LaneConfig) -> Option<String>, set: fn(&mut LaneConfig, &str) -> Result<(), String> },
}

impl Setting {
    /// The value as the user would write it; lane settings are read from the first lane that has them. Empty = not set.
    #[must_use]
    pub(crate) fn get(&self, config: &RunConfig) -> String {
        match self.access {
            Access::Run { get, .. } => get(config),
            Access::Lane { get, .. } => config.lanes.iter().find_map(get).unwrap_or_default(),
        }
    }

    /// The default as the user would write it; of the first family that has the setting.
    #[must_use]
    pub(crate) fn default_value(&self) -> String {
        let families = Model::WORDS.iter().filter_map(|word| word.parse().ok());
        let lanes = families.map(|family| LaneConfig::of(family, Wiring::Residual)).collect();
        self.get(&RunConfig { lanes, ..RunConfig::default() })
    }

    /// The value in one lane; `None` where the setting belongs to the whole run or to other families.
    #[must_use]
    pub(crate) fn get_lane(&self, lane: &LaneConfig) -> Option<String> {
        match self.access {
            Access::Lane { get, .. } => get(lane),
            Access::Run { .. } => None,
        }
    }

    /// The setting that it shares its field with, as steps and epochs do: at most one of both is given.
    #[must_use]
    pub(crate) fn alternative(&self) -> Option<&'static str> {
        let pair = ALTERNATIVES.iter().find(|pair| pair.contains(&self.key))?;
        pair.iter().copied().find(|key| *key != self.key)
    }

    /// The refusal where its alternative is given too.
    #[must_use]
    pub(crate) fn both_given(&self) -> SettingError {
        let pair = ALTERNATIVES.iter().find(|pair| pair.contains(&self.key));
        let names = pair.map_or_else(|| self.key.to_owned(), |pair| pair.join(" and "));
        self.error(format!("{names} are both given: write one of them"))
    }

    /// Whether each lane has a value of its own.
    #[must_use]
    pub(crate) fn is_per_lane(&self) -> bool {
        matches!(self.access, Access::Lane { .. })
    }

    /// Sets the value; lane settings are set in every lane.
    ///
    /// # Errors
    /// When the setting does not take the value.
    pub(crate) fn set(&self, config: &mut RunConfig, value: &str) -> Result<(), SettingError> {
        match self.access {
            Access::Run { set, .. } => set(config, value).map_err(|problem| self.error(problem)),
            Access::Lane { .. } => config.lanes.iter_mut().try_for_each(|lane| self.set_lane(lane, value)),
        }
    }

    /// Sets the value in one lane; a lane of a family without this setting stays as it is.
    ///
    /// # Errors
    /// When the setting does not take the value, or belongs to the whole run.
    pub(crate) fn set_lane(&self, lane: &mut LaneConfig, value: &str) -> Result<(), SettingError> {
        match self.access {
            Access::Lane { set, .. } => set(lane, value).map_err(|problem| self.error(problem)),
            Access::Run { .. } => Err(self.error("it applies to the whole run: write it outside --lane".to_owned())),
        }
    }

    fn error(&self, problem: String) -> SettingError {
        SettingError { key: self.key.to_owned(), problem }
    }
}
