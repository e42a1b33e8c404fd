//! A record as numbers and a class.

use std::collections::BTreeMap;

use super::records::Record;
use crate::text::clean;

/// What people write between columns where it should be a comma, and its name.
const SEPARATORS: [(char, &str); 2] = [(';', "';'"), ('\t', "tabs")];

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) numbers: Vec<f64>,
    pub(super) class: String,
}

impl Row {
    /// Reads a record; the error says what is wrong with it and what to write instead.
    pub(super) fn read(record: &Record) -> Result<Self, String> {
        let columns = record.cells.len();
        let Some((class, numbers)) = record.cells.split_last().filter(|(_, numbers)| !numbers.is_empty()) else {
            let separated = record.cells.first().and_then(|cell| separated_otherwise(cell));
            let words = || "needs at least one number and a class, separated by commas".to_owned();
            return Err(separated.unwrap_or_else(words));
        };
        let number = |(column, cell): (usize, &String)| {
            finite(cell).ok_or_else(|| {
                separated_otherwise(cell).unwrap_or_else(|| {
                    let (column, cell) = (column + 1, clean(cell));
                    format!("column {column}: '{cell}' is not a finite number (only the last column may hold text)")
                })
            })
        };
        let numbers = numbers.iter().enumerate().map(number).collect::<Result<_, _>>()?;
        if class.is_empty() {
            return Err(format!("column {columns}: the class is missing"));
        }
        Ok(Self { numbers, class: class.clone() })
    }
}

/// A first record of several cells without any finite number is a header; a column may be called `nan` or `inf`.
pub(super) fn is_header(record: &Record) -> bool {
    record.cells.len() > 1 && record.cells.iter().all(|cell| finite(cell).is_none())
}

/// A number that `f32` can hold too: training is in `f32`.
fn finite(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| (*number as f32).is_finite())
}

/// Whether a first record of numbers names columns all the same: its cells count up, as in a table without names that was
/// written with them, or its last cell is a number where all other labels are words; and no row has its label.
pub(super) fn is_numbered_header(first: &Row, labels: &BTreeMap<String, usize>) -> bool {
    if labels.get(&first.class) != Some(&1) {
        return false;
    }
    let is_number = |label: &str| label.parse::<f64>().is_ok();
    let counted = first.class.parse::<f64>().ok().is_some_and(|last| {
        let all = first.numbers.iter().copied().chain([last]).collect::<Vec<_>>();
        all.len() > 2 && (all[0] == 0.0 || all[0] == 1.0) && all.windows(2).all(|pair| pair[1] - pair[0] == 1.0)
    });
    let others = labels.keys().filter(|label| **label != first.class);
    counted && others.clone().any(|label| !is_number(label))
        || is_number(&first.class) && others.clone().count() > 0 && others.clone().all(|label| !is_number(label))
}

/// The advice where a cell that should hold one number holds several columns.
fn separated_otherwise(cell: &str) -> Option<String> {
    let (_, name) = SEPARATORS.iter().find(|(separator, _)| cell.contains(*separator))?;
    Some(format!("the columns seem to be separated by {name}: write commas (and decimals as 1.5)"))
}
