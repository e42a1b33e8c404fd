//! The fitted depth profile (skeleton): ρ = exp(−slope) of the least-squares line of ln signal_norm against block.

/// The fit over blocks 1 … D.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Profile {
    /// Factor per block on the way back: < 1 vanishing, > 1 exploding.
    pub rho: f64,
    /// Goodness of the fit, 0 … 1.
    pub r_squared: f64,
    /// ρ^(D−1).
    pub attenuation: f64,
    /// Measured ‖δ_1‖/‖δ_D‖; `None` when either is not a positive finite number.
    pub first_last: Option<f64>,
    /// Blocks whose value is exactly zero.
    pub zeros: usize,
    /// Blocks whose value is NaN or ±Inf.
    pub non_finite: usize,
    /// The highest block whose value is subnormal or zero: "underflow at block k".
    pub underflow: Option<usize>,
}

/// Fits the profile to `signal[i]` = signal_norm of block i + 1. `None` with fewer than two finite non-zero values.
#[must_use]
pub fn fit(signal: &[Option<f32>]) -> Option<Profile> {
    let _ = signal;
    None
}
