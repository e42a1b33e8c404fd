//! The trace of a resumed run: the events up to the checkpoint, under the header of the resumed run.
//!
//! ```text
//! before   header  1 … 200  201 … 217  torn
//! after    header' 1 … 200                    201 … 217 stay in trace-cut-1.jsonl
//! ```
//!
//! The new file is written beside the old one and gets its name when it is complete, so that the old one remains if the
//! process is killed in between.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Writer;
use super::encode::Encoder;
use super::error::TraceError;
use super::lines::{Line, Lines};
use super::location::FILE_NAME;
use super::log_error::LogError;
use super::parser::Parser;
use super::reader::{first, last_header, open_file};
use super::reservation::{OnExisting, Reservation, same_stacks};
use crate::event::{Event, RunHeader};
use crate::new_file::create_new;
use crate::units::Step;

/// The events that a resumed run has before its first step.
#[derive(Clone, Debug)]
pub struct Continuation {
    /// Folder of the trace to continue, if there is one.
    pub(crate) source: Option<PathBuf>,
    /// The last step that is kept.
    pub(crate) after: Step,
}

/// The result of continuing a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The file that keeps the later lines, and their number.
    pub(crate) cut: Option<(PathBuf, u64)>,
    /// Number of events that it begins with, the header included.
    pub(crate) events: u64,
    /// Why the new trace has no earlier steps.
    pub(crate) missing: Option<String>,
}

