//! How often the layers are looked at.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Every so many steps, or as often as the budget allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Every so many steps, the first included; at least 1.
    Every(u64),
    /// As often as the budget allows.
    Auto,
}

impl Measure {
    /// Steps from one measured step to the next, at least 1, a budget aside.
    #[must_use]
    pub fn steps(self) -> u64 {
        match self {
            Self::Every(steps) => steps.max(1),
            Self::Auto => 1,
        }
    }
}

/// Share of the step time that measuring may take where nothing is written: 2 %.
pub const DEFAULT_BUDGET: f64 = 0.02;

/// Share of the step time that measuring may take, above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Budget(pub f64);

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(steps) => write!(f, "{steps}"),
            Self::Auto => f.write_str("auto"),
        }
    }
}

impl FromStr for Measure {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word.trim() {
            "auto" => Ok(Self::Auto),
            number => match number.parse() {
                Ok(steps) if steps >= 1 => Ok(Self::Every(steps)),
                _ => Err(format!("'{}' is not a whole number from 1: write e.g. 10, or auto", word.escape_debug())),
            },
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A share such as 0.07 has no short product with 100 in binary: three digits are enough.
        let percent = (self.0 * 1e5).round() / 1e3;
        write!(f, "{percent}%")
    }
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let number = word.trim().strip_suffix('%').map(str::trim_end);
        match number.and_then(|number| number.parse::<f64>().ok()) {
            Some(percent) if percent > 0.0 && percent <= 100.0 => Ok(Self(percent / 100.0)),
            _ => {
                Err(format!("'{}' is not a share above 0% and up to 100%: write e.g. 2%, or off", word.escape_debug()))
            }
        }
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Every(steps) => serializer.serialize_u64(*steps),
            Self::Auto => serializer.serialize_str("auto"),
        }
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Word(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(steps) => Ok(Self::Every(steps.max(1))),
            Written::Word(word) => word.parse().map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for measure in [Measure::Every(1), Measure::Every(7), Measure::Auto] {
            assert_eq!(measure.to_string().parse(), Ok(measure));
            let text = serde_json::to_string(&measure).expect("written");
            assert_eq!(serde_json::from_str::<Measure>(&text).expect("read"), measure);
        }
        for percent in ["2%", "0.5%", "7%", "100%"] {
            assert_eq!(percent.parse::<Budget>().expect("a share").to_string(), percent);
        }
    }

    #[test]
    fn a_distance_of_zero_steps_is_one_and_a_budget_looks_at_every_step_that_it_pays_for() {
        assert_eq!([Measure::Every(0), Measure::Every(7), Measure::Auto].map(Measure::steps), [1, 7, 1]);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_to_write() {
        for word in ["0", "-1", "often", ""] {
            assert!(word.parse::<Measure>().unwrap_err().contains("write e.g. 10, or auto"));
        }
        for word in ["2", "0%", "101%", "nan%", "%", "-1%"] {
            assert!(word.parse::<Budget>().unwrap_err().contains("write e.g. 2%"), "{word}");
        }
    }
}
