//! What is of use to a run, and what a person changes in one that is on the screen.

use super::setting::{self, SETTINGS, Setting, SettingError};
use super::{DataSource, LaneConfig, LaneSpec, Model, Norm, NormOrder, Optimizer, RunConfig, Wiring};

impl RunConfig {
    /// Why no lane has a use for a setting, as a sentence.
    #[must_use]
    pub fn not_applicable(&self, key: &str) -> Option<String> {
        let behind = |what: &str| Some(format!("it is for {what}, and the data are {}: leave it out", self.data));
        match key {
            "context" if !self.data.is_text() => behind("text"),
            "image-size" if !matches!(self.data, DataSource::ImageFolder(_)) => behind("image-folder"),
            _ => {
                let reasons: Option<Vec<String>> = self.lanes.iter().map(|lane| lane.not_applicable(key)).collect();
                reasons.and_then(|reasons| reasons.into_iter().next())
            }
        }
    }

    /// Sets a value as a person means it who sees a run: a family that is changed takes its own defaults along, wherever
    /// they were not changed, and embedded data that it can learn.
    ///
    /// # Errors
    /// When the setting does not take the value.
    pub fn change(&mut self, setting: &Setting, value: &str) -> Result<(), SettingError> {
        if setting.key != "model" {
            return setting.set(self, value);
        }
        let before = self.lanes.clone();
        setting.set(self, value)?;
        for (lane, before) in self.lanes.iter_mut().zip(before) {
            *lane = before.of_family(lane.model)?;
        }
        match (&self.data, self.lanes.iter().all(|lane| lane.model.reads_text())) {
            (DataSource::Digits, true) => self.data = DataSource::Text(None),
            (DataSource::Text(None), false) => self.data = DataSource::Digits,
            _ => {}
        }
        Ok(())
    }
}

impl LaneConfig {
    /// Why the lane has no use for a setting, as a sentence.
    #[must_use]
    pub fn not_applicable(&self, key: &str) -> Option<String> {
        let Self { model, wiring, norm, optimizer, .. } = *self;
        let is_decoder = model == Model::Transformer;
        let (who, rule) = match (key, optimizer) {
            ("momentum", Optimizer::Adam | Optimizer::AdamW | Optimizer::RmsProp) => {
                (optimizer.to_string(), "is for sgd")
            }
            ("epsilon", Optimizer::Sgd) => (optimizer.to_string(), "is for adam, adamw and rmsprop"),
            _ if !self.takes(key) => (format!("a {wiring} lane"), "is for residual lanes"),
            ("norm-order", _) if wiring == Wiring::DeepNorm => (wiring.to_string(), "normalizes behind the sum"),
            ("norm-order", _) if is_decoder && norm == Norm::None => {
                ("norm none".to_owned(), "says where a norm stands")
            }
            ("norm", _) if is_decoder && norm != Norm::None && self.order_of_norms() == NormOrder::None => {
                ("norm-order none".to_owned(), "says which norm")
            }
            _ => return model.not_applicable(key),
        };
        Some(format!("{who} has no use for it, which {rule}: leave it out"))
    }

    /// Whether a lane of its wiring can have a value of its own; a setting of the run is nobody's.
    fn takes(&self, key: &str) -> bool {
        let own = setting::find(key).filter(|setting| setting.is_per_lane());
        own.is_none_or(|setting| LaneSpec::takes(self.wiring, setting))
    }

