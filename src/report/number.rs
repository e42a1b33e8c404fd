//! Numbers as a person reads them: three digits that matter, powers of ten where zeros would have to be counted.

/// Digits that matter.
const DIGITS: i32 = 3;

/// `0.0123`, `42.0`, `1,230`, `1.3e-19`, `NaN`, `inf`.
#[must_use]
pub fn short(value: f64) -> String {
    let magnitude = value.abs().log10().floor();
    if value == 0.0 {
        "0".to_owned()
    } else if !value.is_finite() {
        if value.is_nan() { "NaN".to_owned() } else { format!("{value}") }
    } else if (-3.0..5.0).contains(&magnitude) {
        let decimals = (DIGITS - 1 - magnitude as i32).max(0);
        let decimals = usize::try_from(decimals).unwrap_or(0);
        if decimals == 0 { whole(value.round() as i64) } else { format!("{value:.decimals$}") }
    } else {
        format!("{value:.1e}")
    }
}

/// `2,000`.
pub(super) fn whole(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_matter() {
        let shown = [0.0, 0.00123, 0.408_248, 1.0, 42.0, 1234.5, 98_765.0, 1.3e-19, -2.5e30].map(short);
        assert_eq!(shown, ["0", "0.00123", "0.408", "1.00", "42.0", "1,235", "98,765", "1.3e-19", "-2.5e30"]);
    }

    #[test]
    fn what_is_no_number_says_so() {
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(short), ["NaN", "inf", "-inf"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, -1_234_567].map(whole), ["0", "999", "1,000", "-1,234,567"]);
    }
}
