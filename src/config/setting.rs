//! The table of settings: one row each, feeding flags, environment, file, `--print-config` and the form on screen.

mod number;
mod table;

use thiserror::Error;

use super::{LaneConfig, RunConfig};

pub use table::{MOST_BLOCKS, SETTINGS};

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

impl Group {
    /// All headings, in the order of the help.
    pub const ALL: &[Self] = &[Self::Stack, Self::Training, Self::Data, Self::Machine];

    /// The heading as it is printed.
    #[must_use]
    pub fn heading(self) -> &'static str {
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

/// The setting of that key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Setting {
    /// The value as a person would write it; lane settings are read from the first lane. Empty = not set.
    #[must_use]
    pub fn get(&self, config: &RunConfig) -> String {
        match self.access {
            Access::Run { get, .. } => get(config),
            Access::Lane { get, .. } => config.lanes.first().map(get).unwrap_or_default(),
        }
    }

    /// The value in one lane; `None` where the setting belongs to the whole run.
    #[must_use]
    pub fn get_lane(&self, lane: &LaneConfig) -> Option<String> {
        match self.access {
            Access::Lane { get, .. } => Some(get(lane)),
            Access::Run { .. } => None,
        }
    }

    /// The setting that it shares its field with, as steps and epochs do: at most one of both is given.
    #[must_use]
    pub fn alternative(&self) -> Option<&'static str> {
        let pair = table::ALTERNATIVES.iter().find(|pair| pair.contains(&self.key))?;
        pair.iter().copied().find(|key| *key != self.key)
    }

    /// The refusal where its alternative is given too.
    #[must_use]
    pub fn both_given(&self) -> SettingError {
        let pair = table::ALTERNATIVES.iter().find(|pair| pair.contains(&self.key));
        let names = pair.map_or_else(|| self.key.to_owned(), |pair| pair.join(" and "));
        self.error(format!("{names} are both given: write one of them"))
    }

    /// Whether each lane has a value of its own.
    #[must_use]
    pub fn is_per_lane(&self) -> bool {
        matches!(self.access, Access::Lane { .. })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Length;

    #[test]
    fn every_setting_reads_back_what_it_writes() {
        let defaults = RunConfig::default();
        for setting in SETTINGS {
            let mut config = defaults.clone();
            let value = setting.get(&config);
            if value.is_empty() && setting.alternative().is_some() {
                continue;
            }
            setting.set(&mut config, &value).expect("takes its own default");
            assert_eq!(config, defaults, "{}", setting.key);
        }
    }

    #[test]
    fn a_value_out_of_bounds_is_refused_with_what_to_write() {
        let problem = |key: &str, value: &str| {
            find(key).expect("exists").set(&mut RunConfig::default(), value).unwrap_err().to_string()
        };
        assert_eq!(problem("depth", "0"), "depth: '0' is no whole number from 1 to 10000: write e.g. 50");
        assert_eq!(problem("depth", "ten"), "depth: 'ten' is no whole number from 1 to 10000: write e.g. 50");
        assert_eq!(problem("lr", "nan"), "lr: 'nan' is no number above 0: write e.g. 1e-3");
        assert_eq!(problem("batch", "0"), "batch: '0' is no whole number from 1: write e.g. 64");
        assert!(problem("activation", "rely").contains("did you mean 'relu'?"));
        assert!(problem("backend", "flux").contains("did you mean 'flex'?"));
        assert!(problem("clip", "-1").contains("no number above 0"));
    }

    #[test]
    fn no_refusal_speaks_of_rust_and_each_says_what_to_write() {
        for setting in SETTINGS {
            for word in ["-1", "", "99999999999999999999999", "1.5.2", "nan", "%"] {
                let Err(SettingError { problem, .. }) = setting.set(&mut RunConfig::default(), word) else { continue };
                for foreign in ["invalid", "string", "literal", "target type", "digit", "cannot be read"] {
                    let own = problem.replace("digits", "");
                    assert!(!own.contains(foreign), "{}: {problem}", setting.key);
                }
                let remedies = ["write ", "is not one of", "did you mean"];
                assert!(remedies.iter().any(|words| problem.contains(words)), "{}: {problem}", setting.key);
            }
        }
    }

    #[test]
    fn steps_and_epochs_share_a_field() {
        let mut config = RunConfig::default();
        let (steps, epochs) = (find("steps").expect("exists"), find("epochs").expect("exists"));
        epochs.set(&mut config, "3").expect("taken");
        assert_eq!((steps.get(&config), epochs.get(&config)), (String::new(), "3".to_owned()));
        assert!(steps.set(&mut config, "").unwrap_err().to_string().contains("'' is no whole number from 1"));
        assert_eq!(config.length, Length::Epochs(3));
    }
}
