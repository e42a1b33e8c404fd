//! A logarithm for colours and fits, without a branch, so that loops over cells become vector instructions.

/// log₂ of an exact zero in a mean: one below that of the smallest subnormal.
pub(super) const ZERO_LOG2: f32 = -150.0;

/// log₂ of a finite value ≥ 0 to 1e-4, without a branch; subnormals included, 0 gives −150.
///
/// Exponent from the bits, mantissa m ∈ [1, 2) by the series of ln((1+t)/(1−t)) with t = (m − √2)/(m + √2), |t| ≤ 0.172.
pub(super) fn fast_log2(value: f32) -> f32 {
    const TWO_24: f32 = 16_777_216.0;
    const SQRT_2: f32 = std::f32::consts::SQRT_2;
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    let is_tiny = value < f32::MIN_POSITIVE;
    let (scaled, shift) = if is_tiny { (value * TWO_24, 24.0) } else { (value, 0.0) };
    let bits = scaled.to_bits();
    let exponent = (bits >> 23).cast_signed() as f32 - 127.0;
    let mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let t = (mantissa - SQRT_2) / (mantissa + SQRT_2);
    let t2 = t * t;
    let ln = 2.0 * t * (1.0 + t2 * (1.0 / 3.0 + t2 / 5.0));
    let log2 = exponent - shift + 0.5 + ln * LOG2_E;
    if value == 0.0 { ZERO_LOG2 } else { log2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_right_to_a_ten_thousandth_from_subnormals_to_the_largest() {
        for exponent in -148..128_i16 {
            for mantissa in [1.0_f64, 1.01, 1.3, 1.5, 1.75, 1.999] {
                let value = (mantissa * f64::from(exponent).exp2()) as f32;
                if value.is_finite() && value > 0.0 {
                    let error = (f64::from(fast_log2(value)) - f64::from(value).log2()).abs();
                    assert!(error < 1e-4, "{value:e}: {error}");
                }
            }
        }
        assert_eq!(fast_log2(0.0), ZERO_LOG2);
    }
}
