//! Numbers as text, exact in both directions: the fewest digits that give the same `f32` or `f64` back.

use serde_json::ser::{CompactFormatter, Formatter};

/// Writes a finite number with the fewest digits that give it back; `null` for NaN and ±∞, which JSON cannot write.
pub(crate) fn push_f32(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() {
        // Writing to a vector cannot fail.
        let _ = CompactFormatter.write_f32(out, value);
    } else {
        out.extend_from_slice(b"null");
    }
}

/// As [`push_f32`], for an `f64`.
pub(crate) fn push_f64(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        let _ = CompactFormatter.write_f64(out, value);
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Writes an integer.
pub(crate) fn push_u64(out: &mut Vec<u8>, value: u64) {
    let _ = CompactFormatter.write_u64(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hundred_thousandth_float_comes_back_with_its_sign_and_all_its_bits() {
        for bits in (0..=u32::MAX).step_by(99_991) {
            let value = f32::from_bits(bits);
            if value.is_finite() {
                let mut out = Vec::new();
                push_f32(&mut out, value);
                let text = String::from_utf8(out).unwrap();
                assert_eq!(text.parse::<f32>().unwrap().to_bits(), bits, "{text}");
            }
        }
    }

    #[test]
    fn learning_rates_keep_all_their_digits() {
        for value in [1e-3, 0.1 + 0.2, f64::MIN_POSITIVE, 5e-324, -0.0, f64::MAX] {
            let mut out = Vec::new();
            push_f64(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap().parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn what_json_cannot_write_is_null() {
        let mut out = Vec::new();
        push_f32(&mut out, f32::NAN);
        push_f64(&mut out, f64::NEG_INFINITY);
        assert_eq!(out, b"nullnull");
    }
}
