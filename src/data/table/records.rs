//! Lines as records of cells (RFC 4180): commas separate cells, a quoted cell may hold commas and line ends, and `""`
//! within it is a quote. Blanks around a cell do not count, and neither does a line of blanks.

use std::io::BufRead;
use std::path::Path;

use super::lines::{LONGEST, Lines};
use crate::data::DataError;

/// A quote that is never closed.
const UNCLOSED: &str =
    "the quote (\") that opens a cell here is never closed: close it, or write \"\" for a quote within the cell";
/// Text after a closing quote.
const TRAILING: &str =
    "text follows the quote (\") that closes a cell: write a comma there, or \"\" for a quote within the cell";

/// One record.
pub(super) struct Record {
    /// The line where it begins, from 1.
    pub(super) line: u64,
    /// Its cells without the blanks around them, at least one.
    pub(super) cells: Vec<String>,
    /// How many cells are quoted.
    quoted: usize,
    /// Whether the last cell is quoted.
    last_quoted: bool,
}

impl Record {
    /// Whether every cell is quoted.
    pub(super) fn is_quoted(&self) -> bool {
        self.quoted == self.cells.len()
    }

    /// Whether a cell before the last is quoted.
    pub(super) fn quotes_a_number(&self) -> bool {
        self.quoted > usize::from(self.last_quoted)
    }
}

/// Records of a table.
pub(super) struct Records<'a, R> {
    lines: Lines<'a, R>,
}

impl<'a, R: BufRead> Records<'a, R> {
    /// Reads from the start of the file at `path`, which errors name.
    pub(super) fn new(path: &'a Path, reader: R) -> Self {
        Self { lines: Lines::new(path, reader) }
    }

    /// The next record; `None` after the last.
    ///
    /// # Errors
    /// Fails when a line cannot be read, a quote is not closed, or something other than a comma follows a closed quote.
    pub(super) fn next(&mut self) -> Result<Option<Record>, DataError> {
        let mut cells = Cells::default();
        let mut first = 0;
        let mut length = 0;
        loop {
            let number = self.lines.number() + 1;
            let Some(line) = self.lines.next()? else {
                return cells.quote.map_or(Ok(None), |opened| Err(self.lines.problem(opened, UNCLOSED)));
            };
            let is_open = cells.quote.is_some();
            if !is_open && line.trim().is_empty() {
                continue;
            }
            first = if is_open { first } else { number };
            length += line.len();
            let taken = cells.take(line, number);
            match (taken, cells.quote) {
                (Err(opened), _) => return Err(self.lines.problem(opened, TRAILING)),
                (Ok(()), Some(opened)) if length > LONGEST => return Err(self.lines.problem(opened, UNCLOSED)),
                (Ok(()), Some(_)) => {}
                (Ok(()), None) => {
                    let Cells { done, quoted, last_quoted, .. } = cells;
                    return Ok(Some(Record { line: first, cells: done, quoted, last_quoted }));
                }
            }
        }
    }

    /// An error about a record.
    pub(super) fn problem(&self, record: &Record, problem: String) -> DataError {
        self.lines.problem(record.line, problem)
    }
}

/// The cells of a record that is being read.
#[derive(Default)]
struct Cells {
    done: Vec<String>,
    cell: String,
    quoted: usize,
    last_quoted: bool,
    at: At,
    /// The line where the open quote began.
    quote: Option<u64>,
}

/// Position within a cell.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    Start,
    Bare,
    Quoted,
    /// After a quote within quotes: the end of the cell, or the first of two.
    Quote,
    /// After the end of a quoted cell.
    After,
}

impl Cells {
    /// Reads a line; `quote` says whether the record continues. The error is the line where the quote opened that is
    /// followed by text after it is closed.
    fn take(&mut self, line: &str, number: u64) -> Result<(), u64> {
        let mut opened = self.quote.take().unwrap_or(number);
        for c in line.chars() {
            self.at = match (self.at, c) {
                (At::Start, '"') => {
                    opened = number;
                    At::Quoted
                }
                (At::Quoted, '"') => At::Quote,
                (At::Start | At::Bare | At::Quote | At::After, ',') => {
                    self.end_cell();
                    At::Start
                }
                (At::Start, c) if c.is_whitespace() => At::Start,
                (At::Quote | At::After, c) if c.is_whitespace() => At::After,
                (At::Quote, c) if c != '"' => return Err(opened),
                (At::After, _) => return Err(opened),
                (at, c) => {
                    self.cell.push(c);
                    if matches!(at, At::Quoted | At::Quote) { At::Quoted } else { At::Bare }
                }
            };
        }
        if self.at == At::Quoted {
            self.cell.push('\n');
            self.quote = Some(opened);
        } else {
            self.end_cell();
        }
        Ok(())
    }

    fn end_cell(&mut self) {
        self.last_quoted = matches!(self.at, At::Quote | At::After);
        self.quoted += usize::from(self.last_quoted);
        self.done.push(self.cell.trim().to_owned());
        self.cell.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
        let mut records = Records::new(Path::new("t.csv"), text.as_bytes());
        let mut read = Vec::new();
        while let Some(record) = records.next().map_err(|error| error.to_string())? {
            read.push((record.line, record.cells));
        }
        Ok(read)
    }

    fn record(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn cells_are_what_stands_between_commas_or_quotes() {
        let text = "1, 2 ,a b\n\"x, \"\"y\"\"\" , \"z\" ,5\"\n,\n";
        assert_eq!(
            records(text).unwrap(),
            [record(1, &["1", "2", "a b"]), record(2, &["x, \"y\"", "z", "5\""]), record(3, &["", ""]),]
        );
    }

    #[test]
    fn lines_of_blanks_are_no_records_and_count_as_lines() {
        assert_eq!(records("\n1,a\n \t \n\n2,b\n").unwrap(), [record(2, &["1", "a"]), record(5, &["2", "b"])]);
    }

    #[test]
    fn a_quoted_cell_may_hold_lines_and_its_record_begins_at_the_first() {
        let text = "1,\"two\n\nlines\"\n2,b\n";
        assert_eq!(records(text).unwrap(), [record(1, &["1", "two\n\nlines"]), record(4, &["2", "b"])]);
    }

    #[test]
    fn a_quote_without_counterpart_names_the_line_where_it_opened() {
        assert_eq!(records("1,a\n2,\"b\n3,c\n4,d\n").unwrap_err(), format!("t.csv:2: {UNCLOSED}"));
        assert_eq!(records("1,a\n2,\"b\n3,\"c\n4,d\n").unwrap_err(), format!("t.csv:2: {TRAILING}"));
        let long = format!("1,\"{}\n", "x\n".repeat(LONGEST));
        assert_eq!(records(&long).unwrap_err(), format!("t.csv:1: {UNCLOSED}"));
    }
}
