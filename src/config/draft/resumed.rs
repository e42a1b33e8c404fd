//! Settings that may be changed when a run is resumed: its length and what it reports. The model, its data and its
//! training come from the checkpoint.

use super::{Draft, DraftError, Origin};
use crate::config::RunConfig;
use crate::config::setting::{self, Setting, SettingError};

/// Settings that a resumed run may change.
const FREE: &[&str] = &[
    "steps",
    "epochs",
    "threads",
    "checkpoint-activations",
    "measure",
    "budget",
    "detail",
    "flight",
    "histograms",
    "save-every",
];

impl Draft {
    /// The settings of a checkpoint with what was written here.
    ///
    /// # Errors
    /// Fails when a written setting would make it a different run.
    pub fn resumed(&self, saved: &RunConfig) -> Result<RunConfig, DraftError> {
        let mut config = saved.clone();
        for (setting, origin, value) in self.written().filter(|(setting, ..)| FREE.contains(&setting.key)) {
            set(setting, origin, value, &mut config)?;
        }
        // Repeating the command line of the first run changes nothing.
        if self.finish().is_ok_and(|written| bound(written, saved) == *saved) {
            return Ok(config);
        }
        for (setting, origin, value) in self.written().filter(|(setting, ..)| !FREE.contains(&setting.key)) {
            if let (Origin::Flag, Some(problem)) = (origin, saved.not_applicable(setting.key)) {
                return Err(DraftError::Value { place: origin.place(setting.key), problem });
            }
            let mut changed = saved.clone();
            set(setting, origin, value, &mut changed)?;
            if changed != *saved {
                let named = match origin {
                    Origin::File(..) | Origin::Preset(_) => format!("{}: ", setting.key),
                    Origin::Environment | Origin::Flag => String::new(),
                };
                let problem = format!(
                    "{named}the checkpoint has {}, and a resumed run keeps it: leave it out, or start a run without \
                     --resume",
                    of_lanes(setting, saved)
                );
                return Err(DraftError::Value { place: origin.place(setting.key), problem });
            }
        }
        match &self.lanes {
            None => Ok(config),
            Some((origin, key, _)) => Err(DraftError::Value {
                place: origin.place(key),
                problem:
                    "a resumed run keeps the lanes of its checkpoint: leave it out, or start a run without --resume"
                        .to_owned(),
            }),
        }
    }

    fn written(&self) -> impl Iterator<Item = (&'static Setting, &Origin, &str)> {
        self.values.iter().filter_map(|(key, (origin, value))| Some((setting::find(key)?, origin, value.as_str())))
    }
}

/// The settings that the checkpoint determines, with all others as saved.
fn bound(mut kept: RunConfig, saved: &RunConfig) -> RunConfig {
    kept.length = saved.length;
    kept.threads = saved.threads;
    kept.checkpoint_activations = saved.checkpoint_activations;
    (kept.measure, kept.budget, kept.detail) = (saved.measure, saved.budget, saved.detail);
    (kept.flight, kept.histograms, kept.save_every) = (saved.flight, saved.histograms, saved.save_every);
    kept
}

fn set(setting: &Setting, origin: &Origin, value: &str, config: &mut RunConfig) -> Result<(), DraftError> {
    setting.set(config, value).map_err(|SettingError { problem, .. }| DraftError::Value {
        place: origin.place(setting.key),
        problem: match origin {
            Origin::File(..) | Origin::Preset(_) => format!("{}: {problem}", setting.key),
            Origin::Environment | Origin::Flag => problem,
        },
    })
}

/// The value of a setting; of every lane, if they differ.
fn of_lanes(setting: &Setting, config: &RunConfig) -> String {
    if !setting.is_per_lane() {
        return setting.get(config);
    }
    let mut values: Vec<String> = config.lanes.iter().filter_map(|lane| setting.get_lane(lane)).collect();
    values.dedup();
    values.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Length, Measure};

    fn written(pairs: &[(&str, &str)], lanes: &[&str]) -> Draft {
        let mut draft = Draft::new();
        for (key, value) in pairs {
            draft.set(Origin::Flag, key, value).expect("a setting");
        }
        if !lanes.is_empty() {
            draft.set_lane_flags(lanes.iter().map(|lane| (*lane).to_owned()).collect());
        }
        draft
    }

    #[test]
    fn length_and_looks_may_change_and_the_model_may_not() {
        let first = written(&[("depth", "5"), ("steps", "10")], &["plain", "residual:depth=7"]);
        let saved = first.finish().expect("good");
        let more = written(&[("steps", "20"), ("measure", "5")], &[]).resumed(&saved).expect("longer");
        assert_eq!(more, RunConfig { length: Length::Steps(20), measure: Measure::Every(5), ..saved.clone() });
        let refusal = |pairs: &[_], lanes: &[_]| written(pairs, lanes).resumed(&saved).unwrap_err().to_string();
        assert_eq!(
            refusal(&[("depth", "6")], &[]),
            "--depth: the checkpoint has 5 and 7, and a resumed run keeps it: leave it out, or start a run without \
             --resume"
        );
        assert!(refusal(&[("depth", "6x")], &[]).starts_with("--depth: '6x' is not a whole number"));
        assert!(refusal(&[], &["plain"]).starts_with("--lane: a resumed run keeps the lanes of its checkpoint"));
        assert!(refusal(&[("seed", "2")], &[]).starts_with("--seed: the checkpoint has 1, and"));
        written(&[("seed", "1")], &[]).resumed(&saved).expect("what the checkpoint has");
    }

    #[test]
    fn the_command_line_of_the_first_run_may_be_written_again() {
        let again = |steps| written(&[("depth", "5"), ("steps", steps)], &["plain", "residual:depth=7"]);
        let saved = again("10").finish().expect("good");
        assert_eq!(again("30").resumed(&saved).expect("the same").length, Length::Steps(30));
    }

    #[test]
    fn a_flag_of_another_family_is_refused_and_lanes_without_a_setting_are_not_listed() {
        let saved = written(&[], &["plain", "residual:model=resnet,depth=8", "residual:model=diffusion,name=u-net"]);
        let saved = saved.finish().expect("good");
        let refused = |key: &str, value: &str| written(&[(key, value)], &[]).resumed(&saved).unwrap_err().to_string();
        assert!(refused("heads", "8").starts_with("--heads: applies only to transformer"), "{}", refused("heads", "8"));
        assert!(refused("order", "post").contains("the checkpoint has pre, and"), "{}", refused("order", "post"));
    }
}