/// Why no event could be kept.
#[derive(Debug, thiserror::Error)]
enum CarryError {
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error("it is of another run")]
    AnotherRun,
    #[error(transparent)]
    Stacks(#[from] super::Difference),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Writer {
    /// Claims the folder for a resumed run. In its own folder the trace is continued; in another one the kept
    /// part is copied.
    ///
    /// # Errors
    /// Fails when the folder cannot be used or written, or its own trace belongs to another run or cannot be read.
    pub fn go_on(
        folder: &Path,
        header: &Arc<RunHeader>,
        continuation: &Continuation,
        on_existing: OnExisting,
    ) -> Result<(Self, Carried), LogError> {
        let source = continuation.source.as_deref().map(|source| source.join(FILE_NAME));
        // An empty trace is treated like a missing one.
        let source = source.filter(|file| fs::metadata(file).is_ok_and(|found| found.len() > 0));
        match source {
            Some(file) if is_same(&file, &folder.join(FILE_NAME)) => in_place(folder, header, continuation.after),
            source => {
                let reservation = Reservation::open(folder, on_existing)?;
                elsewhere(reservation, header, source.as_deref(), continuation.after)
            }
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Continues in the run's own folder.
fn in_place(folder: &Path, header: &Arc<RunHeader>, after: Step) -> Result<(Writer, Carried), LogError> {
    let path = folder.join(FILE_NAME);
    // The lock is held until the new file is claimed too.
    let old = Reservation::claim(folder, &path)?;
    let new = path.with_extension("jsonl.new");
    let made = rewritten(&path, &new, header, after);
    let Rewritten { cut, events, file } = made.inspect_err(|_| {
        // The old file is unchanged.
        let _ = fs::remove_file(&new);
    })?;
    drop(old);
    Reservation::of(folder, file).go_on(header).map(|writer| (writer, Carried { cut, events, missing: None }))
}

/// The new file that replaces the old one, and the lines that are no longer valid.
struct Rewritten {
    cut: Option<(PathBuf, u64)>,
    events: u64,
    file: File,
}

fn rewritten(path: &Path, new: &Path, header: &Arc<RunHeader>, after: Step) -> Result<Rewritten, LogError> {
    let failed = |source| LogError::Write { path: new.to_owned(), source };
    let file = create_new(new).map_err(failed)?;
    let mut kept = BufWriter::new(&file);
    let mut cut = CutLines::default();
    let carried = carry(path, header, after, Earlier::Kept, &mut kept, Some(&mut cut));
    let events = carried.map_err(|error| match error {
        CarryError::Io(source) => failed(source),
        CarryError::Trace(error) => LogError::CannotGoOn(error),
        CarryError::AnotherRun => LogError::AnotherRun { path: path.to_owned() },
        CarryError::Stacks(difference) => LogError::OtherStacks { path: path.to_owned(), difference },
    })?;
    kept.flush().map_err(failed)?;
    drop(kept);
    let cut = cut.write(path)?;
    let whole = file.sync_all().and_then(|()| fs::rename(new, path));
    whole.map_err(failed)?;
    // No other process knows the new file yet; file systems without locks are trusted.
    let _ = file.try_lock();
    Ok(Rewritten { cut, events, file })
}

/// Starts in another folder with the kept part of the trace.
fn elsewhere(
    reservation: Reservation,
    header: &Arc<RunHeader>,
    source: Option<&Path>,
    after: Step,
) -> Result<(Writer, Carried), LogError> {
    let path = reservation.emptied(header)?;
    let mut file = reservation.file();
    let failed = |source| LogError::Write { path: path.clone(), source };
    let (mut events, mut missing) = (0, Some("there is no trace beside the checkpoint".to_owned()));
    if let Some(source) = source {
        let mut kept = BufWriter::new(file);
        let carried = carry(source, header, after, Earlier::LeftOut, &mut kept, None);
        kept.flush().map_err(failed)?;
        drop(kept);
        missing = match carried {
            Ok(count) => {
                events = count;
                None
            }
            Err(CarryError::Io(source)) => return Err(failed(source)),
            Err(error) => Some(format!("{}: {error}", crate::text::path(source))),
        };
    }
    if file.metadata().map_err(failed)?.len() == 0 {
        file.write_all(&header_line(header)).map_err(failed)?;
    }
    let writer = reservation.go_on(header)?;
    Ok((writer, Carried { cut: None, events, missing }))
}

/// How runs before the last one in a file are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Earlier {
    Kept,
    LeftOut,
}

/// Copies the last run of a trace up to a step, each line unchanged, under a new header; returns the number of events.
fn carry(
    source: &Path,
    header: &Arc<RunHeader>,
    after: Step,
    earlier: Earlier,
    kept: &mut impl Write,
    mut cut: Option<&mut CutLines>,
) -> Result<u64, CarryError> {
    let mut file = open_file(source)?;
    let start = last_header(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut before = file.take(start.bytes);
    if earlier == Earlier::Kept {
        io::copy(&mut before, kept)?;
    }
    let mut file = before.into_inner();
    file.seek(SeekFrom::Start(start.bytes))?;
    let mut lines = Lines::new(file, start.lines, start.bytes);
    let mut parser = Parser::new(source);
    let there = first(&mut lines, &mut parser)?;
    if there.run_id != header.run_id {
        return Err(CarryError::AnotherRun);
    }
    same_stacks(&there, header)?;
    kept.write_all(&header_line(header))?;
    if let Some(cut) = &mut cut {
        cut.lines = header_line(&there);
    }
    let mut events = 1;
    let mut beyond = BTreeSet::new();
    loop {
        let number = lines.number() + 1;
        let Some(line) = lines.next()? else { return Ok(events) };
        let event = parser.line(number, &line)?;
        let Line::Whole(line) = line else { continue };
        let mut fate = LineAction::of(event.as_ref(), after);
        if let Some(lane) = event.as_ref().and_then(Event::lane) {
            // Every step of a lane after a repeated one is reported again.
            if fate == LineAction::Cut {
                beyond.insert(lane);
            } else if fate == LineAction::Kept && beyond.contains(&lane) {
                fate = LineAction::Cut;
            }
        }
        match (fate, &mut cut) {
            (LineAction::Kept, _) => {
                kept.write_all(line)?;
                kept.write_all(b"\n")?;
                events += u64::from(event.is_some());
            }
            (LineAction::Cut, Some(cut)) => cut.take(line),
            (LineAction::Cut, None) | (LineAction::Repeated, _) => {}
        }
    }
}

/// How a line is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineAction {
    Kept,
    Cut,
    /// The resumed run reports it again.
    Repeated,
}

impl LineAction {
    /// A line that cannot be read is dropped.
    fn of(event: Option<&Event>, after: Step) -> Self {
        let step = match event {
            Some(Event::LaneEnded(_) | Event::RunEnded(_) | Event::RunStarted(_)) => return Self::Repeated,
            Some(event) => event.step(),
            None => return Self::Kept,
        };
        if step.is_none_or(|step| step <= after) { Self::Kept } else { Self::Cut }
    }
}

/// Lines that are no longer valid, as a trace of their own.
#[derive(Default)]
struct CutLines {
    lines: Vec<u8>,
    count: u64,
}

impl CutLines {
    fn take(&mut self, line: &[u8]) {
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        self.count += 1;
    }

    /// Writes them beside the trace, under an unused name.
    fn write(self, trace: &Path) -> Result<Option<(PathBuf, u64)>, LogError> {
        if self.count == 0 {
            return Ok(None);
        }
        let mut number = 1_u64;
        loop {
            let path = trace.with_file_name(format!("trace-cut-{number}.jsonl"));
            let failed = |source| LogError::Write { path: path.clone(), source };
            match File::create_new(&path) {
                Ok(mut file) => {
                    file.write_all(&self.lines).and_then(|()| file.sync_all()).map_err(failed)?;
                    return Ok(Some((path, self.count)));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

fn header_line(header: &Arc<RunHeader>) -> Vec<u8> {
    let mut line = Vec::new();
    Encoder::new(&header.quantities).line(&mut line, &Event::RunStarted(Arc::clone(header)));
    line
}
