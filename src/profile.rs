//! The fitted depth profile: ρ = exp(−slope) of the least-squares line of ln ‖δ_l‖ against block index l = 1 … D.
//!
//! ```text
//! ln ‖δ_l‖ ≈ a + slope·l      slope > 0: the signal shrinks on its way back to block 1, ρ < 1, vanishing
//! attenuation = ρ^(D−1)       what is left of it at block 1
//! ```
//!
//! Zeros, NaN and ±Inf cannot enter the line; they are counted and shown, never dropped silently.

/// The profile of blocks 1 … D: what was found there, and the line through what can be fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Profile {
    /// The line; `None` with fewer than two finite non-zero values.
    pub fit: Option<Fit>,
    /// Measured ‖δ_1‖/‖δ_D‖; `None` when either is not a positive finite number.
    pub first_last: Option<f64>,
    /// Blocks D.
    pub blocks: usize,
    /// Blocks whose value is exactly zero.
    pub zeros: usize,
    /// Blocks whose value is NaN or ±Inf.
    pub non_finite: usize,
    /// The highest block whose value is subnormal or zero: "underflow at block k".
    pub underflow: Option<usize>,
}

/// The least-squares line through the finite non-zero values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Factor per block on the way back: < 1 vanishing, > 1 exploding.
    pub rho: f64,
    /// Goodness of the fit, 0 … 1; 1 where all values are equal.
    pub r_squared: f64,
    /// ρ^(D−1).
    pub attenuation: f64,
}

impl Profile {
    /// Of `signal[i]` = `signal_norm` of block i + 1.
    #[must_use]
    pub fn of(signal: &[Option<f32>]) -> Self {
        let positive = |value: f32| value.is_finite() && value > 0.0;
        let end =
            |value: Option<&Option<f32>>| value.copied().flatten().filter(|value| positive(*value)).map(f64::from);
        let count = |matches: fn(f32) -> bool| signal.iter().flatten().filter(|value| matches(**value)).count();
        let is_subnormal = |value: &Option<f32>| value.is_some_and(|value| value.abs() < f32::MIN_POSITIVE);
        Self {
            fit: Fit::of(signal),
            first_last: end(signal.first()).zip(end(signal.last())).map(|(first, last)| first / last),
            blocks: signal.len(),
            zeros: count(|value| value == 0.0),
            non_finite: count(|value| !value.is_finite()),
            underflow: signal.iter().rposition(is_subnormal).map(|index| index + 1),
        }
    }
}

impl Fit {
    fn of(signal: &[Option<f32>]) -> Option<Self> {
        let point = |(block, value): (i32, &Option<f32>)| {
            let value = value.filter(|value| value.is_finite() && *value > 0.0)?;
            Some((f64::from(block), f64::from(value).ln()))
        };
        let points: Vec<(f64, f64)> = (1..).zip(signal).filter_map(point).collect();
        let (slope, r_squared) = line(&points)?;
        let rho = (-slope).exp();
        Some(Self { rho, r_squared, attenuation: rho.powf(signal.len() as f64 - 1.0) })
    }
}

/// Slope and R² of the least-squares line through (x, y); `None` with fewer than two points.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    if points.len() < 2 {
        return None;
    }
    let n = points.len() as f64;
    let (mean_x, mean_y) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        xx += (x - mean_x).powi(2);
        xy += (x - mean_x) * (y - mean_y);
        yy += (y - mean_y).powi(2);
    }
    let slope = xy / xx;
    Some((slope, if yy == 0.0 { 1.0 } else { (xy * xy / (xx * yy)).min(1.0) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometric_signal_is_fitted_exactly() {
        let signal: Vec<_> = (1..=50).map(|block| Some(0.9_f64.powi(50 - block) as f32)).collect();
        let profile = Profile::of(&signal);
        let fit = profile.fit.expect("fits");
        assert!((fit.rho - 0.9).abs() < 1e-6 && fit.r_squared > 0.999_999);
        assert!((fit.attenuation / 0.9_f64.powi(49) - 1.0).abs() < 1e-4);
        assert!((profile.first_last.expect("positive") / 0.9_f64.powi(49) - 1.0).abs() < 1e-6);
        assert_eq!((profile.zeros, profile.non_finite, profile.underflow), (0, 0, None));
    }

    #[test]
    fn a_constant_signal_is_preserved() {
        let fit = Profile::of(&[Some(3.0); 7]).fit;
        assert_eq!(fit, Some(Fit { rho: 1.0, r_squared: 1.0, attenuation: 1.0 }));
    }

    #[test]
    fn what_cannot_be_fitted_is_counted() {
        let signal = [Some(0.0), Some(1e-40), Some(1e-20), None, Some(f32::NAN), Some(1.0), Some(f32::INFINITY)];
        let profile = Profile::of(&signal);
        assert_eq!((profile.blocks, profile.zeros, profile.non_finite, profile.underflow), (7, 1, 2, Some(2)));
        assert_eq!(profile.first_last, None);
        assert!(profile.fit.expect("three values").rho < 1.0);
        assert_eq!(Profile::of(&[]), Profile::default());
    }

    #[test]
    fn what_is_there_is_counted_where_nothing_can_be_fitted() {
        let profile = Profile::of(&[Some(0.0), Some(f32::NAN), Some(1.0), None]);
        assert_eq!(profile.fit, None);
        assert_eq!((profile.zeros, profile.non_finite, profile.underflow), (1, 1, Some(1)));
    }
}
