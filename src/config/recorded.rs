//! Settings in the header of a run: each is written there as text under its key, and read back by code that needs them.
//!
//! ```text
//! settings           seed = 1, data = digits, batch = 64, …            those of the run
//! lanes[].settings   model = mlp, depth = 50, …, wiring = residual     those of the lane; its name is the lane's
//! ```
//!
//! A header of a run that another program trained may have any other keys, or none.

use super::setting::{self, MODEL, SETTINGS, Setting, SettingError};
use super::{LaneConfig, Model, RunConfig, Wiring};
use crate::event::{LaneHeader, RunHeader, Settings};

/// Key of the wiring, which the command line writes at the beginning of a lane.
const WIRING: &str = "wiring";

impl RunConfig {
    /// Writes every setting into the header of this run, whose lanes stand in the same order.
    pub fn write_to(&self, header: &mut RunHeader) {
        let of_run = SETTINGS.iter().filter(|setting| !setting.is_per_lane());
        header.settings = written(of_run.map(|setting| (setting, Some(setting.get(self)))));
        for (lane, settings) in header.lanes.iter_mut().zip(&self.lanes) {
            lane.settings = written(SETTINGS.iter().map(|setting| (setting, setting.get_lane(settings))));
            lane.settings.insert(WIRING.to_owned(), settings.wiring.to_string());
        }
    }

    /// The settings of a run that nablatop trained; `None` for a run of another program, whose lanes have no wiring and
    /// no family.
    ///
    /// # Errors
    /// When this version does not know a setting or its value.
    pub fn read_from(header: &RunHeader) -> Result<Option<Self>, SettingError> {
        let lanes: Option<Vec<_>> = header.lanes.iter().map(|lane| LaneConfig::read_from(lane).transpose()).collect();
        let Some(lanes) = lanes.filter(|lanes| !lanes.is_empty()) else { return Ok(None) };
        let mut config = Self { lanes: Vec::new(), ..Self::default() };
        read(&header.settings, |setting, value| {
            if setting.is_per_lane() {
                return Err(SettingError { key: setting.key.to_owned(), problem: "each lane has its own".to_owned() });
            }
            setting.set(&mut config, value)
        })?;
        config.lanes = lanes.into_iter().collect::<Result<_, _>>()?;
        Ok(Some(config))
    }
}

impl LaneConfig {
    /// The settings of a lane that nablatop trained; `None` for a lane of another program.
    ///
    /// # Errors
    /// When this version does not know a setting or its value.
    pub(crate) fn read_from(header: &LaneHeader) -> Result<Option<Self>, SettingError> {
        let word = |key: &str| header.settings.get(key);
        let (Some(wiring), Some(model)) = (word(WIRING), word(MODEL)) else { return Ok(None) };
        let wiring: Wiring = wiring.parse().map_err(|problem| SettingError { key: WIRING.to_owned(), problem })?;
        let model: Model = model.parse().map_err(|problem| SettingError { key: MODEL.to_owned(), problem })?;
        let mut lane = Self { name: header.name.clone(), wiring, ..model.defaults() };
        let others = header.settings.iter().filter(|(key, _)| *key != WIRING && *key != MODEL);
        read(others, |setting, value| setting.set_lane(&mut lane, value))?;
        Ok(Some(lane))
    }
}

fn written<'a>(values: impl Iterator<Item = (&'a Setting, Option<String>)>) -> Settings {
    let is_set = |value: &String| !value.is_empty();
    values.filter_map(|(setting, value)| Some((setting.key.to_owned(), value.filter(is_set)?))).collect()
}

fn read<'a>(
    settings: impl IntoIterator<Item = (&'a String, &'a String)>,
    mut set: impl FnMut(&Setting, &str) -> Result<(), SettingError>,
) -> Result<(), SettingError> {
    for (key, value) in settings {
        let Some(setting) = setting::find(key) else {
            return Err(SettingError { key: key.clone(), problem: "this version has no such setting".to_owned() });
        };
        set(setting, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BranchScale, Budget, DataSource, Length, Measure};
    use crate::layer::LayerTable;

    fn header(config: &RunConfig) -> RunHeader {
        let lane = |lane: &LaneConfig| LaneHeader::new(&lane.name, &lane.title(), LayerTable::default());
        let mut header = RunHeader::new(config.lanes.iter().map(lane).collect());
        config.write_to(&mut header);
        header
    }

    #[test]
    fn settings_come_back_from_the_header_as_they_were() {
        let families = Model::WORDS.iter().map(|word| word.parse::<Model>().expect("a family").defaults());
        let lanes = families.enumerate().map(|(index, lane)| LaneConfig { name: format!("lane {index}"), ..lane });
        let odd = RunConfig {
            data: DataSource::Csv("a,b \"c\".csv".into()),
            length: Length::Epochs(3),
            measure: Measure::Auto,
            budget: Some(Budget(0.015)),
            threads: Some(3),
            detail: None,
            lanes: lanes.collect(),
            ..RunConfig::default()
        };
        let scaled = LaneConfig {
            branch_scale: BranchScale::InverseSqrtDepth,
            init_from: Some("w, 1.safetensors".into()),
            lr: 1.0 / 3.0,
            weight_decay: 1e-9,
            clip: Some(0.1),
            ..LaneConfig::new(Wiring::Residual)
        };
        for config in [RunConfig::default(), odd, RunConfig { lanes: vec![scaled], ..RunConfig::default() }] {
            assert_eq!(RunConfig::read_from(&header(&config)), Ok(Some(config)));
        }
    }

    #[test]
    fn the_header_of_another_program_has_no_settings_of_a_run() {
        let mut foreign = header(&RunConfig::default());
        foreign.lanes[1].settings.clear();
        foreign.settings.insert("tokenizer".to_owned(), "bpe".to_owned());
        assert_eq!(RunConfig::read_from(&foreign), Ok(None));
        assert!(LaneConfig::read_from(&foreign.lanes[0]).is_ok_and(|lane| lane.is_some()));
    }

    #[test]
    fn a_setting_of_a_newer_version_is_named() {
        let mut newer = header(&RunConfig::default());
        newer.settings.insert("mood".to_owned(), "high".to_owned());
        assert_eq!(RunConfig::read_from(&newer).unwrap_err().key, "mood");
        newer = header(&RunConfig::default());
        newer.lanes[0].settings.insert("activation".to_owned(), "sine".to_owned());
        assert_eq!(RunConfig::read_from(&newer).unwrap_err().key, "activation");
    }
}
