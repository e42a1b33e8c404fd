//! The settings of a run as a file that the program reads back: what `--print-config` prints and a checkpoint keeps.

use std::borrow::Cow;
use std::fmt;

use crate::config::setting::{self, SETTINGS};
use crate::config::{LaneConfig, RunConfig, Wiring, quoted};

/// Key of the list of lanes.
pub(super) const LANES: &str = "lanes";

/// A settings file with every setting, its meaning and its value, which [`Draft::read_file`](super::Draft::read_file) reads back.
pub struct Commented<'a>(pub &'a RunConfig);

impl fmt::Display for Commented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Settings of nablatop; use them with --config FILE. Flags and NABLATOP_* variables win over them."
        )?;
        for group in setting::Group::ALL {
            writeln!(f, "\n# {}", group.heading())?;
            for setting in SETTINGS.iter().filter(|setting| setting.group == *group) {
                writeln!(f, "\n# {} [{}]", setting.help, setting.values)?;
                let value = setting.get(self.0);
                if value.is_empty() {
                    writeln!(f, "# {} = {}", setting.key, quoted_toml(&setting.default_value()))?;
                } else {
                    writeln!(f, "{} = {}", setting.key, quoted_toml(&value))?;
                }
            }
        }
        writeln!(f, "\n# Lanes, each WIRING[:key=value,…]; the wirings are {}.", Wiring::WORDS.join(", "))?;
        let lanes: Vec<toml::Value> = lane_texts(self.0).into_iter().map(toml::Value::String).collect();
        writeln!(f, "{LANES} = {}", toml::Value::Array(lanes))
    }
}

/// A number that TOML has as it is, anything else in quotes, and nothing for nothing. A file may be called 007, which
/// TOML does not have.
fn quoted_toml(value: &str) -> String {
    let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
    if value.is_empty() || is_number && format!("x={value}").parse::<toml::Table>().is_ok() {
        return value.to_owned();
    }
    toml::Value::String(value.to_owned()).to_string()
}

/// Every lane as the user would write it, with the settings that differ from the first lane.
fn lane_texts(config: &RunConfig) -> Vec<String> {
    let text = |lane: &LaneConfig| {
        let mut parts = vec![format!("name={}", lane.name)];
        for setting in SETTINGS {
            if let Some(value) = setting.get_lane(lane).filter(|value| *value != setting.get(config)) {
                // A value that cannot be quoted is refused where it is set.
                let value = quoted::quoted(&value).unwrap_or(Cow::Borrowed(&value));
                parts.push(format!("{}={value}", setting.key));
            }
        }
        format!("{}:{}", lane.wiring, parts.join(","))
    };
    config.lanes.iter().map(text).collect()
}