    /// The same lane of another family: what is as its family has it by default becomes as the other has it, and so does a
    /// depth that the other has not.
    fn of_family(self, model: Model) -> Result<Self, SettingError> {
        if model == self.model {
            return Ok(self);
        }
        let defaults = self.model.defaults();
        let mut lane = Self { name: self.name.clone(), wiring: self.wiring, ..model.defaults() };
        for setting in SETTINGS.iter().filter(|setting| setting.key != "model") {
            if let Some(value) =
                setting.get_lane(&self).filter(|value| setting.get_lane(&defaults).as_ref() != Some(value))
            {
                setting.set_lane(&mut lane, &value)?;
            }
        }
        if model.blocks(lane.form, lane.depth).is_none() {
            lane.depth = model.defaults().depth;
        }
        Ok(lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Norm;

    fn changed(config: &mut RunConfig, key: &str, value: &str) {
        config.change(setting::find(key).expect("exists"), value).expect("taken");
    }

    #[test]
    fn another_family_takes_its_defaults_and_data_along_and_leaves_what_was_changed() {
        let mut config = RunConfig::default();
        changed(&mut config, "lr", "0.03");
        changed(&mut config, "model", "transformer");
        config.check().expect("fits");
        let expected = LaneConfig { name: "plain".to_owned(), lr: 0.03, ..Model::Transformer.defaults() };
        assert_eq!((&config.lanes[0], &config.data), (&expected, &DataSource::Text(None)));
        assert_eq!(config.lanes[1].wiring, crate::config::Wiring::Residual);
        changed(&mut config, "model", "diffusion");
        config.check().expect("fits");
        assert_eq!((config.lanes[0].norm, config.lanes[0].lr, &config.data), (Norm::Group, 0.03, &DataSource::Digits));
        changed(&mut config, "model", "mlp");
        let lane = LaneConfig { lr: 0.03, ..RunConfig::default().lanes[0].clone() };
        assert_eq!(config.lanes[0], lane);
    }

    #[test]
    fn a_depth_that_the_other_family_has_not_becomes_its_default() {
        let mut config = RunConfig::default();
        changed(&mut config, "depth", "7");
        changed(&mut config, "model", "vgg");
        assert_eq!((config.lanes[0].depth, config.check()), (Model::Vgg.defaults().depth, Ok(())));
        changed(&mut config, "model", "highway");
        assert_eq!(config.lanes[0].depth, Model::Highway.defaults().depth);
    }

    #[test]
    fn what_the_lanes_rule_out_is_of_no_use() {
        let lane = |wiring| LaneConfig::of(Model::Transformer, wiring);
        let why = |lane: LaneConfig, key: &str| lane.not_applicable(key).unwrap_or_default();
        let plain = LaneConfig::new(Wiring::Plain);
        assert_eq!(
            why(plain, "branch-scale"),
            "a plain lane has no use for it, which is for residual lanes: leave it out"
        );
        let deepnorm = lane(Wiring::DeepNorm);
        assert!(why(deepnorm.clone(), "norm-order").starts_with("deepnorm has no use for it, which normalizes behind"));
        assert!(
            LaneConfig { norm: Norm::None, ..deepnorm }.incompatible_setting().is_some_and(|(key, _)| key == "norm")
        );
        let bare = LaneConfig { norm_order: NormOrder::None, ..lane(Wiring::Residual) };
        assert!(why(bare, "norm").starts_with("norm-order none has no use for it"));
        let bare = LaneConfig { norm: Norm::None, ..lane(Wiring::Residual) };
        assert!(why(bare, "norm-order").starts_with("norm none has no use for it"));
        assert_eq!(lane(Wiring::Residual).not_applicable("norm"), None);
    }

    #[test]
    fn what_nobody_uses_is_told_with_who_does() {
        let config = RunConfig::default();
        let why = |key| config.not_applicable(key).unwrap_or_default();
        assert_eq!(why("heads"), "mlp has no use for it, which is for transformer: leave it out");
        assert_eq!(why("context"), "it is for text, and the data are digits: leave it out");
        assert_eq!(why("momentum"), "adam has no use for it, which is for sgd: leave it out");
        assert!(why("depth").is_empty() && why("branch-scale").is_empty());
        let mut config = config;
        config.lanes[1].optimizer = Optimizer::Sgd;
        assert_eq!(
            (config.not_applicable("momentum"), config.not_applicable("epsilon")),
            (None, None),
            "of use to one of them"
        );
    }
}
