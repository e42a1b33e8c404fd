//! A change of one setting of the run on the screen, and of the settings that depend on it.

use super::setting::{MODEL, SETTINGS, Setting, SettingError};
use super::{Along, DataSource, LaneConfig, Model, RunConfig};

impl RunConfig {
    /// Sets a value. A new family brings its own defaults, except where the user changed them, and embedded data that
    /// it can learn.
    ///
    /// # Errors
    /// When the setting does not take the value.
    pub fn change(&mut self, setting: &Setting, value: &str) -> Result<(), SettingError> {
        if setting.key != MODEL {
            setting.set(self, value)?;
            if setting.key == "form" {
                self.lanes.iter_mut().for_each(LaneConfig::fit_depth);
            }
            return Ok(());
        }
        let before = self.lanes.clone();
        setting.set(self, value)?;
        for (lane, before) in self.lanes.iter_mut().zip(before) {
            *lane = before.of_family(lane.model())?;
        }
        match (&self.data, self.lanes.iter().all(|lane| lane.model().reads_text())) {
            (DataSource::Digits, true) => self.data = DataSource::Text(None),
            (DataSource::Text(None), false) => self.data = DataSource::Digits,
            _ => {}
        }
        Ok(())
    }
}

impl LaneConfig {
    /// A depth that the form of the family does not have becomes the next one that it has.
    fn fit_depth(&mut self) {
        let (model, form) = (self.model(), self.family.form());
        if model.blocks(form, self.depth).is_none() {
            let next = |along| model.next_depth(form, self.depth, along);
            self.depth = next(Along::Deeper).or_else(|| next(Along::Shallower)).unwrap_or(self.depth);
        }
    }

    /// The same lane with another family. A value that was the old family's default becomes the new family's default,
    /// and so does a depth that the new family does not have.
    fn of_family(self, model: Model) -> Result<Self, SettingError> {
        if model == self.model() {
            return Ok(self);
        }
        let defaults = self.model().defaults();
        let mut lane = Self { name: self.name.clone(), wiring: self.wiring, ..model.defaults() };
        for setting in SETTINGS.iter().filter(|setting| setting.key != MODEL) {
            if let Some(value) =
                setting.get_lane(&self).filter(|value| setting.get_lane(&defaults).as_ref() != Some(value))
            {
                setting.set_lane(&mut lane, &value)?;
            }
        }
        if model.blocks(lane.family.form(), lane.depth).is_none() {
            lane.depth = model.defaults().depth;
        }
        Ok(lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Norm, setting};

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
    fn a_depth_that_the_other_form_has_not_becomes_the_next_one() {
        let lanes = vec![LaneConfig { depth: 8, ..Model::Resnet.defaults() }];
        let mut config = RunConfig { lanes, ..RunConfig::default() };
        changed(&mut config, "form", "wide");
        assert_eq!((config.lanes[0].depth, config.check()), (10, Ok(())));
    }
}
