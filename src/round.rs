//! Round numbers: 1, 2 and 5 times a power of ten, for the ends of an axis and the distance of its labels.

use std::ops::Range;

/// 10^log₁₀(v) is not exactly v: smaller differences count as equal, relative ones of values and absolute ones of their
/// logarithms.
pub(crate) const HAIR: f64 = 1e-6;

/// The smallest round number that is not below a positive value.
pub(crate) fn above(value: f64) -> f64 {
    let rungs = rungs(value);
    rungs.into_iter().find(|rung| *rung >= value * (1.0 - HAIR)).unwrap_or(rungs[3])
}

/// The largest round number that is not above a positive value.
#[cfg(any(feature = "tui", test))]
pub(crate) fn below(value: f64) -> f64 {
    let rungs = rungs(value);
    rungs.into_iter().rev().find(|rung| *rung <= value * (1.0 + HAIR)).unwrap_or(rungs[0])
}

fn rungs(value: f64) -> [f64; 4] {
    let decade = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade)
}

/// Multiples of a round number within a range of counts, except 0: as many as possible, at most `most`.
pub(crate) fn counts(range: &Range<u64>, most: usize) -> Vec<u64> {
    let span = range.end.saturating_sub(range.start);
    let mut gap: u64 = 1;
    for factor in [2, 5, 10].iter().cycle() {
        if span.div_ceil(gap) <= most.max(1) as u64 {
            break;
        }
        let decade = 10u64.pow(gap.ilog10());
        let Some(next) = decade.checked_mul(*factor) else { break };
        gap = next;
    }
    let first = range.start.div_ceil(gap).max(1).saturating_mul(gap);
    (first..range.end).step_by(usize::try_from(gap).unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_round_number_lies_on_either_side_or_is_the_number_itself() {
        for (value, least, largest) in [(0.03, 0.02, 0.05), (0.116, 0.1, 0.2), (0.7, 0.5, 1.0), (7_000.0, 5e3, 1e4)] {
            assert!(
                (below(value) / least - 1.0).abs() < 1e-9 && (above(value) / largest - 1.0).abs() < 1e-9,
                "{value}"
            );
        }
        for round in [0.5, 1.0, 2e-7, 10f64.powf(5f64.log10())] {
            assert!((below(round) / round - 1.0).abs() < 1e-6 && (above(round) / round - 1.0).abs() < 1e-6, "{round}");
        }
    }

    #[test]
    fn counts_along_an_axis_are_round_and_few() {
        assert_eq!(counts(&(1..301), 5), [100, 200, 300]);
        assert_eq!(counts(&(1..2_002), 7), [500, 1000, 1500, 2000]);
        assert_eq!(counts(&(1..51), 13), [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
        assert_eq!(counts(&(1..9), 20), (1..9).collect::<Vec<_>>());
        assert_eq!(counts(&(1..3), 2), [1, 2]);
        assert!(counts(&(1..u64::MAX), 4).len() <= 4);
        assert!(counts(&(5..5), 4).is_empty());
    }
}
