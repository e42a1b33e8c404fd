//! Statistics of a few numbers: the median, a deviation that is robust to outliers, and the least-squares line.
//!
//! ```text
//! deviation = 1.4826 · median |x − median|          σ of a normal distribution (Hampel 1974)
//! slope     = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)²  =  (Σxy − ΣxΣy/n) / (Σx² − (Σx)²/n)
//! R²        = (Σ(x − x̄)(y − ȳ))² / (Σ(x − x̄)² Σ(y − ȳ)²)
//! ```
//!
//! Numbers are ordered by `total_cmp`: a NaN counts as larger than +∞, and none is left out.
//!
//! ```
//! use nablatop::robust::{Spread, line};
//!
//! let spread = Spread::of([1.0, 2.0, 3.0, 4.0, 1e6]);
//! assert_eq!((spread.median, spread.deviation), (3.0, 1.4826), "one outlier changes neither");
//! assert_eq!(line(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]), Some((2.0, 1.0)));
//! ```

/// Standard deviation of a normal distribution divided by its median absolute deviation.
const NORMAL: f64 = 1.4826;

/// The median; the upper of the two middle values if their number is even, and 0 for no values. Sorts the values.
#[must_use]
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Median and robust deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median; 0 for no numbers.
    pub median: f64,
    /// The robust deviation; 0 for no numbers, and if most of them are equal.
    pub deviation: f64,
}

impl Spread {
    /// Median and robust deviation of these numbers.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        let median = median(&mut values);
        for value in &mut values {
            *value = (*value - median).abs();
        }
        Self { median, deviation: NORMAL * self::median(&mut values) }
    }
}

/// Slope and R² of the least-squares line through (x, y); `None` with fewer than two points. If all y are equal, the
/// line is level and R² is 1, since it fits them exactly. Takes two passes.
#[must_use]
pub fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (_, first) = *points.first().filter(|_| points.len() >= 2)?;
    if points.iter().all(|(_, y)| *y == first) {
        // If all values are equal, rounding alone would decide: their computed mean need not equal them.
        return Some((0.0, 1.0));
    }
    let n = points.len() as f64;
    let (mean_x, mean_y) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        xx += (x - mean_x).powi(2);
        xy += (x - mean_x) * (y - mean_y);
        yy += (y - mean_y).powi(2);
    }
    Some((xy / xx, (xy * xy / (xx * yy)).min(1.0)))
}

/// Sums over points (x, y) from one pass, with x near its mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineSums {
    /// Number of points.
    pub n: f64,
    /// Σx.
    pub x: f64,
    /// Σy.
    pub y: f64,
    /// Σx².
    pub xx: f64,
    /// Σxy.
    pub xy: f64,
}

impl LineSums {
    /// Slope of the least-squares line; `None` with fewer than two points.
    #[must_use]
    pub fn slope(self) -> Option<f64> {
        let Self { n, x, y, xx, xy } = self;
        (n >= 2.0).then(|| (xy - x * y / n) / (xx - x * x / n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_upper_middle_and_a_nan_counts_as_the_largest() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 3.0);
        assert_eq!(median(&mut [f64::NAN, 1.0, f64::INFINITY]), f64::INFINITY);
        assert_eq!((median(&mut []), median(&mut [7.0])), (0.0, 7.0));
    }

    #[test]
    fn a_few_outliers_do_not_move_the_deviation_and_equal_numbers_have_none() {
        let usual = Spread::of([1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(usual, Spread { median: 3.0, deviation: NORMAL });
        assert_eq!(Spread::of([1.0, 2.0, 3.0, 4.0, 1e9]), usual);
        assert_eq!(Spread::of([5.0; 4]), Spread { median: 5.0, deviation: 0.0 });
        assert_eq!(Spread::of([]), Spread { median: 0.0, deviation: 0.0 });
    }

    #[test]
    fn both_forms_of_the_line_agree_and_a_straight_line_is_found_exactly() {
        let points: Vec<(f64, f64)> = (-3..=3).map(|x| (f64::from(x), 2.0 - 0.5 * f64::from(x))).collect();
        let (slope, r_squared) = line(&points).expect("seven points");
        assert!((slope + 0.5).abs() < 1e-15 && (r_squared - 1.0).abs() < 1e-15);
        let mut bent = points;
        bent[6].1 = 7.0;
        let mut sums = LineSums::default();
        for (x, y) in &bent {
            sums = LineSums { n: sums.n + 1.0, x: sums.x + x, y: sums.y + y, xx: sums.xx + x * x, xy: sums.xy + x * y };
        }
        let (slope, r_squared) = line(&bent).expect("seven points");
        assert!((sums.slope().expect("seven points") - slope).abs() < 1e-12 && r_squared < 0.9);
    }

    #[test]
    fn one_point_has_no_line_and_equal_ones_have_a_level_one() {
        assert_eq!((line(&[(1.0, 2.0)]), line(&[]), LineSums::default().slope()), (None, None, None));
        assert_eq!(line(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1)]), Some((0.0, 1.0)));
    }
}
