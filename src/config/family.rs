//! The families of stacks: the depths under which their papers know them, how many blocks each depth has, and their
//! default settings.

use super::{Activation, Form, Init, LaneConfig, Model, Norm, NormOrder, Wiring};

/// Which way along the depths of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// To more blocks.
    Deeper,
    /// To fewer.
    Shallower,
}

/// Blocks of a stack at most.
pub const MOST_BLOCKS: usize = 10_000;
/// Depths of the imagenet form of residual nets, with the number of their blocks.
const IMAGENET_RESNETS: &[(usize, usize)] = &[(18, 8), (34, 16), (50, 16), (101, 33), (152, 50)];
/// Learning rate with which narrow nets learn the digits within some hundred steps.
const PICTURE_RATE: f64 = 5e-3;
/// Those that have a paper's table; deeper ones go on in steps of three.
const VGGS: &[usize] = &[11, 13, 16, 19];
/// Each is dozens of operations: deeper ones take minutes a step.
const MOST_TRANSFORMER_BLOCKS: usize = 1000;

impl Model {
    /// The default settings of a lane of this family.
    #[must_use]
    pub fn defaults(self) -> LaneConfig {
        let common = LaneConfig { family: self.into(), ..LaneConfig::default() };
        let pictures =
            LaneConfig { width: 4, norm: Norm::Batch, init: Init::Kaiming, lr: PICTURE_RATE, ..common.clone() };
        match self {
            Self::Mlp => common,
            Self::Vgg => LaneConfig { depth: 19, lr: 2e-3, norm: Norm::None, ..pictures },
            Self::Resnet => LaneConfig { depth: 56, ..pictures },
            Self::Highway => LaneConfig { init: Init::Kaiming, ..common },
            Self::Dense => LaneConfig { depth: 40, ..pictures },
            Self::Preresnet => LaneConfig { depth: 164, width: 2, lr: 2.0 * PICTURE_RATE, ..pictures },
            Self::Diffusion => LaneConfig {
                depth: 8,
                width: 16,
                norm: Norm::Group,
                activation: Activation::Gelu,
                lr: 2e-3,
                ..pictures
            },
            Self::Transformer => {
                LaneConfig { depth: 6, norm: Norm::Layer, activation: Activation::Gelu, init: Init::Xavier, ..common }
            }
        }
    }

    /// Whether it learns characters.
    #[must_use]
    pub(crate) fn reads_text(self) -> bool {
        self == Self::Transformer
    }

    /// D, the blocks of a stack of that depth; `None` where the family has no such depth.
    #[must_use]
    pub(crate) fn blocks(self, form: Form, depth: usize) -> Option<usize> {
        // n of a depth that is so many times n and some more.
        let times = |step: usize, more: usize| {
            depth.checked_sub(more).filter(|rest| rest.is_multiple_of(step)).map(|rest| rest / step).filter(|n| *n > 0)
        };
        let blocks = match (self, form) {
            (Self::Mlp | Self::Highway, _) => Some(depth),
            // The first convolution is the stem; three layers of the count are the head.
            (Self::Vgg, _) if VGGS.contains(&depth) || (depth > 19 && (depth - 19).is_multiple_of(3)) => {
                Some(depth - 4)
            }
            (Self::Vgg, _) => None,
            (Self::Resnet, Form::Cifar) => times(6, 2).map(|n| 3 * n),
            (Self::Resnet, Form::Imagenet) => {
                IMAGENET_RESNETS.iter().find(|(known, _)| *known == depth).map(|(_, blocks)| *blocks)
            }
            (Self::Resnet, Form::Wide) => times(6, 4).map(|n| 3 * n),
            (Self::Preresnet, _) => times(9, 2).map(|n| 3 * n),
            // Two of them are transitions.
            (Self::Dense, _) => times(3, 4).map(|n| 3 * n + 2),
            (Self::Diffusion, _) => times(6, 2).map(|n| 6 * n + 2),
            (Self::Transformer, _) => (depth <= MOST_TRANSFORMER_BLOCKS).then_some(depth),
        };
        blocks.filter(|blocks| (1..=MOST_BLOCKS).contains(blocks))
    }

