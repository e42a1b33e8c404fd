//! Reads a trace while this or another process may still write it. It is polled, because network file systems do not
//! report changes.
//!
//! A file that was replaced (`--force`, a copy) is recognized by its first bytes, which hold the run's identity, and is
//! read from its start; so is a file with the same beginning that is longer than the file being read. A file that was
//! removed or cut gives a warning, and is read from its start when it is complete again.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::TraceError;
use super::lines::Lines;
use super::parser::Parser;
use super::reader::{first, open_file};
use super::{Lost, Warnings};
use crate::event::{Event, RunHeader};

/// Number of first bytes that distinguish runs: they contain the header's identity.
const FINGERPRINT: u64 = 256;

/// Reads a trace while it grows.
#[derive(Debug)]
pub struct Follow {
    path: PathBuf,
    reading: Reading,
    run: Run,
    at: At,
}

/// One file and the position up to which it was read.
#[derive(Debug)]
struct Reading {
    lines: Lines<File>,
    parser: Parser,
    fingerprint: Vec<u8>,
    /// A header that was read and not returned yet.
    header: Option<Arc<RunHeader>>,
}

/// The state of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Going,
    Ended,
    /// An error was returned: nothing more is read from this file.
    Broken,
}

/// What was found at the path of a file that was read.
enum Found {
    Same,
    Another,
    Lost(Lost),
}

/// The position in the file after the last poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Middle,
    End,
}

impl Reading {
    fn open(path: &Path) -> Result<Self, TraceError> {
        let mut lines = Lines::new(open_file(path)?, 0, 0);
        let mut parser = Parser::new(path);
        let header = Some(first(&mut lines, &mut parser)?);
        let fingerprint = beginning(path, lines.whole().min(FINGERPRINT))?;
        Ok(Self { lines, parser, fingerprint, header })
    }
}

impl Follow {
    /// Opens the trace in a folder, or a trace file itself, and reads its header.
    ///
    /// # Errors
    /// Fails when there is no such file, or it has no complete header of a known version.
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let path = super::location::file_of(path);
        Ok(Self { reading: Reading::open(&path)?, path, run: Run::Going, at: At::Middle })
    }

    /// The next event, if there is one; reads at most one chunk of the file. An error is returned once, then nothing
    /// more is returned until the file is replaced.
    ///
    /// A [`Event::RunStarted`] after the first replaces the run before it.
    pub fn poll(&mut self) -> Option<Result<Event, TraceError>> {
        // Bytes after the end belong to this file only while the file is the same.
        if self.at == At::End {
            let before = self.reading.parser.warnings.lost.take();
            match self.found() {
                Found::Same if before.is_none() => {}
                Found::Lost(lost) => {
                    self.reading.parser.warnings.lost = Some(lost);
                    return None;
                }
                // A new file without a complete header counts as missing.
                Found::Same | Found::Another => self.begin_again(before)?,
            }
        }
        if let Some(header) = self.reading.header.take() {
            return Some(Ok(Event::RunStarted(header)));
        }
        if self.run == Run::Broken {
            return None;
        }
        let next = self.next_event().transpose();
        match next {
            Some(Ok(_)) => self.at = At::Middle,
            Some(Err(_)) => (self.at, self.run) = (At::End, Run::Broken),
            None => self.at = At::End,
        }
        next
    }

    /// Whether the run has ended and all of it was returned.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.run != Run::Going
    }

    /// The header of the run that is being read.
    #[must_use]
    pub fn header(&self) -> Option<&Arc<RunHeader>> {
        self.reading.parser.header()
    }

    /// What was skipped so far. The tail counts as torn as long as it is incomplete, also while it is being written:
    /// for a running run this means nothing.
    #[must_use]
    pub fn warnings(&self) -> &Warnings {
        &self.reading.parser.warnings
    }

    /// Reads the file from its start, if it has a header by now; `lost` stays set until then.
    fn begin_again(&mut self, lost: Option<Lost>) -> Option<()> {
        let Ok(reading) = Reading::open(&self.path) else {
            self.reading.parser.warnings.lost = lost;
            return None;
        };
        self.reading = reading;
        (self.at, self.run) = (At::Middle, Run::Going);
        Some(())
    }

    fn next_event(&mut self) -> Result<Option<Event>, TraceError> {
        let Reading { lines, parser, .. } = &mut self.reading;
        loop {
            let number = lines.number() + 1;
            let line = lines.next().map_err(|source| TraceError::Read { path: self.path.clone(), source })?;
            let Some(line) = line else {
                parser.warnings.torn_tail = lines.is_torn();
                lines.forget_rest().map_err(|source| TraceError::Read { path: self.path.clone(), source })?;
                return Ok(None);
            };
            let event = parser.line(number, &line)?;
            parser.warnings.torn_tail = false;
            match event {
                Some(Event::RunEnded(_)) => self.run = Run::Ended,
                Some(_) => self.run = Run::Going,
                None => continue,
            }
            return Ok(event);
        }
    }

    /// What is at the path now.
    fn found(&self) -> Found {
        let Reading { fingerprint, lines, .. } = &self.reading;
        let now = match beginning(&self.path, fingerprint.len() as u64) {
            Ok(now) => now,
            Err(TraceError::NotFound { path }) => return Found::Lost(Lost::Removed(path)),
            // A temporary error of the system says nothing about the file.
            Err(_) => return Found::Same,
        };
        let found = std::fs::metadata(&self.path).map(|found| found.len());
        let is_cut = found.as_ref().is_ok_and(|found| *found < lines.whole());
        // The order of the queries matters: a file that only grows is never longer than its own later length. The same
        // holds for a run that continues from a checkpoint after others in one file: the rewritten file begins the
        // same.
        let is_longer = found.is_ok_and(|found| lines.length().is_ok_and(|read| found > read));
        // It is the same file without its end, or nothing in it distinguishes it from this one.
        if is_cut && fingerprint.starts_with(&now) {
            Found::Lost(Lost::Cut(self.path.clone()))
        } else if now == *fingerprint && !is_longer {
            Found::Same
        } else {
            Found::Another
        }
    }
}

fn beginning(path: &Path, length: u64) -> Result<Vec<u8>, TraceError> {
    let mut bytes = Vec::new();
    let read = open_file(path)?.take(length).read_to_end(&mut bytes);
    read.map_err(|source| TraceError::Read { path: path.to_owned(), source })?;
    Ok(bytes)
}
