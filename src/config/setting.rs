//! The table of settings: one row each, feeding flags, environment, file, `--print-config` and the form on screen.

use std::fmt::Display;
use std::str::FromStr;

use thiserror::Error;

use super::{LaneConfig, Length, RunConfig};

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

/// A row whose field is read by `FromStr` and written by `Display`; the rule comes after reading.
macro_rules! row {
    ($scope:ident, $field:ident, $key:literal, $group:ident, $values:literal, $help:literal $(, $rule:expr)?) => {
        Setting {
            key: $key,
            group: Group::$group,
            help: $help,
            values: $values,
            access: Access::$scope {
                get: |config| written(&config.$field),
                set: |config, word| {
                    let value = read(word, $values)?;
                    $( $rule(&value, word)?; )?
                    config.$field = value;
                    Ok(())
                },
            },
        }
    };
}

/// All settings, in the order of the help.
pub static SETTINGS: &[Setting] = &[
    row!(Lane, model, "model", Stack, "mlp", "family of the stack"),
    row!(Lane, depth, "depth", Stack, "1…10000", "number of blocks", within(1, MOST_BLOCKS)),
    row!(Lane, width, "width", Stack, "1…4096", "units per block", within(1, MOST_UNITS)),
    row!(Lane, activation, "activation", Stack, "relu|tanh|sigmoid|gelu|identity", "φ in W φ(x) + b"),
    row!(
        Lane,
        init,
        "init",
        Stack,
        "default|kaiming|xavier|orthogonal[:GAIN]|normal:STD",
        "distribution of the initial weights"
    ),
    row!(Lane, norm, "norm", Stack, "none|layer|batch", "normalization before φ"),
    row!(Lane, bias, "bias", Stack, "on|off", "whether blocks have a bias"),
    row!(
        Lane,
        branch_scale,
        "branch-scale",
        Stack,
        "NUMBER|1/sqrt(depth)|1/depth",
        "s in x + s·F(x), residual lanes only"
    ),
    row!(Lane, optimizer, "optimizer", Training, "sgd|adam|adamw", "update rule"),
    row!(Lane, lr, "lr", Training, "NUMBER", "learning rate", positive),
    row!(Lane, warmup, "warmup", Training, "STEPS", "steps over which the learning rate rises linearly"),
    row!(Lane, momentum, "momentum", Training, "0…1", "momentum of sgd", |value: &f64, word: &str| {
        if (0.0..1.0).contains(value) { Ok(()) } else { Err(format!("'{word}' is not at least 0 and below 1")) }
    }),
    row!(
        Lane,
        weight_decay,
        "weight-decay",
        Training,
        "NUMBER",
        "decoupled for adamw, L2 for the others",
        |value: &f64, word: &str| {
            if value.is_finite() && *value >= 0.0 { Ok(()) } else { Err(format!("'{word}' is not a number from 0 up")) }
        }
    ),
    row!(Lane, epsilon, "epsilon", Training, "NUMBER", "ε of adam and adamw", positive),
    Setting {
        key: "clip",
        group: Group::Training,
        help: "global gradient norm above which gradients are scaled down",
        values: "NUMBER|off",
        access: Access::Lane {
            get: |lane| lane.clip.map_or_else(|| "off".to_owned(), |most| most.to_string()),
            set: |lane, word| {
                lane.clip = optional(word, "off", "NUMBER|off", positive)?;
                Ok(())
            },
        },
    },
    row!(Run, batch, "batch", Training, "ROWS", "rows per step; the last partial batch is dropped", at_least_one),
    Setting {
        key: "steps",
        group: Group::Training,
        help: "length of the run in steps",
        values: "STEPS",
        access: Access::Run {
            get: |run| if let Length::Steps(steps) = run.length { steps.to_string() } else { String::new() },
            set: |run, word| length(run, word, Length::Steps),
        },
    },
    Setting {
        key: "epochs",
        group: Group::Training,
        help: "length of the run in passes over the training data, instead of steps",
        values: "EPOCHS",
        access: Access::Run {
            get: |run| if let Length::Epochs(epochs) = run.length { epochs.to_string() } else { String::new() },
            set: |run, word| length(run, word, Length::Epochs),
        },
    },
    row!(Run, seed, "seed", Training, "NUMBER", "everything random derives from it"),
    row!(Run, data, "data", Data, "digits|csv:FILE", "what is learned: embedded digits, or numbers with a class last"),
    row!(Run, backend, "backend", Machine, "flex|ndarray", "what computes"),
    Setting {
        key: "threads",
        group: Group::Machine,
        help: "lanes that compute at the same time at most",
        values: "NUMBER|auto",
        access: Access::Run {
            get: |run| run.threads.map_or_else(|| "auto".to_owned(), |threads| threads.to_string()),
            set: |run, word| {
                run.threads = optional(word, "auto", "NUMBER|auto", at_least_one)?;
                Ok(())
            },
        },
    },
    row!(Run, measure, "measure", Machine, "EVERY", "measure the layers every so many steps", at_least_one),
];