    /// The depths of the family in words.
    pub(super) fn depths(self, form: Form) -> &'static str {
        match (self, form) {
            (Self::Mlp | Self::Highway, _) => "1 to 10000",
            (Self::Vgg, _) => "11, 13, 16, 19, 22, 25 …",
            (Self::Resnet, Form::Cifar) => "6n+2: 8, 14, 20, 32, 44, 56, 110 …",
            (Self::Resnet, Form::Imagenet) => "18, 34, 50, 101 and 152",
            (Self::Resnet, Form::Wide) => "6n+4: 10, 16, 22, 28, 40 …",
            (Self::Dense, _) => "3n+4: 7, 40, 100 …",
            (Self::Diffusion, _) => "6n+2: 8, 14, 20, 26 …",
            (Self::Preresnet, _) => "9n+2: 11, 20, 164, 1001 …",
            (Self::Transformer, _) => "1 to 1000",
        }
    }

    /// The next depth that the family has; `None` where there is none.
    #[must_use]
    pub(crate) fn next_depth(self, form: Form, depth: usize, along: Along) -> Option<usize> {
        let is_depth = |depth: &usize| self.blocks(form, *depth).is_some();
        match along {
            Along::Deeper => (depth + 1..=MOST_BLOCKS).find(is_depth),
            Along::Shallower => (1..depth).rev().find(is_depth),
        }
    }
}

impl LaneConfig {
    /// D, the number of blocks; 0 for a depth that the family does not have.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.model().blocks(self.family.form(), self.depth).unwrap_or(0)
    }

    /// Whether its blocks normalize what passes.
    #[must_use]
    pub fn normalizes(&self) -> bool {
        self.wiring == Wiring::DeepNorm || (self.order_of_norms() != NormOrder::None && self.norm != Norm::None)
    }

    /// Where the normalizations of a transformer stand: DeepNorm's are behind the sums in any case. Other families have
    /// them inside the branch.
    #[must_use]
    pub fn order_of_norms(&self) -> NormOrder {
        if self.wiring == Wiring::DeepNorm { NormOrder::Post } else { self.family.transformer().norm_order }
    }

    /// s of its residual blocks.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.branch_scale.at(self.blocks().max(1))
    }

    /// Whether its weights start as Fixup has them.
    #[must_use]
    pub(crate) fn is_fixup(&self) -> bool {
        self.wiring == Wiring::Fixup || self.init == Init::Fixup
    }

    /// Whether a factor other than 1, or a learned one, stands between its branches and the sums.
    #[must_use]
    pub fn scales_branches(&self) -> bool {
        match self.wiring {
            Wiring::Plain | Wiring::DeepNorm | Wiring::StochasticDepth => false,
            Wiring::Residual | Wiring::NormScaling => self.scale() != 1.0,
            Wiring::ReZero
            | Wiring::SkipInit
            | Wiring::LayerScale
            | Wiring::Fixup
            | Wiring::HyperConnections
            | Wiring::ConstrainedHyperConnections => true,
        }
    }

    /// N inside a branch; a wiring that normalizes the sum has none there.
    #[must_use]
    pub fn branch_norm(&self) -> Norm {
        if self.wiring == Wiring::DeepNorm { Norm::None } else { self.norm }
    }

    /// By what block l (from 1) multiplies what its normalization puts out.
    #[must_use]
    pub fn norm_scale(&self, block: usize) -> f64 {
        if self.wiring == Wiring::NormScaling { 1.0 / (block as f64).sqrt() } else { 1.0 }
    }

    /// The defaults of a family with this wiring, named after it.
    #[must_use]
    pub fn of(model: Model, wiring: Wiring) -> Self {
        Self { name: wiring.lane_name(), wiring, ..model.defaults() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_depths_have_their_blocks() {
        let blocks = |model: Model, form| move |depth| model.blocks(form, depth);
        let cifar = [20, 32, 44, 56, 110, 1202].map(blocks(Model::Resnet, Form::Cifar));
        assert_eq!(cifar, [9, 15, 21, 27, 54, 600].map(Some));
        let imagenet = [18, 34, 50, 101, 152].map(blocks(Model::Resnet, Form::Imagenet));
        assert_eq!(imagenet, [8, 16, 16, 33, 50].map(Some));
        assert_eq!([16, 28, 40].map(blocks(Model::Resnet, Form::Wide)), [6, 12, 18].map(Some));
        assert_eq!([164, 1001].map(blocks(Model::Preresnet, Form::Cifar)), [54, 333].map(Some));
        assert_eq!([11, 13, 16, 19, 22].map(blocks(Model::Vgg, Form::Cifar)), [7, 9, 12, 15, 18].map(Some));
    }
}
