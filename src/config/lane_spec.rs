//! A lane as the user writes it: `WIRING[:key=value,…]`, such as `residual:norm=layer,branch-scale=0.1`. A value with
//! a comma stands in quotes.

use std::str::FromStr;

use super::setting::{self, MODEL, SETTINGS};
use super::spelling::{nearest, not_one_of};
use super::{LaneConfig, LongSkips, Model, Wiring, quoted};
use crate::text::clean;

/// Key of a lane's own name.
const NAME: &str = "name";
/// Key of a file of weights: any comma may stand in its name.
const INIT_FROM: &str = "init-from";
/// A name of at most this many characters fits above a heatmap.
const LONGEST_NAME: usize = 24;

/// A lane before the common settings are known.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneSpec {
    wiring: Wiring,
    name: Option<String>,
    overrides: Vec<(String, String)>,
}

impl FromStr for LaneSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (wiring, rest) = text.split_once(':').map_or((text, None), |(wiring, rest)| (wiring, Some(rest)));
        let mut spec = Self { wiring: wiring.trim().parse()?, name: None, overrides: Vec::new() };
        for part in rest.into_iter().flat_map(quoted::parts).map(str::trim) {
            let Some((key, value)) = part.split_once('=') else {
                let words = format!("'{part}' in '{text}' is not key=value, such as norm=layer");
                return Err(words + &spec.quotes_for(part));
            };
            let value = quoted::bare(value.trim()).map_err(|problem| format!("{}: {problem}", key.trim()))?;
            match key.trim() {
                NAME if spec.name.is_some() => return Err(twice(NAME)),
                NAME => spec.name = Some(name(value)?),
                key => spec.set(key, value)?,
            }
        }
        Ok(spec)
    }
}

impl LaneSpec {
    /// The advice where a part without a key follows a file: it may be the rest of its name.
    fn quotes_for(&self, part: &str) -> String {
        match self.overrides.last() {
            Some((key, file)) if key == INIT_FROM && !part.is_empty() => {
                format!("; write a file name with a comma in quotes: {INIT_FROM}=\"{file},{part}\"")
            }
            _ => String::new(),
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let Some(setting) = setting::find(key) else {
            let keys: Vec<&str> = SETTINGS.iter().filter(|setting| setting.is_per_lane()).map(|s| s.key).collect();
            return Err(match nearest(key, &keys) {
                Some(near) => format!("a lane has no setting '{key}': did you mean '{near}'?"),
                None => not_one_of(key, &keys),
            });
        };
        setting.set_lane(&mut LaneConfig::default(), value).map_err(|error| error.to_string())?;
        if self.overrides.iter().any(|(before, _)| before == key) {
            return Err(twice(key));
        }
        self.overrides.push((key.to_owned(), value.to_owned()));
        Ok(())
    }

    /// The settings that it has of its own.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.overrides.iter().map(|(key, _)| key.as_str())
    }

    /// The lanes, each with a name of its own: the wiring, then wiring-2 … What they have in common depends on their
    /// family, where they name one.
    ///
    /// # Errors
    /// Those of `common`.
    pub(crate) fn apply<E>(
        specs: &[Self],
        common: impl Fn(Option<Model>) -> Result<LaneConfig, E>,
    ) -> Result<Vec<LaneConfig>, E> {
        let mut lanes: Vec<LaneConfig> = Vec::with_capacity(specs.len());
        for spec in specs {
            let family = spec.overrides.iter().find(|(key, _)| key == MODEL);
            let common = common(family.and_then(|(_, word)| word.parse().ok()))?;
            let mut lane = LaneConfig { wiring: spec.wiring, name: String::new(), ..common };
            lane.forget_unused_scale();
            for (key, value) in &spec.overrides {
                // Checked when the text was read.
                let _ = setting::find(key).map(|setting| setting.set_lane(&mut lane, value));
            }
            let is_taken = |name: &str| {
                lanes.iter().any(|other| other.name == name)
                    || specs.iter().any(|other| other.name.as_deref() == Some(name))
            };
            lane.name = spec.name.clone().unwrap_or_else(|| free_name(&lane, is_taken));
            lanes.push(lane);
        }
        Ok(lanes)
    }
}

fn twice(key: &str) -> String {
    format!("{key} is given twice in one lane: write it once")
}

