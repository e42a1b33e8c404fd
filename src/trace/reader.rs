//! Reads a trace, finished or not, from its first line to its last.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::TraceError;
use super::lines::{Line, Lines};
use super::parser::Parser;
use super::{Warnings, header};
use crate::event::{Event, RunHeader};
use crate::regular_file;

/// The events of a trace in order; the first is an [`Event::RunStarted`], and a further one begins a run that was
/// appended.
///
/// After an error no event follows.
#[derive(Debug)]
pub struct Trace {
    lines: Lines<File>,
    parser: Parser,
    header: Arc<RunHeader>,
    stage: Stage,
    earlier_runs: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Header,
    Lines,
    Over,
}

/// Opens the trace in a folder, or a trace file itself, and reads its header.
///
/// # Errors
/// Fails when there is no such file, or it has no complete header of a known version.
pub fn read(path: &Path) -> Result<Trace, TraceError> {
    open(path, |_| Ok(Start::default()))
}

/// As [`read`], but only the last of several runs in one file.
///
/// # Errors
/// As [`read`]. Costs one more pass over the file, without decoding it.
pub fn read_last(path: &Path) -> Result<Trace, TraceError> {
    open(path, last_header)
}

/// Position of a header in a file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start {
    pub(super) lines: u64,
    pub(super) bytes: u64,
    /// Number of headers before it.
    earlier: u64,
}

/// As [`read_last`], for an open file with this name.
///
/// # Errors
/// As [`read_last`].
pub fn read_last_of(file: File, name: &Path) -> Result<Trace, TraceError> {
    of(file, name, last_header)
}

fn open(path: &Path, start: impl FnOnce(&mut File) -> io::Result<Start>) -> Result<Trace, TraceError> {
    let path = super::location::file_of(path);
    of(open_file(&path)?, &path, start)
}

fn of(mut file: File, path: &Path, start: impl FnOnce(&mut File) -> io::Result<Start>) -> Result<Trace, TraceError> {
    let failed = |source| TraceError::Read { path: path.to_owned(), source };
    let start = start(&mut file).and_then(|start| file.seek(SeekFrom::Start(start.bytes)).map(|_| start));
    let start = start.map_err(failed)?;
    let mut lines = Lines::new(file, start.lines, start.bytes);
    let mut parser = Parser::new(path);
    let header = first(&mut lines, &mut parser)?;
    Ok(Trace { lines, parser, header, stage: Stage::Header, earlier_runs: start.earlier })
}

/// Opens a trace file for reading.
pub(super) fn open_file(path: &Path) -> Result<File, TraceError> {
    regular_file::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => TraceError::NotFound { path: path.to_owned() },
        _ => TraceError::Read { path: path.to_owned(), source },
    })
}

/// Reads the header, which every file must have.
pub(super) fn first(lines: &mut Lines<File>, parser: &mut Parser) -> Result<Arc<RunHeader>, TraceError> {
    let number = lines.number() + 1;
    let event = match lines.next() {
        Ok(Some(line)) => parser.line(number, &line)?,
        Ok(None) => None,
        Err(source) => return Err(TraceError::Read { path: parser.path().to_owned(), source }),
    };
    match event {
        Some(Event::RunStarted(header)) => Ok(header),
        _ => Err(parser.torn_header(lines.rest())),
    }
}

/// Position of the last header; damaged ones do not count.
pub(super) fn last_header(file: &mut File) -> io::Result<Start> {
    let mut lines = Lines::new(file, 0, 0);
    let (mut start, mut last) = (Start::default(), Start::default());
    let mut headers = 0;
    while let Some(line) = lines.next()? {
        let whole = matches!(line, Line::Whole(line) if line.starts_with(header::BEGINNING)
            && super::checksum::check(line).is_some());
        if whole {
            last = Start { earlier: headers, ..start };
            headers += 1;
        }
        start = Start { lines: lines.number(), bytes: lines.whole(), earlier: 0 };
    }
    Ok(last)
}

impl Trace {
    /// The first header that was read.
    #[must_use]
    pub fn header(&self) -> &Arc<RunHeader> {
        &self.header
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.parser.path().to_owned()
    }

    /// Number of runs in the file before the first one that was read.
    #[must_use]
    pub fn earlier_runs(&self) -> u64 {
        self.earlier_runs
    }

    /// What was skipped so far.
    #[must_use]
    pub fn warnings(&self) -> &Warnings {
        &self.parser.warnings
    }

    fn next_line(&mut self) -> Result<Option<Event>, TraceError> {
        loop {
            let number = self.lines.number() + 1;
            let Some(line) =
                self.lines.next().map_err(|source| TraceError::Read { path: self.parser.path().to_owned(), source })?
            else {
                self.parser.warnings.torn_tail = self.lines.is_torn();
                return Ok(None);
            };
            if let Some(event) = self.parser.line(number, &line)? {
                return Ok(Some(event));
            }
        }
    }
}

impl Iterator for Trace {
    type Item = Result<Event, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.stage {
            Stage::Header => {
                self.stage = Stage::Lines;
                Some(Ok(Event::RunStarted(Arc::clone(&self.header))))
            }
            Stage::Lines => {
                let next = self.next_line().transpose();
                if !matches!(next, Some(Ok(_))) {
                    self.stage = Stage::Over;
                }
                next
            }
            Stage::Over => None,
        }
    }
}
