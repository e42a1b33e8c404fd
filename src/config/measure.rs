//! How often the layers are measured.

use std::fmt;
use std::str::FromStr;

/// Every EVERY steps, or as often as the budget allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// A fixed number of steps, at least 1; the first step is always measured.
    Every(u64),
    /// As often as the budget allows.
    Auto,
}

impl Measure {
    /// Steps from one measured step to the next, at least 1, without a budget.
    #[must_use]
    pub fn steps(self) -> u64 {
        match self {
            Self::Every(steps) => steps.max(1),
            Self::Auto => 1,
        }
    }
}

/// Default share of the step time that measuring may take: 2 %.
pub const DEFAULT_BUDGET: f64 = 0.02;

/// Digits behind the point of a percentage at most: as many as 10⁻⁶ of a percent needs in binary.
const MOST_DIGITS: usize = 24;

/// Share of the step time that measuring may take, above 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq)]
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
        // A share such as 0.07 has no short product with 100 in binary: the fewest digits that read back as it are enough.
        let percent = 100.0 * self.0;
        let reads_back = |text: &String| text.parse::<f64>().is_ok_and(|percent| percent / 100.0 == self.0);
        let shortest = (0..=MOST_DIGITS).map(|digits| format!("{percent:.digits$}")).find(reads_back);
        write!(f, "{}%", shortest.unwrap_or_else(|| percent.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for measure in [Measure::Every(1), Measure::Every(7), Measure::Auto] {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        for percent in ["2%", "0.5%", "7%", "100%", "1.23456%", "0.00007%"] {
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
