//! Splits a growing file into lines of bounded length; bytes after the last line end are held back.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Maximum length of a line: a header of 8 lanes × 10 000 layers takes a third of it, steps far less.
const LONGEST_LINE: usize = 64 << 20;

/// Bytes that are read at once: large enough that system calls do not matter, small enough for a quick first picture.
const CHUNK: usize = 256 << 10;

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its bytes without the end of line.
    Whole(&'a [u8]),
    /// A line that is longer than any line of a trace; its bytes were dropped.
    TooLong,
}

/// The lines of something that may grow.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    state: State,
    number: u64,
    /// Number of bytes that were read.
    end: u64,
    /// Bytes up to the end of the last line.
    whole: u64,
    longest: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// `line` holds the beginning of the next line.
    Begun,
    /// `line` was returned.
    HandedOut,
    /// The line is too long; its rest is dropped.
    Skipping,
}

impl<R: Read> Lines<R> {
    /// Starts at the position of `reader`, which is `lines` lines and `bytes` bytes into the file.
    pub(super) fn new(reader: R, lines: u64, bytes: u64) -> Self {
        let reader = BufReader::with_capacity(CHUNK, reader);
        let (line, state, longest) = (Vec::new(), State::Begun, LONGEST_LINE);
        Self { reader, line, state, number: lines, end: bytes, whole: bytes, longest }
    }

    /// The next complete line; `None` at the current end. A first line that is too long is an error: a source without
    /// lines (a device, a picture) would be read forever.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        if self.state == State::HandedOut {
            self.line.clear();
            self.state = State::Begun;
        }
        loop {
            let room = (self.longest - self.line.len()) as u64;
            let read = self.reader.by_ref().take(room).read_until(b'\n', &mut self.line)?;
            self.end += read as u64;
            if self.line.last() == Some(&b'\n') {
                self.number += 1;
                self.whole = self.end;
                let skipped = self.state == State::Skipping;
                self.state = State::HandedOut;
                let whole = self.line.strip_suffix(b"\n").unwrap_or_default();
                return Ok(Some(if skipped { Line::TooLong } else { Line::Whole(whole) }));
            }
            if read == 0 {
                return Ok(None);
            }
            if self.line.len() >= self.longest {
                self.state = State::Skipping;
                self.line.clear();
                if self.number == 0 {
                    let words =
                        format!("its first line is longer than {} MiB: this is not a trace", self.longest >> 20);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, words));
                }
            }
        }
    }

    /// The bytes after the last line end: a line being written, or a torn one; empty if it is too long.
    pub(super) fn rest(&self) -> &[u8] {
        if self.state == State::Begun { &self.line } else { &[] }
    }

    /// Whether anything follows the last line end.
    pub(super) fn is_torn(&self) -> bool {
        self.state == State::Skipping || !self.rest().is_empty()
    }

    /// Number of the last line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Bytes up to the end of the last line.
    pub(super) fn whole(&self) -> u64 {
        self.whole
    }
}

impl Lines<File> {
    /// The current length of the file.
    pub(super) fn length(&self) -> io::Result<u64> {
        Ok(self.reader.get_ref().metadata()?.len())
    }
}

impl<R: Read + Seek> Lines<R> {
    /// Drops the bytes that were held back, to read them again: the writer may have cut them off and written something
    /// else.
    pub(super) fn forget_rest(&mut self) -> io::Result<()> {
        if self.state == State::Begun && !self.line.is_empty() {
            self.reader.seek(SeekFrom::Start(self.whole))?;
            self.end = self.whole;
            self.line.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(bytes: &[u8], longest: usize) -> Lines<&[u8]> {
        Lines { longest, ..Lines::new(bytes, 0, 0) }
    }

    #[test]
    fn a_line_that_is_not_complete_is_held_back() {
        let mut lines = short(b"one\n\ntw", 10);
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"one")));
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"")));
        assert_eq!(lines.next().unwrap(), None);
        assert_eq!((lines.rest(), lines.number(), lines.whole()), (&b"tw"[..], 2, 5));
    }

    #[test]
    fn a_line_without_end_takes_no_memory_and_the_next_one_is_found() {
        let mut bytes = b"first\n".to_vec();
        bytes.extend_from_slice(&[b'x'; 1000]);
        bytes.extend_from_slice(b"\nnext\n");
        let mut lines = short(&bytes, 10);
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"first")));
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"next")));
        assert!(lines.line.capacity() < 100);
    }

    #[test]
    fn a_file_whose_first_line_has_no_end_is_left() {
        let mut lines = Lines::new(io::repeat(0), 0, 0);
        assert_eq!(lines.next().unwrap_err().to_string(), "its first line is longer than 64 MiB: this is not a trace");
    }

    #[test]
    fn a_tail_that_is_longer_than_any_line_is_still_a_tail() {
        let mut lines = short(b"one\nabcdefghijklmnopqrstuvwxyz", 10);
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"one")));
        assert_eq!(lines.next().unwrap(), None);
        assert!(lines.is_torn());
    }

    #[test]
    fn a_growing_file_goes_on_where_it_stopped() {
        use std::io::Write;
        let path = tempfile::NamedTempFile::new().unwrap();
        let mut writer = path.reopen().unwrap();
        let mut lines = Lines::new(std::fs::File::open(path.path()).unwrap(), 0, 0);
        writer.write_all(b"on").unwrap();
        assert_eq!(lines.next().unwrap(), None);
        writer.write_all(b"e\ntwo\nthr").unwrap();
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"one")));
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"two")));
        assert_eq!(lines.next().unwrap(), None);
        lines.forget_rest().unwrap();
        writer.set_len(8).unwrap();
        writer.seek(SeekFrom::End(0)).unwrap();
        writer.write_all(b"four\n").unwrap();
        assert_eq!(lines.next().unwrap(), Some(Line::Whole(b"four")));
    }
}