/// Blocks of a stack at most.
const MOST_BLOCKS: usize = 10_000;
/// Units of a block at most.
const MOST_UNITS: usize = 4096;

/// The value as a person would write it: `1e-8`, not `0.00000001`.
fn written(value: &impl Display) -> String {
    const SMALL: f64 = 1e-3;
    let text = value.to_string();
    match text.parse::<f64>() {
        Ok(number) if number != 0.0 && number.abs() < SMALL => format!("{number:e}"),
        _ => text,
    }
}

fn read<T: FromStr>(word: &str, values: &str) -> Result<T, String>
where
    T::Err: Display,
{
    word.trim().parse().map_err(|error: T::Err| {
        let reason = error.to_string();
        if reason.starts_with('\'') { reason } else { format!("'{word}' is not one of {values} ({reason})") }
    })
}

fn within(least: usize, most: usize) -> impl Fn(&usize, &str) -> Result<(), String> {
    move |value, word| {
        let is_within = (least..=most).contains(value);
        if is_within { Ok(()) } else { Err(format!("'{word}' is not within {least} and {most}")) }
    }
}

fn at_least_one<T: PartialOrd + From<u8>>(value: &T, word: &str) -> Result<(), String> {
    if *value >= T::from(1) { Ok(()) } else { Err(format!("'{word}' is not a whole number from 1 up")) }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // a rule takes whatever its setting holds by reference
fn positive(value: &f64, word: &str) -> Result<(), String> {
    if value.is_finite() && *value > 0.0 { Ok(()) } else { Err(format!("'{word}' is not a number above 0")) }
}

fn optional<T: FromStr>(
    word: &str,
    none: &str,
    values: &str,
    rule: fn(&T, &str) -> Result<(), String>,
) -> Result<Option<T>, String>
where
    T::Err: Display,
{
    if word.trim() == none {
        return Ok(None);
    }
    let value = read(word, values)?;
    rule(&value, word)?;
    Ok(Some(value))
}

/// An empty word leaves the length as it is: steps and epochs share one field.
fn length(run: &mut RunConfig, word: &str, of: fn(u64) -> Length) -> Result<(), String> {
    if !word.trim().is_empty() {
        let number = read(word, "a whole number")?;
        at_least_one(&number, word)?;
        run.length = of(number);
    }
    Ok(())
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

    #[test]
    fn every_setting_reads_back_what_it_writes() {
        let defaults = RunConfig::default();
        for setting in SETTINGS {
            let mut config = defaults.clone();
            let value = setting.get(&config);
            setting.set(&mut config, &value).expect("takes its own default");
            assert_eq!(config, defaults, "{}", setting.key);
        }
    }

    #[test]
    fn a_value_out_of_bounds_is_refused_with_what_to_write() {
        let problem = |key: &str, value: &str| {
            find(key).expect("exists").set(&mut RunConfig::default(), value).unwrap_err().to_string()
        };
        assert_eq!(problem("depth", "0"), "depth: '0' is not within 1 and 10000");
        assert_eq!(problem("depth", "ten"), "depth: 'ten' is not one of 1…10000 (invalid digit found in string)");
        assert_eq!(problem("lr", "nan"), "lr: 'nan' is not a number above 0");
        assert_eq!(problem("batch", "0"), "batch: '0' is not a whole number from 1 up");
        assert!(problem("activation", "rely").contains("did you mean 'relu'?"));
        assert!(problem("backend", "flux").contains("did you mean 'flex'?"));
        assert!(problem("clip", "-1").contains("not a number above 0"));
    }

    #[test]
    fn steps_and_epochs_share_a_field() {
        let mut config = RunConfig::default();
        let (steps, epochs) = (find("steps").expect("exists"), find("epochs").expect("exists"));
        epochs.set(&mut config, "3").expect("taken");
        assert_eq!((steps.get(&config), epochs.get(&config)), (String::new(), "3".to_owned()));
        steps.set(&mut config, "").expect("nothing to do");
        assert_eq!(config.length, Length::Epochs(3));
    }
}
