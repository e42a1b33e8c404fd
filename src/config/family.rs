//! The families of stacks: under which numbers their papers know them, how many blocks that is, and what they are
//! unless a person says otherwise.

use super::{Activation, DataSource, Form, Init, LaneConfig, Model, Norm, NormOrder, Order, Positions, Wiring};

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
    /// What a lane of the family is where nothing else is said.
    #[must_use]
    pub fn defaults(self) -> LaneConfig {
        let common = LaneConfig { model: self, ..LaneConfig::default() };
        let pictures =
            LaneConfig { width: 4, norm: Norm::Batch, init: Init::Kaiming, lr: PICTURE_RATE, ..common.clone() };
        match self {
            Self::Mlp => common,
            Self::Vgg => LaneConfig { depth: 19, lr: 2e-3, norm: Norm::None, order: Order::Post, ..pictures },
            Self::Resnet => LaneConfig { depth: 56, order: Order::Post, ..pictures },
            Self::Highway => LaneConfig { order: Order::Post, init: Init::Kaiming, ..common },
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

    /// The families that have a use for a setting of a lane; `None` where all have.
    #[must_use]
    pub fn with(key: &str) -> Option<&'static [Self]> {
        Some(match key {
            "form" => &[Self::Vgg, Self::Resnet],
            "order" => &[Self::Mlp],
            "norm-order" | "positions" | "heads" => &[Self::Transformer],
            "long-skips" | "noise-schedule" => &[Self::Diffusion],
            "bias" => &[Self::Mlp, Self::Transformer],
            "branch-scale" => &[Self::Mlp, Self::Resnet, Self::Preresnet, Self::Transformer, Self::Diffusion],
            _ => return None,
        })
    }

    /// Why it has no use for a setting of a lane, as a sentence.
    #[must_use]
    pub fn not_applicable(self, key: &str) -> Option<String> {
        let families = Self::with(key).filter(|families| !families.contains(&self))?;
        let families: Vec<String> = families.iter().map(ToString::to_string).collect();
        Some(format!("{self} has no use for it, which is for {}: leave it out", families.join(", ")))
    }

    /// Whether it learns characters.
    #[must_use]
    pub fn reads_text(self) -> bool {
        self == Self::Transformer
    }

    /// Why it cannot learn these data, as a sentence.
    #[must_use]
    pub fn incompatible(self, data: &DataSource) -> Option<String> {
        match (self.reads_text(), data.is_text()) {
            (true, false) => {
                Some(format!("{self} reads text, and the data are {data}: write --data text or text:FILE"))
            }
            (false, true) => Some(format!(
                "{self} reads no text, and the data are {data}: write --data digits or --model transformer"
            )),
            (true, true) | (false, false) => None,
        }
    }

    /// D, the blocks of a stack of that depth; `None` where the family has no such depth.
    #[must_use]
    pub fn blocks(self, form: Form, depth: usize) -> Option<usize> {
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
    fn depths(self, form: Form) -> &'static str {
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
    pub fn next_depth(self, form: Form, depth: usize, along: Along) -> Option<usize> {
        let is_depth = |depth: &usize| self.blocks(form, *depth).is_some();
        match along {
            Along::Deeper => (depth + 1..=MOST_BLOCKS).find(is_depth),
            Along::Shallower => (1..depth).rev().find(is_depth),
        }
    }
}

impl LaneConfig {
    /// D, the number of blocks; 0 for a depth that the family has not.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.model.blocks(self.form, self.depth).unwrap_or(0)
    }

    /// Whether its blocks normalize what passes.
    #[must_use]
    pub fn normalizes(&self) -> bool {
        match (self.wiring, self.model, self.norm_order) {
            (Wiring::DeepNorm, ..) => true,
            (_, Model::Transformer, NormOrder::None) => false,
            _ => self.norm != Norm::None,
        }
    }

    /// Where the normalizations of a transformer stand: DeepNorm's are behind the sums whatever else is said.
    #[must_use]
    pub fn order_of_norms(&self) -> NormOrder {
        if self.wiring == Wiring::DeepNorm { NormOrder::Post } else { self.norm_order }
    }

    /// s of its residual blocks.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.branch_scale.at(self.blocks().max(1))
    }

    /// Whether its weights start as Fixup has them.
    #[must_use]
    pub fn is_fixup(&self) -> bool {
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

    /// What about it its family has not, with the setting that says so.
    pub(super) fn incompatible_setting(&self) -> Option<(&'static str, String)> {
        let Self { model, wiring, norm, norm_order, .. } = *self;
        if let Some(problem) = self.wrong_depth() {
            return Some(("depth", problem));
        }
        if (model, self.form) == (Model::Vgg, Form::Wide) {
            return Some(("form", "vgg has no wide form: write form=cifar or form=imagenet, and a --width".to_owned()));
        }
        let has_own_skips = matches!(model, Model::Highway | Model::Dense);
        if has_own_skips && !matches!(wiring, Wiring::Plain | Wiring::Residual) {
            let problem = format!("{model} has skips of its own kind, not {wiring}: write plain or residual");
            return Some(("lanes", problem));
        }
        if model == Model::Diffusion && wiring.streams() > 1 {
            let problem = format!("{model} leads one stream through its stages, not those of {wiring}: write residual");
            return Some(("lanes", problem));
        }
        if wiring == Wiring::NormScaling && norm == Norm::None {
            let problem = format!("{wiring} scales what a normalization puts out, and there is none: write norm=layer");
            return Some(("norm", problem));
        }
        if (wiring, model) == (Wiring::NormScaling, Model::Transformer) && norm_order != NormOrder::Pre {
            let problem = format!("{wiring} scales what a normalization before a half puts out: write norm-order=pre");
            return Some(("norm-order", problem));
        }
        if (wiring, model, norm) == (Wiring::DeepNorm, Model::Transformer, Norm::None) {
            let problem = format!("{wiring} is made of normalizations behind the sums: write norm=layer or norm=rms");
            return Some(("norm", problem));
        }
        self.wrong_norm().map(|problem| ("norm", problem)).or_else(|| Some(("heads", self.wrong_heads()?)))
    }

    /// What is wrong with its normalization, as a sentence.
    pub(super) fn wrong_norm(&self) -> Option<String> {
        let is_fit =
            self.order_of_norms() == NormOrder::None || matches!(self.norm, Norm::Layer | Norm::Rms | Norm::None);
        (self.model == Model::Transformer && !is_fit).then(|| {
            format!("a transformer normalizes each character by itself: write layer or rms instead of {}", self.norm)
        })
    }

    /// What is wrong with its heads, as a sentence.
    pub(super) fn wrong_heads(&self) -> Option<String> {
        let Self { model, heads, width, positions, .. } = *self;
        // Rotary positions turn numbers in pairs.
        let share = if positions == Positions::Rotary { 2 } else { 1 };
        let is_fit = |heads: &usize| width.is_multiple_of(heads * share);
        if model != Model::Transformer || is_fit(&heads) {
            return None;
        }
        let fit: Vec<String> = (1..=width).filter(is_fit).take(4).map(|heads| heads.to_string()).collect();
        let pairs = if share == 2 { ", in pairs for rotary positions" } else { "" };
        let remedy = if fit.is_empty() {
            "an even --width".to_owned()
        } else {
            let step = heads * share;
            let near = [width / step * step, width.next_multiple_of(step)];
            let near: Vec<String> = near.iter().filter(|width| **width > 0).map(usize::to_string).collect();
            format!("--heads {}, or --width {}", fit.join(" or "), near.join(" or "))
        };
        let subject = if heads == 1 { "1 head cannot have".to_owned() } else { format!("{heads} heads cannot share") };
        Some(format!("{subject} a width of {width}{pairs}: write {remedy}"))
    }

    /// What is wrong with its depth, as a sentence.
    fn wrong_depth(&self) -> Option<String> {
        let Self { model, form, depth, .. } = *self;
        if model.blocks(form, depth).is_some() {
            return None;
        }
        let near = [Along::Shallower, Along::Deeper].into_iter().filter_map(|way| model.next_depth(form, depth, way));
        let near: Vec<String> = near.map(|depth| depth.to_string()).collect();
        let of_form = if model == Model::Resnet { format!(" of the {form} form") } else { String::new() };
        let has = model.depths(form);
        Some(format!("{model}{of_form} has no depth {depth}, it has {has}: write {}", near.join(" or ")))
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

    #[test]
    fn a_depth_that_a_family_has_not_is_refused_with_those_next_to_it() {
        let wrong = |model, form, depth| LaneConfig { model, form, depth, ..LaneConfig::default() }.wrong_depth();
        assert_eq!(
            wrong(Model::Resnet, Form::Cifar, 51).as_deref(),
            Some("resnet of the cifar form has no depth 51, it has 6n+2: 8, 14, 20, 32, 44, 56, 110 …: write 50 or 56")
        );
        assert_eq!(
            wrong(Model::Resnet, Form::Imagenet, 200).as_deref(),
            Some("resnet of the imagenet form has no depth 200, it has 18, 34, 50, 101 and 152: write 152")
        );
        assert_eq!(
            wrong(Model::Vgg, Form::Cifar, 12).as_deref(),
            Some("vgg has no depth 12, it has 11, 13, 16, 19, 22, 25 …: write 11 or 13")
        );
        assert_eq!(wrong(Model::Resnet, Form::Imagenet, 50), None);
        assert_eq!(
            wrong(Model::Transformer, Form::Cifar, 1001).as_deref(),
            Some("transformer has no depth 1001, it has 1 to 1000: write 1000")
        );
    }

    #[test]
    fn a_wiring_that_a_family_has_not_is_refused_with_what_to_write() {
        let unfit = |model, wiring| LaneConfig::of(model, wiring).incompatible_setting();
        for model in [Model::Highway, Model::Dense] {
            let words = format!("{model} has skips of its own kind, not rezero: write plain or residual");
            assert_eq!(unfit(model, Wiring::ReZero), Some(("lanes", words)));
        }
        let wide = LaneConfig { form: Form::Wide, ..LaneConfig::of(Model::Vgg, Wiring::Plain) };
        assert!(
            wide.incompatible_setting().is_some_and(|(key, words)| key == "form" && words.contains("write form=cifar"))
        );
        let words = "diffusion leads one stream through its stages, not those of hyper-connections: write residual";
        assert_eq!(unfit(Model::Diffusion, Wiring::HyperConnections), Some(("lanes", words.to_owned())));
        for wiring in Wiring::WORDS.iter().map(|word| word.parse().expect("a wiring")) {
            assert_eq!(unfit(Model::Transformer, wiring), None);
        }
        let norm_order = NormOrder::Post;
        let scaled = LaneConfig { norm_order, ..LaneConfig::of(Model::Transformer, Wiring::NormScaling) };
        let words = "norm-scaling scales what a normalization before a half puts out: write norm-order=pre";
        assert_eq!(scaled.incompatible_setting(), Some(("norm-order", words.to_owned())));
    }

    #[test]
    fn heads_share_the_width_and_a_transformer_normalizes_each_character_by_itself() {
        let lane = |width, heads, positions| LaneConfig { width, positions, heads, ..Model::Transformer.defaults() };
        assert_eq!(lane(64, 4, Positions::Rotary).wrong_heads(), None);
        assert_eq!(
            lane(50, 4, Positions::Learned).wrong_heads().as_deref(),
            Some("4 heads cannot share a width of 50: write --heads 1 or 2 or 5 or 10, or --width 48 or 52")
        );
        assert_eq!(
            lane(12, 4, Positions::Rotary).wrong_heads().as_deref(),
            Some(
                "4 heads cannot share a width of 12, in pairs for rotary positions: write --heads 1 or 2 or 3 or 6, or \
                 --width 8 or 16"
            )
        );
        assert_eq!(
            lane(11, 1, Positions::Rotary).wrong_heads().as_deref(),
            Some("1 head cannot have a width of 11, in pairs for rotary positions: write an even --width")
        );
        let of = |norm, norm_order| LaneConfig { norm, norm_order, ..Model::Transformer.defaults() }.wrong_norm();
        assert_eq!((of(Norm::Rms, NormOrder::Post), of(Norm::None, NormOrder::Pre)), (None, None));
        assert_eq!(of(Norm::Batch, NormOrder::None), None);
        for norm in [Norm::Batch, Norm::Group] {
            let words = "a transformer normalizes each character by itself: write layer or rms instead of ";
            assert_eq!(of(norm, NormOrder::Pre), Some(format!("{words}{norm}")));
        }
    }
}
