//! Settings that a lane has because of its family, beside those that every lane has. A setting of another family has no
//! place here, so it can be neither set nor saved.

use serde::Serialize;

use super::{Bias, Form, LongSkips, Model, NoiseSchedule, NormOrder, Order, Positions};

/// The family of a stack, with the settings that only this family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "model", rename_all = "lowercase")]
pub enum FamilySettings {
    /// Chain of linear maps.
    Mlp {
        /// Whether N and φ stand before the weights or behind them.
        order: Order,
        /// Whether blocks have a bias.
        bias: Bias,
    },
    /// Chain of 3×3 convolutions.
    Vgg {
        /// Stem and head.
        form: Form,
    },
    /// Residual nets for pictures.
    Resnet {
        /// Stem and head.
        form: Form,
    },
    /// The same with full pre-activation.
    Preresnet,
    /// Gated skips.
    Highway,
    /// Concatenating skips.
    Dense,
    /// Decoder of characters.
    Transformer(TransformerSettings),
    /// U-Net that finds the noise in pictures.
    Diffusion(DiffusionSettings),
}

/// Settings of a transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TransformerSettings {
    /// Where N is placed in the sub-layers of a block.
    pub norm_order: NormOrder,
    /// How the position of a character is encoded.
    pub positions: Positions,
    /// Heads of attention of a block.
    pub heads: usize,
    /// Whether blocks have a bias.
    pub bias: Bias,
}

/// Settings of a diffusion model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DiffusionSettings {
    /// Whether long skips connect the encoder of the U-Net to its decoder.
    pub long_skips: LongSkips,
    /// How fast noise replaces the pictures.
    pub noise_schedule: NoiseSchedule,
}

impl Default for TransformerSettings {
    fn default() -> Self {
        Self { norm_order: NormOrder::Pre, positions: Positions::Learned, heads: 4, bias: Bias::On }
    }
}

impl Default for DiffusionSettings {
    fn default() -> Self {
        Self { long_skips: LongSkips::On, noise_schedule: NoiseSchedule::Linear }
    }
}

impl Default for FamilySettings {
    fn default() -> Self {
        Model::Mlp.into()
    }
}

/// The documented defaults of a family.
impl From<Model> for FamilySettings {
    fn from(model: Model) -> Self {
        match model {
            Model::Mlp => Self::Mlp { order: Order::Pre, bias: Bias::On },
            Model::Vgg => Self::Vgg { form: Form::Cifar },
            Model::Resnet => Self::Resnet { form: Form::Cifar },
            Model::Preresnet => Self::Preresnet,
            Model::Highway => Self::Highway,
            Model::Dense => Self::Dense,
            Model::Transformer => Self::Transformer(TransformerSettings::default()),
            Model::Diffusion => Self::Diffusion(DiffusionSettings::default()),
        }
    }
}

impl From<TransformerSettings> for FamilySettings {
    fn from(settings: TransformerSettings) -> Self {
        Self::Transformer(settings)
    }
}

impl From<DiffusionSettings> for FamilySettings {
    fn from(settings: DiffusionSettings) -> Self {
        Self::Diffusion(settings)
    }
}

impl FamilySettings {
    /// The family alone.
    #[must_use]
    pub(crate) fn model(&self) -> Model {
        match self {
            Self::Mlp { .. } => Model::Mlp,
            Self::Vgg { .. } => Model::Vgg,
            Self::Resnet { .. } => Model::Resnet,
            Self::Preresnet => Model::Preresnet,
            Self::Highway => Model::Highway,
            Self::Dense => Model::Dense,
            Self::Transformer(_) => Model::Transformer,
            Self::Diffusion(_) => Model::Diffusion,
        }
    }

    /// Stem and head of its convolutions: those for pictures of 32² where the family has no choice.
    #[must_use]
    pub(crate) fn form(&self) -> Form {
        match self {
            Self::Vgg { form } | Self::Resnet { form } => *form,
            _ => Form::Cifar,
        }
    }

    /// Whether N and φ stand before the weights of an MLP's block or behind them: before them where the family has no
    /// choice.
    #[must_use]
    pub(crate) fn order(&self) -> Order {
        if let Self::Mlp { order, .. } = self { *order } else { Order::Pre }
    }

    /// Whether the blocks of an MLP or a transformer have a bias: they have one where the family has no choice.
    #[must_use]
    pub(crate) fn bias(&self) -> Bias {
        match self {
            Self::Mlp { bias, .. } | Self::Transformer(TransformerSettings { bias, .. }) => *bias,
            _ => Bias::On,
        }
    }

    /// Settings of a transformer: the defaults for another family.
    #[must_use]
    pub fn transformer(&self) -> TransformerSettings {
        if let Self::Transformer(settings) = self { *settings } else { TransformerSettings::default() }
    }

    /// Settings of a diffusion model; `None` for another family.
    #[must_use]
    pub fn diffusion(&self) -> Option<DiffusionSettings> {
        if let Self::Diffusion(settings) = self { Some(*settings) } else { None }
    }
}
