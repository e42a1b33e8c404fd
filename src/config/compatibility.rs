//! Settings that cannot be combined: settings of a lane that its family or wiring does not support, and families with
//! data that they cannot learn. Each refusal says what to write instead.

use super::family::Along;
use super::{
    DataSource, FamilySettings, Form, LaneConfig, Model, Norm, NormOrder, Positions, TransformerSettings, Wiring,
};

impl Model {
    /// Why this family cannot learn these data, as a sentence.
    #[must_use]
    pub(crate) fn incompatible(self, data: &DataSource) -> Option<String> {
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
}

impl LaneConfig {
    /// The first setting that this family or wiring does not support, and why; `None` if all of them can be combined.
    pub(super) fn incompatible_setting(&self) -> Option<(&'static str, String)> {
        let (model, wiring, norm) = (self.model(), self.wiring, self.norm);
        if let Some(problem) = self.wrong_depth() {
            return Some(("depth", problem));
        }
        if self.family == (FamilySettings::Vgg { form: Form::Wide }) {
            return Some(("form", "vgg has no wide form: write form=cifar or form=imagenet, and a --width".to_owned()));
        }
        let has_own_skips = matches!(model, Model::Highway | Model::Dense);
        if has_own_skips && !matches!(wiring, Wiring::Plain | Wiring::Residual) {
            let problem = format!("{model} has its own kind of skips and cannot use {wiring}: write plain or residual");
            return Some(("lanes", problem));
        }
        if model == Model::Diffusion && wiring.streams() > 1 {
            let problem = format!("{model} has one stream and cannot use the streams of {wiring}: write residual");
            return Some(("lanes", problem));
        }
        if wiring == Wiring::NormScaling && norm == Norm::None {
            let problem = format!("{wiring} scales the output of a normalization, but there is none: write norm=layer");
            return Some(("norm", problem));
        }
        if wiring == Wiring::NormScaling && self.family.transformer().norm_order != NormOrder::Pre {
            let problem =
                format!("{wiring} scales the output of the normalization before a sub-layer: write norm-order=pre");
            return Some(("norm-order", problem));
        }
        if (wiring, model, norm) == (Wiring::DeepNorm, Model::Transformer, Norm::None) {
            let problem = format!("{wiring} needs normalizations after the sums: write norm=layer or norm=rms");
            return Some(("norm", problem));
        }
        self.wrong_norm().map(|problem| ("norm", problem)).or_else(|| Some(("heads", self.wrong_heads()?)))
    }

    /// What is wrong with its normalization, as a sentence.
    pub(super) fn wrong_norm(&self) -> Option<String> {
        let is_fit =
            self.order_of_norms() == NormOrder::None || matches!(self.norm, Norm::Layer | Norm::Rms | Norm::None);
        (self.model() == Model::Transformer && !is_fit).then(|| {
            format!("a transformer normalizes each character separately: write layer or rms instead of {}", self.norm)
        })
    }

    /// What is wrong with its heads, as a sentence.
    pub(super) fn wrong_heads(&self) -> Option<String> {
        let FamilySettings::Transformer(TransformerSettings { heads, positions, .. }) = self.family else {
            return None;
        };
        let width = self.width;
        // Rotary positions rotate the numbers in pairs.
        let share = if positions == Positions::Rotary { 2 } else { 1 };
        let is_fit = |heads: &usize| width.is_multiple_of(heads * share);
        if is_fit(&heads) {
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
        let (model, form, depth) = (self.model(), self.family.form(), self.depth);
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
    fn a_depth_that_a_family_has_not_is_refused_with_those_next_to_it() {
        let wrong = |model, form, depth| {
            let family = match model {
                Model::Vgg => FamilySettings::Vgg { form },
                Model::Resnet => FamilySettings::Resnet { form },
                other => other.into(),
            };
            LaneConfig { family, depth, ..LaneConfig::default() }.wrong_depth()
        };
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
            let words = format!("{model} has its own kind of skips and cannot use rezero: write plain or residual");
            assert_eq!(unfit(model, Wiring::ReZero), Some(("lanes", words)));
        }
        let wide = LaneConfig {
            family: FamilySettings::Vgg { form: Form::Wide },
            ..LaneConfig::of(Model::Vgg, Wiring::Plain)
        };
        assert!(
            wide.incompatible_setting().is_some_and(|(key, words)| key == "form" && words.contains("write form=cifar"))
        );
        let words = "diffusion has one stream and cannot use the streams of hyper-connections: write residual";
        assert_eq!(unfit(Model::Diffusion, Wiring::HyperConnections), Some(("lanes", words.to_owned())));
        for wiring in Wiring::WORDS.iter().map(|word| word.parse().expect("a wiring")) {
            assert_eq!(unfit(Model::Transformer, wiring), None);
        }
        let family = TransformerSettings { norm_order: NormOrder::Post, ..TransformerSettings::default() };
        let scaled = LaneConfig {
            family: FamilySettings::Transformer(family),
            ..LaneConfig::of(Model::Transformer, Wiring::NormScaling)
        };
        let words = "norm-scaling scales the output of the normalization before a sub-layer: write norm-order=pre";
        assert_eq!(scaled.incompatible_setting(), Some(("norm-order", words.to_owned())));
    }

    #[test]
    fn heads_share_the_width_and_a_transformer_normalizes_each_character_by_itself() {
        let transformer =
            |settings| LaneConfig { family: FamilySettings::Transformer(settings), ..Model::Transformer.defaults() };
        let lane = |width, heads, positions| LaneConfig {
            width,
            ..transformer(TransformerSettings { positions, heads, ..TransformerSettings::default() })
        };
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
        let complaint = |norm, norm_order| {
            let settings = TransformerSettings { norm_order, ..TransformerSettings::default() };
            LaneConfig { norm, ..transformer(settings) }.wrong_norm()
        };
        assert_eq!((complaint(Norm::Rms, NormOrder::Post), complaint(Norm::None, NormOrder::Pre)), (None, None));
        assert_eq!(complaint(Norm::Batch, NormOrder::None), None);
        for norm in [Norm::Batch, Norm::Group] {
            let words = "a transformer normalizes each character separately: write layer or rms instead of ";
            assert_eq!(complaint(norm, NormOrder::Pre), Some(format!("{words}{norm}")));
        }
    }
}
