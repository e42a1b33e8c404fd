//! A file's lines as text: numbered from 1, of bounded length, UTF-8 with or without a byte order mark.
//!
//! A line ends in `
//! `, `\r
//! ` or `\r`; a line that is not text is an error with its number.

use std::io::BufRead;
use std::path::Path;

use crate::data::DataError;
use crate::data::file::failure;

/// Maximum length of a line, or of a record of several lines: 1,000,000 columns of 16 characters. Anything longer is
/// not a table (but a device, a picture, a disk image) and must be refused before it fills the memory.
pub(super) const LONGEST: usize = 16 << 20;

/// Byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Byte order marks of UTF-16.
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// Lines of a table.
pub(super) struct Lines<'a, R> {
    path: &'a Path,
    reader: R,
    line: Vec<u8>,
    number: u64,
    /// The byte that ended the last line: a `
    /// ` directly after `\r` does not end another one.
    end: u8,
}

impl<'a, R: BufRead> Lines<'a, R> {
    /// Reads from the start of the file at `path`, which errors name.
    pub(super) fn new(path: &'a Path, reader: R) -> Self {
        Self { path, reader, line: Vec::new(), number: 0, end: 0 }
    }

    /// Number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// An error about a line.
    pub(super) fn problem(&self, line: u64, problem: impl Into<String>) -> DataError {
        DataError::Row { path: self.path.to_owned(), line, problem: problem.into() }
    }

    /// The next line without its end; `None` after the last.
    ///
    /// # Errors
    /// Fails when the line cannot be read, is not UTF-8, or is longer than [`LONGEST`].
    pub(super) fn next(&mut self) -> Result<Option<&str>, DataError> {
        if !self.read()? {
            return Ok(None);
        }
        let line = self.line.strip_prefix(MARK).filter(|_| self.number == 1).unwrap_or(&self.line);
        if self.number == 1 && UTF_16.iter().any(|mark| line.starts_with(mark)) {
            return Err(self.problem(1, "this is UTF-16: save the file as UTF-8"));
        }
        if line.contains(&0) {
            return Err(
                self.problem(self.number, "a byte 0: this is not text, or it is UTF-16: save the file as UTF-8")
            );
        }
        let text = std::str::from_utf8(line);
        text.map(Some).map_err(|_| self.problem(self.number, "not UTF-8, perhaps Latin-1: save the file as UTF-8"))
    }

    /// Fills `line`; returns whether there was one.
    fn read(&mut self) -> Result<bool, DataError> {
        self.line.clear();
        loop {
            let path = self.path;
            let read = self.reader.fill_buf();
            let chunk = read.map_err(|source| failure("table", path, source))?;
            let chunk_start = usize::from(self.end == b'\r' && chunk.first() == Some(&b'\n'));
            let bytes = chunk.get(chunk_start..).unwrap_or_default();
            if chunk.is_empty() {
                self.number += u64::from(!self.line.is_empty());
                return Ok(!self.line.is_empty());
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            self.line.extend_from_slice(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default());
            self.end = end.and_then(|end| bytes.get(end)).copied().unwrap_or(0);
            let consumed = chunk_start + end.map_or(bytes.len(), |end| end + 1);
            self.reader.consume(consumed);
            if self.line.len() > LONGEST {
                let problem = format!("longer than {} MiB: write one row per line", LONGEST >> 20);
                return Err(self.problem(self.number + 1, problem));
            }
            if end.is_some() {
                self.number += 1;
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    fn lines(bytes: &[u8]) -> Result<Vec<String>, String> {
        // A buffer of 3 bytes, so that ends of lines fall between two reads.
        let mut lines = Lines::new(Path::new("t.csv"), BufReader::with_capacity(3, bytes));
        let mut read = Vec::new();
        while let Some(line) = lines.next().map_err(|error| error.to_string())? {
            read.push(line.to_owned());
        }
        Ok(read)
    }

    #[test]
    fn every_end_of_line_is_one() {
        for text in ["ab\ncd\n\ne", "ab\r\ncd\r\n\r\ne\r\n", "ab\rcd\r\re\r", "\u{feff}ab\ncd\n\ne\n"] {
            assert_eq!(lines(text.as_bytes()).unwrap(), ["ab", "cd", "", "e"], "{text:?}");
        }
        assert!(lines(b"").unwrap().is_empty());
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_with_its_line_and_the_remedy() {
        let utf_16: Vec<u8> = "\u{feff}1,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, words) in [
            (&b"1,x\n2,caf\xe9\n"[..], "t.csv:2: not UTF-8, perhaps Latin-1: save the file as UTF-8"),
            (&utf_16, "t.csv:1: this is UTF-16: save the file as UTF-8"),
            (&utf_16[2..], "t.csv:1: a byte 0: this is not text, or it is UTF-16: save the file as UTF-8"),
        ] {
            assert_eq!(lines(bytes).unwrap_err(), words);
        }
    }

    #[test]
    fn a_file_without_ends_of_lines_is_left_after_a_bounded_part() {
        let endless = BufReader::new(b"1,x\n".chain(std::io::repeat(0)));
        let mut lines = Lines::new(Path::new("t.csv"), endless);
        assert_eq!(lines.next().unwrap(), Some("1,x"));
        assert_eq!(lines.next().unwrap_err().to_string(), "t.csv:2: longer than 16 MiB: write one row per line");
        assert!(lines.line.capacity() < 3 * LONGEST);
    }
}
