//! Counts as the user reads them: `1,204`, `17.3 MB`.

/// A count with thousands separators: `1,204`.
#[must_use]
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The size of a file, in powers of a thousand: `432 bytes`, `17.3 MB`.
#[must_use]
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    // A thousand of a unit becomes one of the next unit, also after rounding.
    let unit = UNITS.iter().find(|(size, _)| bytes as f64 >= *size as f64 * 0.999_5);
    match unit {
        None if bytes == 1 => "1 byte".to_owned(),
        None => format!("{bytes} bytes"),
        Some((size, unit)) => {
            let scaled = bytes as f64 / *size as f64;
            if scaled < 99.95 {
                format!("{scaled:.1} {unit}")
            } else {
                format!("{} {unit}", count(scaled.round() as u64))
            }
        }
    }
}
