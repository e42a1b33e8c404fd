//! A record as numbers and a class.

use std::collections::BTreeMap;

use super::records::Record;
use crate::text::clean;

/// Separators that are sometimes used between columns instead of a comma, and their names.
const SEPARATORS: [(char, &str); 2] = [(';', "';'"), ('\t', "tabs")];

/// Thousands separators.
const THOUSANDS: [char; 6] = [',', '_', '\'', ' ', '\u{a0}', '\u{202f}'];

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
            let blanks = record.cells.first().filter(|cell| cell.split_whitespace().count() > 1);
            let separated = separated.or_else(|| blanks.map(|_| separated_by("blanks")));
            let words = || "needs at least one number and a class, separated by commas".to_owned();
            return Err(separated.unwrap_or_else(words));
        };
        if class.is_empty() {
            return Err(format!("column {columns}: the class is missing: write one, or remove the comma at the end"));
        }
        let number = |(column, cell): (usize, &String)| {
            finite(cell).ok_or_else(|| {
                separated_otherwise(cell).unwrap_or_else(|| format!("column {}: {}", column + 1, no_number(cell)))
            })
        };
        let numbers = numbers.iter().enumerate().map(number).collect::<Result<_, _>>()?;
        Ok(Self { numbers, class: class.clone() })
    }
}

/// Whether a first record is a header: it has several cells and no finite number. A column may be called `nan` or
/// `inf`.
pub(super) fn is_header(record: &Record) -> bool {
    record.cells.len() > 1 && record.cells.iter().all(|cell| finite(cell).is_none())
}

/// The number of a cell, if `f32` can hold it too: training is in `f32`.
fn finite(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| (*number as f32).is_finite())
}

impl Row {
    /// Whether its cells number the columns, three at least: 0, 1, 2 … or 1, 2, 3 …, as pandas writes them above a
    /// table without names.
    pub(super) fn numbers_columns(&self) -> bool {
        let Some(start) = self.numbers.first().filter(|start| **start == 0.0 || **start == 1.0) else { return false };
        let counted = |(column, number): (usize, &f64)| *number == start + column as f64;
        let last = (*start as usize + self.numbers.len()).to_string();
        self.numbers.len() > 1 && self.numbers.iter().enumerate().all(counted) && self.class == last
    }
}

/// Whether a first row that numbers the columns is data after all: one of the following rows equals it, or their first
/// cells continue its count.
#[derive(Debug)]
pub(super) struct GoesOn {
    next: f64,
    counts: bool,
    repeats: bool,
}

impl GoesOn {
    /// Starts after this first row.
    pub(super) fn after(first: &Row) -> Self {
        Self { next: first.numbers.first().map_or(f64::NAN, |number| number + 1.0), counts: true, repeats: false }
    }

    /// Reads the next row.
    pub(super) fn take(&mut self, first: &Row, row: &Row) {
        self.counts &= row.numbers.first() == Some(&self.next);
        self.next += 1.0;
        self.repeats |= first.numbers == row.numbers && first.class == row.class;
    }

    /// Whether the first row is data.
    pub(super) fn is_data(&self) -> bool {
        self.counts || self.repeats
    }
}

/// Whether a first record of numbers is a header after all: its last cell is a number while all other labels are words,
/// or a word after consecutive numbers; and no row has its label.
pub(super) fn is_numbered_header(first: &Row, labels: &BTreeMap<String, usize>) -> bool {
    if labels.get(&first.class) != Some(&1) {
        return false;
    }
    let is_number = |label: &str| label.parse::<f64>().is_ok();
    // Consecutive numbers followed by a word, while every other label occurs twice or more: `2020,2021,class`.
    let goes_on = first.numbers.len() > 1
        && first.numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0 && pair[0].fract() == 0.0);
    let repeat = labels.len() > 2 && labels.iter().all(|(label, count)| *label == first.class || *count > 1);
    if goes_on && repeat && !is_number(&first.class) {
        return true;
    }
    let mut others = labels.keys().filter(|label| **label != first.class);
    is_number(&first.class) && labels.len() > 1 && others.all(|label| !is_number(label))
}

/// Why a cell is not a number that can be used in training, and what to write instead.
fn no_number(cell: &str) -> String {
    const MISSING: &str = "fill in a number, or leave out the row or the column";
    if cell.is_empty() {
        return format!("the cell is empty: {MISSING}");
    }
    let shown = clean(cell);
    match cell.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            return format!(
                "'{shown}' is outside ±{:.1e}, the range of f32: write the column in a larger unit",
                f32::MAX
            );
        }
        Ok(_) => return format!("'{shown}' is not a finite number: {MISSING}"),
        Err(_) => {}
    }
    let plain: String = cell.chars().filter(|c| !THOUSANDS.contains(c)).collect();
    if plain != cell && plain.starts_with(|c: char| c.is_ascii_digit() || c == '-') && finite(&plain).is_some() {
        return format!("'{shown}' is not a finite number: write it without thousands separators, {plain}");
    }
    format!("'{shown}' is not a finite number (only the last column may hold text): {MISSING}")
}

/// The advice for a cell that holds several columns instead of one number.
fn separated_otherwise(cell: &str) -> Option<String> {
    let (_, name) = SEPARATORS.iter().find(|(separator, _)| cell.contains(*separator))?;
    Some(separated_by(name))
}

fn separated_by(name: &str) -> String {
    format!("the columns seem to be separated by {name}: write commas (and decimals as 1.5)")
}
