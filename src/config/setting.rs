//! The table of settings: one row each, feeding flags, environment, file, `--print-config` and the form on screen.
//!
//! ```
//! use nablatop::config::setting::SETTINGS;
//!
//! let depth = SETTINGS.iter().find(|setting| setting.key == "depth").expect("a row");
//! assert!(depth.help.starts_with("number of blocks"));
//! ```

mod error;
mod number;
mod row;
mod table;

pub(crate) use error::SettingError;
pub(crate) use row::{Group, Setting};
pub use table::SETTINGS;
pub(crate) use table::{MODEL, find};

pub use super::family::MOST_BLOCKS;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{LaneConfig, Length, Model, RunConfig, Wiring};

    #[test]
    fn every_setting_reads_back_what_it_writes() {
        let mut read = BTreeSet::new();
        for family in Model::WORDS {
            let lane = LaneConfig::of(family.parse().expect("a family"), Wiring::Residual);
            let defaults = RunConfig { lanes: vec![lane], ..RunConfig::default() };
            for setting in SETTINGS {
                let mut config = defaults.clone();
                let value = setting.get(&config);
                if value.is_empty() {
                    continue;
                }
                setting.set(&mut config, &value).expect("takes its own default");
                assert_eq!(config, defaults, "{} of {family}", setting.key);
                read.insert(setting.key);
            }
        }
        let unread: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).filter(|key| !read.contains(key)).collect();
        assert_eq!(unread, ["epochs"], "which shares its field with steps");
    }

    #[test]
    fn a_setting_of_another_family_changes_nothing_but_its_value_is_checked() {
        let mut config = RunConfig::default();
        let heads = find("heads").expect("exists");
        heads.set(&mut config, "8").expect("a number");
        assert_eq!((config, heads.set(&mut RunConfig::default(), "many").is_err()), (RunConfig::default(), true));
        let lanes = vec![Model::Mlp.defaults(), Model::Transformer.defaults()];
        let mut mixed = RunConfig { lanes, ..RunConfig::default() };
        heads.set(&mut mixed, "8").expect("a number");
        assert_eq!((heads.get(&mixed), mixed.lanes[1].family.transformer().heads), ("8".to_owned(), 8));
        assert_eq!(heads.get_lane(&mixed.lanes[0]), None);
    }

    #[test]
    fn a_value_out_of_bounds_is_refused_with_what_to_write() {
        let problem = |key: &str, value: &str| {
            find(key).expect("exists").set(&mut RunConfig::default(), value).unwrap_err().to_string()
        };
        assert_eq!(problem("depth", "0"), "depth: '0' is not a whole number from 1 to 10000: write e.g. 50");
        assert_eq!(problem("depth", "ten"), "depth: 'ten' is not a whole number from 1 to 10000: write e.g. 50");
        assert_eq!(problem("lr", "nan"), "lr: 'nan' is not a number above 0: write e.g. 1e-3");
        assert_eq!(problem("batch", "0"), "batch: '0' is not a whole number from 1: write e.g. 64");
        assert!(problem("activation", "rely").contains("did you mean 'relu'?"));
        assert!(problem("backend", "flux").contains("did you mean 'flex'?"));
        assert!(problem("clip", "-1").contains("not a number above 0"));
    }

    #[test]
    fn no_refusal_speaks_of_rust_and_each_says_what_to_write() {
        for setting in SETTINGS {
            for word in ["-1", "", "99999999999999999999999", "1.5.2", "nan", "%"] {
                let Err(SettingError { problem, .. }) = setting.set(&mut RunConfig::default(), word) else { continue };
                for foreign in ["invalid", "string", "literal", "target type", "digit", "cannot be read"] {
                    let own = problem.replace("digits", "");
                    assert!(!own.contains(foreign), "{}: {problem}", setting.key);
                }
                let remedies = ["write ", "is not one of", "did you mean"];
                assert!(remedies.iter().any(|words| problem.contains(words)), "{}: {problem}", setting.key);
            }
        }
    }

    #[test]
    fn steps_and_epochs_share_a_field() {
        let mut config = RunConfig::default();
        let (steps, epochs) = (find("steps").expect("exists"), find("epochs").expect("exists"));
        epochs.set(&mut config, "3").expect("taken");
        assert_eq!((steps.get(&config), epochs.get(&config)), (String::new(), "3".to_owned()));
        assert!(steps.set(&mut config, "").unwrap_err().to_string().contains("'' is not a whole number from 1"));
        assert_eq!(config.length, Length::Epochs(3));
    }
}
