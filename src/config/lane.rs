//! Settings of one lane: its stack and how it is trained.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    Activation, BranchScale, DiffusionSettings, FamilySettings, Init, LongSkips, Model, Norm, Optimizer, Wiring,
};
use crate::text::clean;

/// Settings of one lane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LaneConfig {
    /// Unique name; by default the wiring.
    pub name: String,
    /// Family of the stack, with the settings that only this family has.
    #[serde(flatten)]
    pub family: FamilySettings,
    /// How a block is wired.
    pub wiring: Wiring,
    /// The number under which the family is known; [`Self::blocks`] are its blocks D.
    pub depth: usize,
    /// Units per block, or channels of the first stage.
    pub width: usize,
    /// φ.
    pub activation: Activation,
    /// Distribution of the initial weights.
    pub init: Init,
    /// File that holds the initial weights, as the user wrote it; `None` = they are drawn.
    pub init_from: Option<PathBuf>,
    /// s in x + s·F(x).
    pub branch_scale: BranchScale,
    /// N in W φ(N(x)) + b.
    pub norm: Norm,
    /// Update rule.
    pub optimizer: Optimizer,
    /// Base learning rate.
    pub lr: f64,
    /// Momentum of SGD.
    pub momentum: f64,
    /// Decoupled for AdamW, L2 for the others.
    pub weight_decay: f64,
    /// ε of Adam, AdamW and RMSprop.
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

    /// The family of the stack.
    #[must_use]
    pub fn model(&self) -> Model {
        self.family.model()
    }

    /// Whether its blocks add a branch to their input with a factor s that the user sets.
    #[must_use]
    pub(super) fn has_branch_scale(&self) -> bool {
        self.wiring == Wiring::Residual && !matches!(self.model(), Model::Vgg | Model::Highway | Model::Dense)
    }

    /// Gives a scale that the blocks do not have its default: two lanes that train alike are equal.
    pub(super) fn forget_unused_scale(&mut self) {
        if !self.has_branch_scale() {
            self.branch_scale = Self::default().branch_scale;
        }
    }

    /// One line about the architecture, such as `mlp 50×64 · relu · default init`.
    #[must_use]
    pub fn title(&self) -> String {
        let start = match self.init_from.as_deref().map(Path::file_name) {
            None => format!("{} init", self.init),
            Some(file) => format!("from {}", clean(&file.unwrap_or_default().to_string_lossy())),
        };
        let without = match (self.family.diffusion(), self.wiring) {
            (Some(DiffusionSettings { long_skips: LongSkips::On, .. }), Wiring::Plain) => " · block residuals off",
            (Some(DiffusionSettings { long_skips: LongSkips::Off, .. }), Wiring::Plain) => {
                " · block residuals and long skips off"
            }
            (Some(DiffusionSettings { long_skips: LongSkips::Off, .. }), _) => " · long skips off",
            _ => "",
        };
        format!("{} {}×{}{without} · {} · {start}", self.model(), self.depth, self.width, self.activation)
    }
}

impl Default for LaneConfig {
    fn default() -> Self {
        Self {
            name: Wiring::Plain.to_string(),
            family: FamilySettings::default(),
            wiring: Wiring::Plain,
            depth: 50,
            width: 64,
            activation: Activation::Relu,
            init: Init::Default,
            init_from: None,
            branch_scale: BranchScale::Constant(1.0),
            norm: Norm::None,
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
