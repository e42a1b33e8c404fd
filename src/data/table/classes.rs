//! Whether the last column of a table holds classes at all: training on thousands of classes with one row each says
//! nothing about gradients.

use crate::number;

/// If nearly every row has a class of its own, this many classes are too many.
const OWN: usize = 20;
/// "Nearly every" row means nine rows in ten.
const NEARLY: (usize, usize) = (9, 10);
/// This many different numbers are not classes if they have decimals, or if a class has fewer rows than [`ROWS`].
const NUMBERS: usize = 50;
/// Rows per class below which many numbers are measurements; a data set of a hundred classes has many more.
const ROWS: usize = 3;

/// Why these labels, each listed once, are not classes of this many rows, and what to do.
pub(super) fn doubt<'a>(classes: impl Iterator<Item = &'a str> + Clone, rows: usize) -> Option<String> {
    let count = classes.clone().count();
    let found = format!(
        "{} classes in {} rows: is the last column a class?",
        number::count(count as u64),
        number::count(rows as u64)
    );
    let numbers: Option<Vec<f64>> = classes.map(|label| label.parse().ok()).collect();
    if let Some(numbers) = numbers
        && count > NUMBERS
        && (numbers.iter().any(|number| number.fract() != 0.0) || count * ROWS > rows)
    {
        return Some(format!(
            "{found} nablatop does not predict numbers: group them into a few classes, or write numbers that name classes as \
             words, such as c7"
        ));
    }
    let (part, whole) = NEARLY;
    (count >= OWN && count * whole >= rows * part)
        .then(|| format!("{found} nearly every row has its own: put a column last whose labels repeat"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(labels: &[String], rows: usize) -> Option<String> {
        doubt(labels.iter().map(String::as_str), rows)
    }

    fn labels(count: usize, label: impl Fn(usize) -> String) -> Vec<String> {
        (0..count).map(label).collect()
    }

    #[test]
    fn measurements_and_names_of_rows_are_no_classes() {
        let prices = labels(229, |index| format!("{}.{}", index / 10, index % 10));
        assert_eq!(
            said(&prices, 506).as_deref(),
            Some(
                "229 classes in 506 rows: is the last column a class? nablatop does not predict numbers: group them into a few \
                 classes, or write numbers that name classes as words, such as c7"
            )
        );
        let scores = labels(214, |index| format!("{index}.0"));
        assert!(said(&scores, 442).is_some());
        let names = labels(95, |index| format!("row {index}"));
        assert!(said(&names, 100).is_some_and(|words| words.ends_with("put a column last whose labels repeat")));
    }

    #[test]
    fn many_classes_with_rows_enough_and_few_classes_of_any_kind_are_classes() {
        assert_eq!(said(&labels(100, |index| format!("{index}.0")), 50_000), None);
        assert_eq!(said(&labels(1000, |index| format!("n{index}")), 3000), None);
        assert_eq!(said(&labels(10, |index| format!("{index}.5")), 11), None);
        assert_eq!(said(&labels(5, |index| index.to_string()), 5), None);
    }
}
