//! A record as numbers and a class.

use super::records::Record;
use crate::text::clean;

/// What people write between columns where it should be a comma, and its name.
const SEPARATORS: [(char, &str); 2] = [(';', "';'"), ('\t', "tabs")];

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) numbers: Vec<f32>,
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

fn finite(cell: &str) -> Option<f32> {
    cell.parse().ok().filter(|number: &f32| number.is_finite())
}

/// The advice where a cell that should hold one number holds several columns.
fn separated_otherwise(cell: &str) -> Option<String> {
    let (_, name) = SEPARATORS.iter().find(|(separator, _)| cell.contains(*separator))?;
    Some(format!("the columns seem to be separated by {name}: write commas (and decimals as 1.5)"))
}