/// The wiring, and for a diffusion model whether it has no long skips.
fn free_name(lane: &LaneConfig, is_taken: impl Fn(&str) -> bool) -> String {
    let wiring = lane.wiring.lane_name();
    let without = format!("{wiring} no long skips");
    let is_without = lane.family.diffusion().is_some_and(|settings| settings.long_skips == LongSkips::Off);
    let base = if is_without && without.len() <= LONGEST_NAME { without } else { wiring };
    let mut name = base.clone();
    let mut number = 2_u32;
    while is_taken(&name) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

fn name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '+');
    // Some letters of Unicode have no width.
    let is_visible = clean(text) == text;
    let is_good = (1..=LONGEST_NAME).contains(&text.chars().count()) && text.chars().all(is_plain) && is_visible;
    if is_good {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "'{}' is not a name for a lane: write 1 to {LONGEST_NAME} letters, digits, spaces or - _ . +",
            text.escape_debug()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BranchScale, Norm};

    fn lanes(texts: &[&str]) -> Vec<LaneConfig> {
        let specs: Vec<LaneSpec> = texts.iter().map(|text| text.parse().expect("good")).collect();
        LaneSpec::apply(&specs, |_| Ok::<_, ()>(LaneConfig::default())).expect("no error")
    }

    #[test]
    fn a_lane_overrides_the_common_settings() {
        let lanes = lanes(&["plain", "residual:norm=layer,branch-scale=0.1,name=scaled"]);
        assert_eq!((lanes[0].norm, lanes[1].norm), (Norm::None, Norm::Layer));
        assert_eq!(lanes[1].branch_scale, BranchScale::Constant(0.1));
        assert_eq!(lanes[1].name, "scaled");
    }

    #[test]
    fn a_value_with_a_comma_stands_in_quotes() {
        for text in ["plain:init-from=\"a,b\",depth=3", "plain:depth=3,init-from='a,b'"] {
            let lane = &lanes(&[text])[0];
            assert_eq!((lane.init_from.as_deref(), lane.depth), (Some("a,b".as_ref()), 3));
        }
        assert_eq!(lanes(&["plain:init-from=it's"])[0].init_from.as_deref(), Some("it's".as_ref()));
    }

    #[test]
    fn names_are_unique_by_default() {
        let names: Vec<String> =
            lanes(&["plain", "plain", "residual:name=plain-2", "plain"]).into_iter().map(|lane| lane.name).collect();
        assert_eq!(names, ["plain", "plain-3", "plain-2", "plain-4"]);
        for wiring in Wiring::WORDS {
            let lane = &lanes(&[wiring, wiring])[1];
            assert_eq!(name(&lane.name).as_deref(), Ok(&*lane.name));
        }
    }

    #[test]
    fn a_lane_without_long_skips_says_so() {
        let names = |texts: &[&str]| lanes(texts).into_iter().map(|lane| lane.name).collect::<Vec<_>>();
        let off = "residual:model=diffusion,long-skips=off";
        assert_eq!(
            names(&["residual:model=diffusion", off, off]),
            ["residual", "residual no long skips", "residual no long skips-2"]
        );
        // It has none to leave out, or no room to say it.
        assert_eq!(names(&["plain:long-skips=off"]), ["plain"]);
        assert_eq!(names(&["stochastic-depth:model=diffusion,long-skips=off"]), ["stochastic-depth"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let problem = |text: &str| text.parse::<LaneSpec>().unwrap_err();
        assert!(problem("resdual").contains("did you mean 'residual'?"));
        assert_eq!(problem("plain:nrom=layer"), "a lane has no setting 'nrom': did you mean 'norm'?");
        assert_eq!(problem("plain:seed=3"), "seed: it applies to the whole run: write it outside --lane");
        assert_eq!(problem("plain:depth=3,depth=4"), "depth is given twice in one lane: write it once");
        assert_eq!(problem("plain:name=a,name=a"), "name is given twice in one lane: write it once");
        for text in ["plain:", "plain:,", "plain:depth=3,"] {
            let words = format!("'' in '{text}' is not key=value, such as norm=layer");
            assert_eq!(problem(text), words);
        }
        assert!(problem("plain:norm").contains("is not key=value"));
        let advice = "; write a file name with a comma in quotes: init-from=\"a,b\"";
        assert!(problem("plain:init-from=a,b").ends_with(advice));
        assert_eq!(problem("plain:init-from=\"a,b"), "init-from: the quote (\") before a,b is never closed: close it");
        for name in ["", "\u{1b}[31m", "\u{202e}niap", "plain\u{3164}", "a name that is longer than any"] {
            assert!(problem(&format!("plain:name={name}")).contains("is not a name for a lane"), "{name:?}");
        }
        assert!(problem("plain:depth=0").contains("not a whole number from 1 to 10000"));
    }
}
