//! Whether a setting is of use: to a family, a wiring, a lane, a run. The form on the screen, the refusal of a flag and
//! what is printed of a lane all ask here.
//!
//! ```text
//! run    a setting of data that the run does not read            context, image-size
//! lane   one that its optimizer, wiring or other settings rule out
//! family one of another family: `FamilySettings` has no field for it, or its blocks have no sum to scale
//! ```

use super::setting::{self, Setting};
use super::{DataSource, LaneConfig, Model, Norm, NormOrder, Optimizer, RunConfig, Wiring};

/// Key of the factor that only a residual lane has.
const BRANCH_SCALE: &str = "branch-scale";

impl Model {
    /// Whether a lane of this family has a setting.
    fn has(self, setting: &Setting) -> bool {
        // A residual lane has every setting that its family has.
        setting.get_lane(&LaneConfig::of(self, Wiring::Residual)).is_some()
    }

    /// Why a setting of a lane does not apply to this family, as a sentence without its subject.
    #[must_use]
    pub(crate) fn not_applicable(self, key: &str) -> Option<String> {
        let setting = setting::find(key).filter(|setting| setting.is_per_lane() && !self.has(setting))?;
        let others = Self::WORDS.iter().filter(|word| word.parse().is_ok_and(|family: Self| family.has(setting)));
        let families: Vec<&str> = others.copied().collect();
        Some(format!("applies only to {}; the model is {self}: leave it out", families.join(", ")))
    }
}

impl RunConfig {
    /// Why a setting applies to no lane, as a sentence without its subject; `None` where it applies to one.
    #[must_use]
    pub(crate) fn not_applicable(&self, key: &str) -> Option<String> {
        let data = match key {
            "context" if !self.data.is_text() => "text",
            "image-size" if !matches!(self.data, DataSource::ImageFolder(_)) => "image-folder",
            _ => {
                let reasons: Option<Vec<String>> = self.lanes.iter().map(|lane| lane.not_applicable(key)).collect();
                return reasons?.into_iter().next();
            }
        };
        Some(format!("applies only to {data}; the data are {}: leave it out", self.data))
    }
}

impl LaneConfig {
    /// Why a setting does not apply to this lane, as a sentence without its subject.
    #[must_use]
    pub(crate) fn not_applicable(&self, key: &str) -> Option<String> {
        let Self { wiring, norm, optimizer, .. } = *self;
        let model = self.model();
        let is_decoder = model == Model::Transformer;
        if let Some(why) = model.not_applicable(key) {
            return Some(why);
        }
        let why = match (key, optimizer) {
            ("momentum", Optimizer::Adam | Optimizer::AdamW | Optimizer::RmsProp) => {
                format!("applies only to sgd; the optimizer is {optimizer}")
            }
            ("epsilon", Optimizer::Sgd) => "applies only to adam, adamw and rmsprop; the optimizer is sgd".to_owned(),
            (BRANCH_SCALE, _) if !self.has_branch_scale() => {
                format!("applies only to residual lanes; the lane is {wiring}")
            }
            ("norm-order", _) if wiring == Wiring::DeepNorm => {
                format!("has no effect on {wiring}, which normalizes behind the sum")
            }
            ("norm-order", _) if is_decoder && norm == Norm::None => "has no effect without a norm".to_owned(),
            ("norm", _) if is_decoder && norm != Norm::None && self.order_of_norms() == NormOrder::None => {
                "has no effect where norm-order is none".to_owned()
            }
            _ => return None,
        };
        Some(format!("{why}: leave it out"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FamilySettings, TransformerSettings};

    #[test]
    fn a_setting_that_the_others_of_its_lane_rule_out_does_not_apply() {
        let lane = |wiring| LaneConfig::of(Model::Transformer, wiring);
        let why = |lane: LaneConfig, key: &str| lane.not_applicable(key).unwrap_or_default();
        let plain = LaneConfig::new(Wiring::Plain);
        assert_eq!(why(plain, "branch-scale"), "applies only to residual lanes; the lane is plain: leave it out");
        let deepnorm = lane(Wiring::DeepNorm);
        assert!(why(deepnorm.clone(), "norm-order").starts_with("has no effect on deepnorm, which normalizes behind"));
        assert!(
            LaneConfig { norm: Norm::None, ..deepnorm }.incompatible_setting().is_some_and(|(key, _)| key == "norm")
        );
        let settings = TransformerSettings { norm_order: NormOrder::None, ..TransformerSettings::default() };
        let bare = LaneConfig { family: FamilySettings::Transformer(settings), ..lane(Wiring::Residual) };
        assert!(why(bare, "norm").starts_with("has no effect where norm-order is none"));
        let bare = LaneConfig { norm: Norm::None, ..lane(Wiring::Residual) };
        assert!(why(bare, "norm-order").starts_with("has no effect without a norm"));
        assert_eq!(lane(Wiring::Residual).not_applicable("norm"), None);
    }

    #[test]
    fn a_setting_that_applies_to_no_lane_says_to_what_it_applies() {
        let config = RunConfig::default();
        let why = |key| config.not_applicable(key).unwrap_or_default();
        assert_eq!(why("heads"), "applies only to transformer; the model is mlp: leave it out");
        assert_eq!(why("context"), "applies only to text; the data are digits: leave it out");
        assert_eq!(why("momentum"), "applies only to sgd; the optimizer is adam: leave it out");
        assert!(why("depth").is_empty() && why("branch-scale").is_empty());
        let mut config = config;
        config.lanes[1].optimizer = Optimizer::Sgd;
        assert_eq!(
            (config.not_applicable("momentum"), config.not_applicable("epsilon")),
            (None, None),
            "applies to one of them"
        );
    }
}
