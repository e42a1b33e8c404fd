//! The rows, and the rules that their values obey.

use std::fmt::Display;
use std::str::FromStr;

use super::{Access, Group, Setting};
use crate::config::{Length, RunConfig};

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
pub const MOST_BLOCKS: usize = 10_000;
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
        if reason.starts_with('\'') { reason } else { format!("'{word}' cannot be read ({reason}): write {values}") }
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
