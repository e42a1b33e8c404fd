//! The rows, and the rules that their values obey.

use std::fmt::Display;
use std::path::PathBuf;

use super::number::{BLOCKS, CONTEXTS, DECAYS, MOMENTA, Numbers, SIDES, UNITS};
use super::row::{Access, Group, Setting};
use crate::config::{
    Bias, DiffusionSettings, FamilySettings, Form, Length, LongSkips, Model, NoiseSchedule, NormOrder, Order,
    Positions, TransformerSettings, quoted,
};

/// Key of the family.
pub(crate) const MODEL: &str = "model";

/// A row whose field is written by `Display`, and read by `FromStr` or, where they are given, as one of these numbers.
macro_rules! row {
    ($scope:ident, $field:ident, $key:literal, $group:ident, $values:literal, $help:literal $(, $numbers:expr)?) => {
        Setting {
            key: $key,
            group: Group::$group,
            help: $help,
            values: $values,
            access: Access::$scope {
                get: |config| row!(@written $scope written(&config.$field)),
                set: |config, word| {
                    config.$field = row!(@read word $(, $numbers)?)?;
                    Ok(())
                },
            },
        }
    };
    (@written Run $text:expr) => { $text };
    (@written Lane $text:expr) => { Some($text) };
    (@read $word:ident) => { $word.trim().parse() };
    (@read $word:ident, $numbers:expr) => { $numbers.read($word) };
}

/// A row whose field only some families have: those that the pattern names.
macro_rules! family_row {
    ($families:pat => $field:ident: $kind:ty, $key:literal, $values:literal, $help:literal $(, $numbers:expr)?) => {
        Setting {
            key: $key,
            group: Group::Stack,
            help: $help,
            values: $values,
            access: Access::Lane {
                get: |lane| if let $families = &lane.family { Some(written($field)) } else { None },
                set: |lane, word| {
                    let value: $kind = row!(@read word $(, $numbers)?)?;
                    if let $families = &mut lane.family {
                        *$field = value;
                    }
                    Ok(())
                },
            },
        }
    };
}

