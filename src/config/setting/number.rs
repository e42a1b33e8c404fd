//! Numbers as the user types them: what a setting takes, and one sentence for everything that it does not.
//!
//! ```text
//! '-1' is not a whole number from 1 to 10000: write e.g. 50
//! ```
//!
//! Numbers that may be typed stand there as they are typed, without thousands separators.

use std::str::FromStr;

use crate::config::family::MOST_BLOCKS;

/// The numbers that a setting takes.
pub(super) struct Numbers<T> {
    /// Whether a number is one of them.
    pub(super) holds: fn(&T) -> bool,
    /// What each of them is, such as `number above 0`.
    pub(super) are: &'static str,
    /// One of them.
    pub(super) example: &'static str,
}

impl Numbers<f64> {
    /// Above 0.
    pub(super) const fn above_zero(example: &'static str) -> Self {
        Self { holds: |number| number.is_finite() && *number > 0.0, are: "number above 0", example }
    }
}

impl<T: PartialOrd + From<u8>> Numbers<T> {
    /// 0, 1, 2 …
    pub(super) const fn from_zero(example: &'static str) -> Self {
        Self { holds: |_| true, are: "whole number from 0", example }
    }

    /// 1, 2, 3 …
    pub(super) const fn from_one(example: &'static str) -> Self {
        Self { holds: |number| *number >= T::from(1), are: "whole number from 1", example }
    }
}

impl<T: FromStr> Numbers<T> {
    /// The number that a word stands for.
    pub(super) fn read(&self, word: &str) -> Result<T, String> {
        self.find(word).ok_or_else(|| self.refusal(word))
    }

    /// The same, `None` where `none` is written instead of a number.
    pub(super) fn read_or(&self, none: &str, word: &str) -> Result<Option<T>, String> {
        if word.trim() == none {
            return Ok(None);
        }
        self.find(word).map(Some).ok_or_else(|| format!("{} or {none}", self.refusal(word)))
    }

    fn find(&self, word: &str) -> Option<T> {
        word.trim().parse().ok().filter(self.holds)
    }

    fn refusal(&self, word: &str) -> String {
        let is_whole = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let large = if is_whole && word.parse::<T>().is_err() { " that fits into 64 bits" } else { "" };
        format!("'{word}' is not a {}{large}: write e.g. {}", self.are, self.example)
    }
}

/// Units of a block at most.
const MOST_UNITS: usize = 4096;

/// Blocks of a stack.
pub(super) const BLOCKS: Numbers<usize> =
    Numbers { holds: |blocks| (1..=MOST_BLOCKS).contains(blocks), are: "whole number from 1 to 10000", example: "50" };

/// Units of a block.
pub(super) const UNITS: Numbers<usize> =
    Numbers { holds: |units| (1..=MOST_UNITS).contains(units), are: "whole number from 1 to 4096", example: "64" };

/// Lines and columns of a picture.
pub(super) const SIDES: Numbers<usize> =
    Numbers { holds: |side| (2..=1024).contains(side), are: "whole number from 2 to 1024", example: "32" };

/// Characters of a text per example.
pub(super) const CONTEXTS: Numbers<usize> = Numbers {
    holds: |characters| (1..=65536).contains(characters),
    are: "whole number from 1 to 65536",
    example: "64",
};

/// Momenta of SGD.
pub(super) const MOMENTA: Numbers<f64> =
    Numbers { holds: |momentum| (0.0..1.0).contains(momentum), are: "number from 0 to below 1", example: "0.9" };

/// Weight decays.
pub(super) const DECAYS: Numbers<f64> =
    Numbers { holds: |decay| decay.is_finite() && *decay >= 0.0, are: "number of at least 0", example: "0.01" };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_such_number_is_answered_with_one_that_is() {
        let numbers = Numbers::<u64>::from_one("2000");
        assert_eq!(numbers.read(" 7 "), Ok(7));
        for word in ["0", "-1", "ten", "", "1e3", "1.5"] {
            let words = format!("'{word}' is not a whole number from 1: write e.g. 2000");
            assert_eq!(numbers.read(word).unwrap_err(), words);
        }
        let words = "'99999999999999999999' is not a whole number from 1 that fits into 64 bits: write e.g. 2000";
        assert_eq!(numbers.read("99999999999999999999").unwrap_err(), words);
        let numbers = Numbers::above_zero("1");
        assert_eq!((numbers.read_or("off", "off"), numbers.read_or("off", "1e-3")), (Ok(None), Ok(Some(1e-3))));
        for word in ["inf", "nan", "0", "x"] {
            let words = format!("'{word}' is not a number above 0: write e.g. 1 or off");
            assert_eq!(numbers.read_or("off", word).unwrap_err(), words);
        }
    }
}
