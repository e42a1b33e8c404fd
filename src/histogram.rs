//! Distribution of the magnitudes of a layer's gradient: counts of log₂|g| in fixed bins, separately for both signs,
//! and counts of everything that no bin holds.
//!
//! ```text
//! … underflow │ 2⁻⁶⁰ │ 2⁻⁵⁹ │ … │ 2¹⁹ │ overflow …      a bin holds 2^k ≤ |g| < 2^(k+1)
//! exact zero · NaN · +Inf · −Inf                           the counts sum to the number of elements, always
//! ```
//!
//! Fixed bins are the same for every layer, step and run, so that histograms can be compared and added.
//!
//! ```
//! use nablatop::histogram::Histogram;
//!
//! let mut counted = Histogram::default();
//! counted.zero = 3;
//! counted.nan = 1;
//! assert_eq!(counted.total(), 4);
//! ```

use serde::{Deserialize, Serialize};

/// Exponent of the first bin.
pub(crate) const FIRST_EXPONENT: i32 = -60;
/// Exponent after the last bin.
pub(crate) const END_EXPONENT: i32 = 20;
/// Bins of one sign.
pub(crate) const BINS: usize = (END_EXPONENT - FIRST_EXPONENT) as usize;

/// Counts of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Histogram {
    /// Positive elements, bin by bin from 2⁻⁶⁰; bins after the last that is not empty may be missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positive: Vec<u64>,
    /// Negative elements, bin by bin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub negative: Vec<u64>,
    /// +0 and −0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub zero: u64,
    /// 0 < |g| < 2⁻⁶⁰.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub underflow: u64,
    /// 2²⁰ ≤ |g| < ∞.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overflow: u64,
    /// NaN.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nan: u64,
    /// +∞.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pinf: u64,
    /// −∞.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ninf: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Default for Histogram {
    fn default() -> Self {
        let none = || vec![0; BINS];
        Self { positive: none(), negative: none(), zero: 0, underflow: 0, overflow: 0, nan: 0, pinf: 0, ninf: 0 }
    }
}

impl Histogram {
    /// Number of elements that were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        let finite: u64 = self.positive.iter().chain(&self.negative).sum();
        finite + self.zero + self.underflow + self.overflow + self.nan + self.pinf + self.ninf
    }

    /// Elements of both signs in the `bin`-th bin.
    #[must_use]
    pub fn bin(&self, bin: usize) -> u64 {
        let count_in = |bins: &[u64]| bins.get(bin).copied().unwrap_or(0);
        count_in(&self.positive) + count_in(&self.negative)
    }

    /// Adds `count` elements with 2^exponent ≤ |g| < 2^(exponent + 1).
    pub fn add(&mut self, exponent: i32, sign: Sign, count: u64) {
        let bin = exponent - FIRST_EXPONENT;
        match usize::try_from(bin) {
            Err(_) => self.underflow += count,
            Ok(bin) if bin >= BINS => self.overflow += count,
            Ok(bin) => {
                let bins = match sign {
                    Sign::Positive => &mut self.positive,
                    Sign::Negative => &mut self.negative,
                };
                if bins.len() <= bin {
                    bins.resize(BINS, 0);
                }
                bins[bin] += count;
            }
        }
    }

    /// Adds the counts of another tensor of the layer.
    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in [(&mut self.positive, &other.positive), (&mut self.negative, &other.negative)] {
            if ours.len() < theirs.len() {
                ours.resize(theirs.len(), 0);
            }
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        }
        self.zero += other.zero;
        self.underflow += other.underflow;
        self.overflow += other.overflow;
        self.nan += other.nan;
        self.pinf += other.pinf;
        self.ninf += other.ninf;
    }

    /// The same without empty bins at the end: the form that is written.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        for bins in [&mut self.positive, &mut self.negative] {
            let used = bins.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
            bins.truncate(used);
        }
        self
    }
}

/// Sign of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Above zero.
    Positive,
    /// Below zero.
    Negative,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_bin_is_counted_beside_them() {
        let mut histogram = Histogram::default();
        for exponent in [-61, -60, 0, 19, 20, 127] {
            histogram.add(exponent, Sign::Positive, 1);
            histogram.add(exponent, Sign::Negative, 2);
        }
        assert_eq!((histogram.underflow, histogram.overflow, histogram.total()), (3, 6, 18));
        assert_eq!((histogram.bin(0), histogram.bin(60), histogram.bin(BINS - 1)), (3, 3, 3));
        assert_eq!((histogram.positive[60], histogram.negative[60]), (1, 2));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut histogram = Histogram::default();
        histogram.add(-3, Sign::Negative, 5);
        histogram.ninf = 1;
        let written = histogram.trimmed();
        let text = serde_json::to_string(&written).expect("written");
        assert_eq!(serde_json::from_str::<Histogram>(&text).expect("read"), written);
        assert_eq!(serde_json::from_str::<Histogram>("{}").expect("read").total(), 0);
    }

    #[test]
    fn trimming_and_merging_lose_nothing() {
        let mut one = Histogram::default();
        one.add(-3, Sign::Negative, 5);
        one.nan = 2;
        let mut both = one.clone().trimmed();
        assert_eq!((both.positive.len(), both.negative.len(), both.total()), (0, 58, 7));
        both.merge(&one);
        assert_eq!((both.total(), both.bin(57), both.nan), (14, 10, 4));
    }
}