/// All settings, in the order of the help.
pub static SETTINGS: &[Setting] = &[
    Setting {
        key: MODEL,
        group: Group::Stack,
        help: "family of the stack",
        values: "mlp|vgg|resnet|preresnet|highway|dense|transformer|diffusion",
        access: Access::Lane {
            get: |lane| Some(lane.model().to_string()),
            set: |lane, word| {
                let model: Model = word.trim().parse()?;
                if model != lane.model() {
                    lane.family = model.into();
                    lane.forget_unused_scale();
                }
                Ok(())
            },
        },
    },
    family_row!(
        FamilySettings::Vgg { form } | FamilySettings::Resnet { form } => form: Form,
        "form",
        "cifar|imagenet|wide",
        "stem and head of vgg and resnet; wide: a resnet with few, wide blocks"
    ),
    row!(
        Lane,
        depth,
        "depth",
        Stack,
        "1…10000",
        "number of blocks, or the depth as the family's papers count it",
        BLOCKS
    ),
    row!(Lane, width, "width", Stack, "1…4096", "units per block, or channels of the first stage", UNITS),
    row!(
        Lane,
        activation,
        "activation",
        Stack,
        "relu|tanh|sigmoid|gelu|leaky-relu|elu|selu|silu|identity",
        "φ in W φ(x) + b"
    ),
    row!(
        Lane,
        init,
        "init",
        Stack,
        "default|kaiming|xavier|orthogonal[:GAIN]|delta-orthogonal[:GAIN]|lsuv|fixup|normal:STD",
        "distribution of the initial weights"
    ),
    Setting {
        key: "init-from",
        group: Group::Stack,
        help: "start from the weights of a safetensors file, such as one of --dump",
        values: "FILE|off",
        access: Access::Lane {
            get: |lane| {
                Some(lane.init_from.as_ref().map_or_else(|| "off".to_owned(), |path| path.display().to_string()))
            },
            set: |lane, word| {
                lane.init_from = weights(word.trim())?;
                Ok(())
            },
        },
    },
    row!(Lane, norm, "norm", Stack, "none|layer|batch|group|rms", "normalization before φ"),
    family_row!(
        FamilySettings::Mlp { order, .. } => order: Order,
        "order",
        "pre|post",
        "N and φ before the weights, W φ(N(x)), or after them, φ(N(W x))"
    ),
    family_row!(
        FamilySettings::Transformer(TransformerSettings { norm_order, .. }) => norm_order: NormOrder,
        "norm-order",
        "pre|post|none",
        "normalization of a transformer's sub-layers: x + F(N(x)), N(x + F(x)) or x + F(x)"
    ),
    family_row!(
        FamilySettings::Transformer(TransformerSettings { positions, .. }) => positions: Positions,
        "positions",
        "learned|rotary",
        "how a transformer encodes the position of a character"
    ),
    family_row!(
        FamilySettings::Transformer(TransformerSettings { heads, .. }) => heads: usize,
        "heads",
        "NUMBER",
        "number of attention heads of a transformer, which share the width",
        Numbers::from_one("4")
    ),
    family_row!(
        FamilySettings::Diffusion(DiffusionSettings { long_skips, .. }) => long_skips: LongSkips,
        "long-skips",
        "on|off",
        "whether long skips connect the encoder of a diffusion model to its decoder"
    ),
    family_row!(
        FamilySettings::Diffusion(DiffusionSettings { noise_schedule, .. }) => noise_schedule: NoiseSchedule,
        "noise-schedule",
        "linear|cosine",
        "how fast noise replaces the pictures of a diffusion model"
    ),
    family_row!(
        FamilySettings::Mlp { bias, .. } | FamilySettings::Transformer(TransformerSettings { bias, .. }) => bias: Bias,
        "bias",
        "on|off",
        "whether blocks have a bias"
    ),
    Setting {
        key: "branch-scale",
        group: Group::Stack,
        help: "s in x + s·F(x), residual lanes only",
        values: "NUMBER|1/sqrt(depth)|1/depth",
        access: Access::Lane {
            get: |lane| lane.has_branch_scale().then(|| written(&lane.branch_scale)),
            set: |lane, word| {
                let scale = word.trim().parse()?;
                if lane.has_branch_scale() {
                    lane.branch_scale = scale;
                }
                Ok(())
            },
        },
    },
    row!(Lane, optimizer, "optimizer", Training, "sgd|adam|adamw|rmsprop", "update rule"),
    row!(Lane, lr, "lr", Training, "NUMBER", "learning rate", Numbers::above_zero("1e-3")),
    row!(
        Lane,
        warmup,
        "warmup",
        Training,
        "STEPS",
        "steps over which the learning rate rises linearly",
        Numbers::from_zero("100")
    ),
    row!(Lane, momentum, "momentum", Training, "0…1", "momentum of sgd", MOMENTA),
    row!(Lane, weight_decay, "weight-decay", Training, "NUMBER", "decoupled for adamw, L2 for the others", DECAYS),
    row!(Lane, epsilon, "epsilon", Training, "NUMBER", "ε of adam, adamw and rmsprop", Numbers::above_zero("1e-8")),
    Setting {
        key: "clip",
        group: Group::Training,
        help: "global gradient norm above which gradients are scaled down",
        values: "NUMBER|off",
        access: Access::Lane {
            get: |lane| Some(lane.clip.map_or_else(|| "off".to_owned(), |most| most.to_string())),
            set: |lane, word| {
                lane.clip = Numbers::above_zero("1").read_or("off", word)?;
                Ok(())
            },
        },
    },
    row!(
        Run,
        batch,
        "batch",
        Training,
        "ROWS",
        "rows per step; the last partial batch is dropped",
        Numbers::from_one("64")
    ),
    Setting {
        key: "steps",
        group: Group::Training,
        help: "length of the run in steps",
        values: "STEPS",
        access: Access::Run {
            get: |run| if let Length::Steps(steps) = run.length { steps.to_string() } else { String::new() },
            set: |run, word| {
                run.length = Length::Steps(Numbers::from_one("2000").read(word)?);
                Ok(())
            },
        },
    },
    Setting {
        key: "epochs",
        group: Group::Training,
        help: "length of the run in passes over the training data, instead of steps",
        values: "EPOCHS",
        access: Access::Run {
            get: |run| if let Length::Epochs(epochs) = run.length { epochs.to_string() } else { String::new() },
            set: |run, word| {
                run.length = Length::Epochs(Numbers::from_one("10").read(word)?);
                Ok(())
            },
        },
    },
    row!(Run, seed, "seed", Training, "NUMBER", "all random numbers derive from it", Numbers::from_zero("1")),
    row!(
        Run,
        data,
        "data",
        Data,
        "digits|text|KIND:PATH",
        "data to train on: embedded digits or text, or files: csv:FILE, text:FILE, image-folder:DIR, mnist:DIR, \
         fashion:DIR, cifar10:DIR, cifar100:DIR"
    ),
    row!(
        Run,
        image_size,
        "image-size",
        Data,
        "2…1024",
        "rows and columns to which the pictures of image-folder are resized",
        SIDES
    ),
    row!(Run, context, "context", Data, "1…65536", "characters of a text per example", CONTEXTS),
    row!(Run, backend, "backend", Machine, "flex|ndarray", "Burn backend that computes"),
    row!(
        Run,
        checkpoint_activations,
        "checkpoint-activations",
        Machine,
        "on|off",
        "recompute cheap activations in the backward pass: the same numbers with less memory"
    ),
    Setting {
        key: "threads",
        group: Group::Machine,
        help: "maximum number of lanes that compute at the same time",
        values: "NUMBER|auto",
        access: Access::Run {
            get: |run| run.threads.map_or_else(|| "auto".to_owned(), |threads| threads.to_string()),
            set: |run, word| {
                run.threads = Numbers::from_one("2").read_or("auto", word)?;
                Ok(())
            },
        },
    },
    row!(
        Run,
        measure,
        "measure",
        Machine,
        "EVERY|auto",
        "measure the layers every EVERY steps; auto: as often as the budget allows"
    ),
    Setting {
        key: "budget",
        group: Group::Machine,
        help: "share of the step time that measuring may take, not counting re-runs; with --measure auto, off means 2%",
        values: "PERCENT|off",
        access: Access::Run {
            get: |run| run.budget.map_or_else(|| "off".to_owned(), |budget| budget.to_string()),
            set: |run, word| {
                run.budget = if word.trim() == "off" { None } else { Some(word.parse()?) };
                Ok(())
            },
        },
    },
    Setting {
        key: "detail",
        group: Group::Machine,
        help: "measure the costly quantities every EVERY steps",
        values: "EVERY|off",
        access: Access::Run {
            get: |run| run.detail.map_or_else(|| "off".to_owned(), |every| every.to_string()),
            set: |run, word| {
                run.detail = Numbers::from_one("200").read_or("off", word)?;
                Ok(())
            },
        },
    },
    Setting {
        key: "flight",
        group: Group::Machine,
        help: "keep the state of the lanes every EVERY steps, to re-run the last steps in detail when a loss jumps or is NaN",
        values: "EVERY|off",
        access: Access::Run {
            get: |run| run.flight.map_or_else(|| "off".to_owned(), |every| every.to_string()),
            set: |run, word| {
                run.flight = Numbers::from_one("64").read_or("off", word)?;
                Ok(())
            },
        },
    },
    Setting {
        key: "histograms",
        group: Group::Machine,
        help: "count gradients into histograms every EVERY steps; off: only with the costly quantities",
        values: "EVERY|off",
        access: Access::Run {
            get: |run| run.histograms.map_or_else(|| "off".to_owned(), |every| every.to_string()),
            set: |run, word| {
                run.histograms = Numbers::from_one("10").read_or("off", word)?;
                Ok(())
            },
        },
    },
    Setting {
        key: "save-every",
        group: Group::Machine,
        help: "save a checkpoint into the folder of --log every STEPS steps, and at the last step",
        values: "STEPS|off",
        access: Access::Run {
            get: |run| run.save_every.map_or_else(|| "off".to_owned(), |every| every.to_string()),
            set: |run, word| {
                run.save_every = Numbers::from_one("1000").read_or("off", word)?;
                Ok(())
            },
        },
    },
];

/// The setting of that key.
#[must_use]
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// A file of weights. Its name must fit into a lane's own settings, in quotes where it has commas.
fn weights(word: &str) -> Result<Option<PathBuf>, String> {
    match word {
        "off" => Ok(None),
        "" => Err("'' is not a file: write e.g. weights.safetensors or off".to_owned()),
        word if quoted::quoted(word).is_none() => {
            Err(format!("'{word}' has both quotes and commas in its name: write a name without one of them"))
        }
        word => Ok(Some(PathBuf::from(word))),
    }
}

/// The value as the user would write it: `1e-8`, not `0.00000001`.
fn written(value: &impl Display) -> String {
    const SMALL: f64 = 1e-3;
    let text = value.to_string();
    match text.parse::<f64>() {
        Ok(number) if number != 0.0 && number.abs() < SMALL => format!("{number:e}"),
        _ => text,
    }
}
