//! Numbers for the user: `1,204`, `1.9e-14`, `×0.41`, `1.1 %`. NaN and ±∞ are spelled out.

pub(crate) use crate::counts::count;

/// A measured value with three significant digits: `0.408`, `2.30`, `1,235`, `1.9e-14`; an exact zero is `0`.
#[must_use]
pub(crate) fn value(value: f64) -> String {
    let magnitude = value.abs().log10().floor();
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        0.0 => "0".to_owned(),
        _ if !(-3.0..5.0).contains(&magnitude) => format!("{value:.1e}"),
        _ if magnitude < 3.0 => {
            let decimals = (2 - magnitude as i32).unsigned_abs() as usize;
            format!("{value:.decimals$}")
        }
        _ if value < 0.0 => format!("-{}", count(value.abs().round() as u64)),
        _ => count(value.round() as u64),
    }
}

/// A large count with the unit that a paper would use: `432`, `4,640`, `46 k`, `0.27 M`, `144 M`, `1.2 G`.
#[must_use]
pub(crate) fn amount(value: u64) -> String {
    /// The smallest count of each unit. Millions begin early: a net has 0.27 M parameters.
    const UNITS: [(u64, f64, &str); 4] =
        [(1_000_000_000_000, 1e12, "T"), (1_000_000_000, 1e9, "G"), (100_000, 1e6, "M"), (10_000, 1e3, "k")];
    let Some((_, size, unit)) = UNITS.iter().find(|(from, ..)| value >= *from) else { return count(value) };
    let scaled = value as f64 / size;
    match scaled {
        ..0.995 => format!("{scaled:.2} {unit}"),
        ..9.95 => format!("{scaled:.1} {unit}"),
        _ => format!("{scaled:.0} {unit}"),
    }
}

/// An amount of memory: `512 MiB`, `1.5 GiB`, `4.7 TiB`; less than a mebibyte is shown as one.
#[cfg(feature = "lab")]
#[must_use]
pub(crate) fn memory(bytes: u64) -> String {
    const MEBIBYTES: u64 = 1 << 20;
    let gibibytes = bytes as f64 / (1_u64 << 30) as f64;
    match gibibytes {
        ..0.9995 => format!("{} MiB", bytes.div_ceil(MEBIBYTES)),
        ..999.5 => format!("{gibibytes:.1} GiB"),
        _ => format!("{:.1} TiB", gibibytes / 1024.0),
    }
}

/// A learning rate with the fewest digits, as the user can type it: `1e-3`, `5e-4`, `0.05`, `1e9`.
#[must_use]
pub(crate) fn rate(value: f64) -> String {
    let is_usual = value == 0.0 || !value.is_finite() || (0.01..1e6).contains(&value.abs());
    if is_usual { format!("{value}") } else { format!("{value:e}") }
}

/// A rate per second: `1,234`, `7.3`, `0.05`.
#[must_use]
pub(crate) fn per_second(rate: f64) -> String {
    match rate {
        ..0.995 => format!("{rate:.2}"),
        ..9.95 => format!("{rate:.1}"),
        _ => count(rate.round() as u64),
    }
}

/// An f32 that came from a short decimal, as the f64 of that decimal: 0.001 rather than 0.0010000000474974513.
#[must_use]
pub(crate) fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// A factor: `×0.41`, `×1.08`, `×1.3e-7`.
#[must_use]
pub(crate) fn factor(value: f64) -> String {
    match value.abs() {
        0.01..100.0 => format!("×{value:.2}"),
        _ => format!("×{}", self::value(value)),
    }
}

/// A magnitude with one digit: `1e-19`, and `0.36` or `48` where that is shorter.
#[must_use]
pub(crate) fn magnitude(value: f64) -> String {
    match value.abs() {
        0.01..0.1 => format!("{value:.3}"),
        0.1..1.0 => format!("{value:.2}"),
        1.0..10.0 => format!("{value:.1}"),
        10.0..1000.0 => format!("{value:.0}"),
        size if size == 0.0 || !size.is_finite() => self::value(value),
        _ => format!("{value:.0e}"),
    }
}

/// The end of a scale on the axis log₁₀: `1e-20`, `0.1`, `1`, `1000`.
#[must_use]
pub(crate) fn power(exponent: f32) -> String {
    match exponent {
        -2.0 => "0.01".to_owned(),
        -1.0 => "0.1".to_owned(),
        0.0 => "1".to_owned(),
        1.0 => "10".to_owned(),
        2.0 => "100".to_owned(),
        whole if whole.fract() == 0.0 => format!("1e{whole}"),
        other => magnitude(10f64.powf(f64::from(other))),
    }
}

/// A time: `0:42`, `12:03`, `1:02:03`.
#[must_use]
pub(crate) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A share: `1.1 %`, `93 %`.
#[must_use]
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent.is_nan() {
        return "NaN".to_owned();
    }
    if percent.abs() < 9.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::bytes;

    #[test]
    fn numbers_are_written_as_in_a_paper() {
        assert_eq!((count(0), count(999), count(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        let amounts = [432, 4_640, 46_080, 269_722, 1_727_962, 25_560_000, 143_670_000, 1_234_000_000, 999_600];
        assert_eq!(amounts.map(amount), ["432", "4,640", "46 k", "0.27 M", "1.7 M", "26 M", "144 M", "1.2 G", "1.0 M"]);
        assert_eq!(value(1.94e-14), "1.9e-14");
        assert_eq!((value(0.4079), value(2.3046), value(-0.5)), ("0.408".into(), "2.30".into(), "-0.500".into()));
        let shown = [0.00123, 1.0, 42.0, 1234.5, 98_765.0, -98_765.0, 999_999.0, -2.5e30].map(value);
        assert_eq!(shown, ["0.00123", "1.00", "42.0", "1,235", "98,765", "-98,765", "1.0e6", "-2.5e30"]);
        assert_eq!((value(0.0), value(f64::NAN), value(f64::NEG_INFINITY)), ("0".into(), "NaN".into(), "−∞".into()));
        assert_eq!((factor(0.4083), factor(1e-9)), ("×0.41".into(), "×1.0e-9".into()));
        assert_eq!(
            (magnitude(1.3e-19), magnitude(0.36), magnitude(48.2)),
            ("1e-19".into(), "0.36".into(), "48".into())
        );
        let sizes = [0, 1, 999, 1_000, 17_344_067, 999_960_000, 123_456_789].map(bytes);
        assert_eq!(sizes, ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "17.3 MB", "1.0 GB", "123 MB"]);
        assert_eq!((power(-20.0), power(0.0), power(3.0)), ("1e-20".into(), "1".into(), "1e3".into()));
        assert_eq!((percent(0.011), percent(0.93)), ("1.1 %".into(), "93 %".into()));
        assert_eq!([0.001, 0.05, 0.0, 12_345.0, 1e9].map(rate), ["1e-3", "0.05", "0", "12345", "1e9"]);
    }
}
