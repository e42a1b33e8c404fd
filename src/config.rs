//! A run's settings: plain data, the same for the command line, the file, the form on screen and the trace.
//!
//! The table of settings ([`setting::SETTINGS`]) is the one place where a setting has its key, help and default; the
//! types here hold the values.

mod change;
mod choice;
mod data_source;
pub mod draft;
mod family;
mod lane_spec;
mod measure;
mod quoted;
pub mod setting;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use choice::{
    Activation, Backend, Bias, BranchScale, CheckpointActivations, Form, Init, Length, LongSkips, Model, NoiseSchedule,
    Norm, NormOrder, Optimizer, Order, Positions, Wiring,
};
pub(crate) use choice::{nearest, not_one_of};
pub use data_source::DataSource;
pub use family::Along;
pub use lane_spec::LaneSpec;
pub use measure::{Budget, DEFAULT_BUDGET, Measure};

use crate::measurement::{Intervals, Measurement};
use crate::text::clean;

/// Settings of a whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// What is learned.
    pub data: DataSource,
    /// Lines and columns that a person's own pictures are brought to.
    pub image_size: usize,
    /// Characters of a text per example.
    pub context: usize,
    /// Rows per step; the last partial batch of an epoch is dropped.
    pub batch: usize,
    /// How long.
    pub length: Length,
    /// Everything random derives from it.
    pub seed: u64,
    /// What computes.
    pub backend: Backend,
    /// Whether activations are computed anew in the backward pass.
    pub checkpoint_activations: CheckpointActivations,
    /// Lanes that compute at the same time at most; `None` = one per hardware thread.
    pub threads: Option<usize>,
    /// How often the layers are measured.
    pub measure: Measure,
    /// Share of the step time that measuring may take; `None` = as much as it takes.
    pub budget: Option<Budget>,
    /// Every how many steps the costly quantities are taken; `None` = never.
    pub detail: Option<u64>,
    /// Every how many steps the flight recorder keeps the lanes; `None` = off.
    pub flight: Option<u64>,
    /// Every how many steps gradients are counted into histograms; `None` = only with the costly quantities.
    pub histograms: Option<u64>,
    /// Every how many steps a checkpoint is saved; `None` = never.
    pub save_every: Option<u64>,
    /// The stacks that are compared, 1 … 8.
    pub lanes: Vec<LaneConfig>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            data: DataSource::Digits,
            image_size: 32,
            context: 64,
            batch: 64,
            length: Length::Steps(2000),
            seed: 1,
            backend: Backend::Flex,
            checkpoint_activations: CheckpointActivations::Off,
            threads: None,
            measure: Measure::Every(Measurement::Layers.definition().default_interval),
            budget: None,
            detail: Some(Measurement::Costly.definition().default_interval),
            histograms: Some(Measurement::Histograms.definition().default_interval),
            flight: Some(64),
            save_every: None,
            lanes: vec![LaneConfig::new(Wiring::Plain), LaneConfig::new(Wiring::Residual)],
        }
    }
}

/// Lanes of one run at most: more cannot be told apart on a screen.
pub const MOST_LANES: usize = 8;

impl RunConfig {
    /// Share of the step time that measuring may take, where it is bounded.
    #[must_use]
    pub fn budget(&self) -> Option<f64> {
        match (self.budget, self.measure) {
            (Some(Budget(share)), _) => Some(share),
            (None, Measure::Auto) => Some(DEFAULT_BUDGET),
            (None, Measure::Every(_)) => None,
        }
    }

    /// How often each part is measured.
    #[must_use]
    pub fn intervals(&self) -> Intervals {
        Intervals {
            layers: self.measure.steps(),
            histograms: self.histograms,
            costly: self.detail,
            is_bounded: self.budget().is_some(),
        }
    }

    /// Rules across settings; each setting alone is checked where it is set.
    ///
    /// # Errors
    /// When there is no lane, there are more than [`MOST_LANES`], two have the same name, or a family has not what is
    /// asked of it.
    pub fn check(&self) -> Result<(), setting::SettingError> {
        let problem = |problem: String| Err(setting::SettingError { key: "lanes".to_owned(), problem });
        if self.lanes.is_empty() || self.lanes.len() > MOST_LANES {
            return problem(format!("{} lanes: write 1 to {MOST_LANES}, such as plain,residual", self.lanes.len()));
        }
        for (index, lane) in self.lanes.iter().enumerate() {
            if self.lanes.iter().take(index).any(|other| other.name == lane.name) {
                return problem(format!("two lanes are called '{}': set name= on one of them", lane.name));
            }
            let unfit = lane.incompatible_setting().or_else(|| Some(("data", lane.model.incompatible(&self.data)?)));
            if let Some((key, problem)) = unfit {
                return Err(setting::SettingError { key: key.to_owned(), problem });
            }
        }
        Ok(())
    }
}

