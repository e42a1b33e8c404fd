//! The table of settings: one row each, feeding flags, environment, file, `--print-config` and the form on screen.

use thiserror::Error;

use super::{LaneConfig, RunConfig};

/// A value that a setting does not take.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{key}: {problem}")]
pub struct SettingError {
    /// The setting.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// Heading under which a setting is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The stacks.
    Stack,
    /// How they are trained.
    Training,
    /// What they are trained on.
    Data,
    /// What computes and measures.
    Machine,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Flag without dashes, key of the file and of a lane override.
    pub key: &'static str,
    /// Heading.
    pub group: Group,
    /// One line.
    pub help: &'static str,
    /// What may be written, such as `relu|tanh` or `NUMBER`.
    pub values: &'static str,
    access: Access,
}

/// How a setting reaches its field.
#[derive(Debug)]
enum Access {
    /// A field of the run.
    Run { get: fn(&RunConfig) -> String, set: fn(&mut RunConfig, &str) -> Result<(), String> },
    /// A field of each lane.
    Lane { get: fn(&LaneConfig) -> String, set: fn(&mut LaneConfig, &str) -> Result<(), String> },
}

/// All settings, in the order of the help.
pub static SETTINGS: &[Setting] = &[];

/// The setting of that key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Setting {
    /// The value as a person would write it; lane settings are read from the first lane.
    #[must_use]
    pub fn get(&self, config: &RunConfig) -> String {
        match self.access {
            Access::Run { get, .. } => get(config),
            Access::Lane { get, .. } => config.lanes.first().map(get).unwrap_or_default(),
        }
    }

    /// Sets the value; lane settings are set in every lane.
    ///
    /// # Errors
    /// When the setting does not take the value.
    pub fn set(&self, config: &mut RunConfig, value: &str) -> Result<(), SettingError> {
        match self.access {
            Access::Run { set, .. } => set(config, value).map_err(|problem| self.error(problem)),
            Access::Lane { .. } => config.lanes.iter_mut().try_for_each(|lane| self.set_lane(lane, value)),
        }
    }

    /// Sets the value in one lane.
    ///
    /// # Errors
    /// When the setting does not take the value, or belongs to the whole run.
    pub fn set_lane(&self, lane: &mut LaneConfig, value: &str) -> Result<(), SettingError> {
        match self.access {
            Access::Lane { set, .. } => set(lane, value).map_err(|problem| self.error(problem)),
            Access::Run { .. } => Err(self.error("belongs to the whole run: write it outside --lane".to_owned())),
        }
    }

    fn error(&self, problem: String) -> SettingError {
        SettingError { key: self.key.to_owned(), problem }
    }
}