/// Settings of one lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LaneConfig {
    /// Unique name; by default the wiring.
    pub name: String,
    /// Family of the stack.
    pub model: Model,
    /// How a block is wired.
    pub wiring: Wiring,
    /// Stem and head of a convolutional net.
    pub form: Form,
    /// The number under which the family is known; [`Self::blocks`] are its blocks D.
    pub depth: usize,
    /// Units per block, or channels of the first stage.
    pub width: usize,
    /// φ.
    pub activation: Activation,
    /// Distribution of the initial weights.
    pub init: Init,
    /// File that holds the initial weights, as a person wrote it; `None` = they are drawn.
    pub init_from: Option<PathBuf>,
    /// s in x + s·F(x).
    pub branch_scale: BranchScale,
    /// N in W φ(N(x)) + b.
    pub norm: Norm,
    /// Whether N and φ stand before the weights or behind them.
    pub order: Order,
    /// Where N stands in the halves of a transformer's block.
    pub norm_order: NormOrder,
    /// How a transformer knows where a character stands.
    pub positions: Positions,
    /// Heads of attention of a transformer's block.
    pub heads: usize,
    /// Whether the way up of a U-Net sees the way down.
    pub long_skips: LongSkips,
    /// How fast pictures drown in noise.
    pub noise_schedule: NoiseSchedule,
    /// Whether blocks have a bias.
    pub bias: Bias,
    /// Update rule.
    pub optimizer: Optimizer,
    /// Base learning rate.
    pub lr: f64,
    /// Momentum of SGD.
    pub momentum: f64,
    /// Decoupled for AdamW, L2 for the others.
    pub weight_decay: f64,
    /// ε of Adam and AdamW.
    pub epsilon: f64,
    /// Steps over which the learning rate rises linearly.
    pub warmup: u64,
    /// Global gradient norm above which gradients are scaled down; `None` = off.
    pub clip: Option<f64>,
}

impl LaneConfig {
    /// The documented defaults with this wiring, named after it.
    #[must_use]
    pub fn new(wiring: Wiring) -> Self {
        Self { name: wiring.lane_name(), wiring, ..Self::default() }
    }

    /// One line about the architecture, such as `mlp 50×64 · relu · default init`.
    #[must_use]
    pub fn title(&self) -> String {
        let start = match self.init_from.as_deref().map(Path::file_name) {
            None => format!("{} init", self.init),
            Some(file) => format!("from {}", clean(&file.unwrap_or_default().to_string_lossy())),
        };
        let without = match (self.model, self.wiring, self.long_skips) {
            (Model::Diffusion, Wiring::Plain, LongSkips::On) => " · block residuals off",
            (Model::Diffusion, Wiring::Plain, LongSkips::Off) => " · block residuals and long skips off",
            (Model::Diffusion, _, LongSkips::Off) => " · long skips off",
            _ => "",
        };
        format!("{} {}×{}{without} · {} · {start}", self.model, self.depth, self.width, self.activation)
    }
}

impl Default for LaneConfig {
    fn default() -> Self {
        Self {
            name: Wiring::Plain.to_string(),
            model: Model::Mlp,
            wiring: Wiring::Plain,
            form: Form::Cifar,
            depth: 50,
            width: 64,
            activation: Activation::Relu,
            init: Init::Default,
            init_from: None,
            branch_scale: BranchScale::Constant(1.0),
            norm: Norm::None,
            order: Order::Pre,
            norm_order: NormOrder::Pre,
            positions: Positions::Learned,
            heads: 4,
            long_skips: LongSkips::On,
            noise_schedule: NoiseSchedule::Linear,
            bias: Bias::On,
            optimizer: Optimizer::Adam,
            lr: 1e-3,
            momentum: 0.9,
            weight_decay: 0.0,
            epsilon: 1e-8,
            warmup: 0,
            clip: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_where_the_weights_come_from() {
        let drawn = LaneConfig::default();
        assert_eq!(drawn.title(), "mlp 50×64 · relu · default init");
        let given = LaneConfig { init_from: Some("runs/w.safetensors".into()), ..drawn };
        assert_eq!(given.title(), "mlp 50×64 · relu · from w.safetensors");
    }
}
