//! Parses lines into events: it knows the header, checks checksums and the order of steps, skips damaged lines, and
//! notices steps without a line: every step has one, measured or not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{TraceError, TraceLine};
use super::foreign::looks_like;
use super::header::{self, Found};
use super::lines::Line;
use super::{Warnings, checksum, decode};
use crate::event::{Event, FORMAT_VERSION, Gap, Outcome, RunHeader};
use crate::units::{LaneId, Step};

/// State of reading one file.
#[derive(Debug)]
pub(super) struct Parser {
    path: PathBuf,
    header: Option<Arc<RunHeader>>,
    newest: Vec<Newest>,
    pub(super) warnings: Warnings,
}

/// The newest step of a lane.
#[derive(Clone, Copy, Debug, Default)]
struct Newest {
    /// 0 before the first.
    step: Step,
    /// Damaged lines in the file up to it.
    damaged: u64,
    /// Whether its end was read.
    has_ended: bool,
}

impl Parser {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), header: None, newest: Vec::new(), warnings: Warnings::default() }
    }

    /// The newest header.
    pub(super) fn header(&self) -> Option<&Arc<RunHeader>> {
        self.header.as_ref()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the line with this number; `None` if it was skipped.
    pub(super) fn line(&mut self, number: u64, line: &Line<'_>) -> Result<Option<Event>, TraceError> {
        let Line::Whole(line) = *line else {
            return self.damaged(number, b"");
        };
        let Some(sealed) = checksum::check(line) else {
            return self.damaged(number, line);
        };
        if self.header.is_none() || line.starts_with(header::BEGINNING) {
            return self.begin(number, line).map(Some);
        }
        let header = self.header.as_deref();
        let event = header.map_or(Ok(None), |header| decode::event(line, sealed, header));
        let event = event.map_err(|fault| TraceError::Line { place: self.place(number), fault })?;
        match &event {
            Some(Event::Step(record)) => self.order(number, record.lane, record.step)?,
            Some(Event::LaneEnded(end)) => {
                self.reaches(end.lane, end.step);
                if let Some(newest) = self.newest.get_mut(end.lane.index()) {
                    newest.has_ended = true;
                }
            }
            Some(Event::Gap(gap)) => self.passes(gap),
            Some(Event::RunEnded(end)) => self.all_reach(&end.outcome),
            Some(_) => {}
            None => self.warnings.unknown_lines += 1,
        }
        Ok(event)
    }

    /// A header begins a run: the first one, or one that was appended to it.
    fn begin(&mut self, number: u64, line: &[u8]) -> Result<Event, TraceError> {
        let path = || self.path.clone();
        let found = header::read(line, &mut self.warnings);
        match found.map_err(|fault| TraceError::Line { place: self.place(number), fault })? {
            Found::Header(header) => {
                self.newest = vec![Newest { damaged: self.warnings.damaged, ..Newest::default() }; header.lanes.len()];
                self.header = Some(Arc::clone(&header));
                Ok(Event::RunStarted(header))
            }
            Found::Newer(found) => Err(TraceError::Newer { path: path(), found, known: FORMAT_VERSION }),
            Found::Foreign => Err(TraceError::Foreign { path: path(), looks_like: looks_like(line) }),
        }
    }

    fn damaged(&mut self, number: u64, line: &[u8]) -> Result<Option<Event>, TraceError> {
        if self.header.is_none() {
            return Err(self.no_header(line));
        }
        let path = &self.path;
        self.warnings.damaged_line(|| TraceLine { path: path.clone(), line: number });
        Ok(None)
    }

    /// Why a file with this first line has no header.
    fn no_header(&self, line: &[u8]) -> TraceError {
        let path = self.path.clone();
        if line.starts_with(header::BEGINNING) {
            TraceError::DamagedHeader { path }
        } else {
            TraceError::Foreign { path, looks_like: looks_like(line) }
        }
    }

    /// Why a file without a complete line, only `rest`, has no header.
    pub(super) fn torn_header(&self, rest: &[u8]) -> TraceError {
        let path = self.path.clone();
        if rest.is_empty() {
            TraceError::Empty { path }
        } else if rest.starts_with(header::BEGINNING) || header::BEGINNING.starts_with(rest) {
            TraceError::NoHeader { path }
        } else {
            TraceError::Foreign { path, looks_like: looks_like(rest) }
        }
    }

    fn order(&mut self, number: u64, lane: LaneId, step: Step) -> Result<(), TraceError> {
        let Some(newest) = self.newest.get(lane.index()).copied() else { return Ok(()) };
        if newest.step >= step {
            return Err(TraceError::OutOfOrder { place: self.place(number), step, after: newest.step });
        }
        self.reaches(lane, Step(step.0 - 1));
        if let Some(newest) = self.newest.get_mut(lane.index()) {
            *newest = Newest { step, damaged: self.warnings.damaged, ..*newest };
        }
        Ok(())
    }

    /// Records that the lane made all steps up to this one: those that were not read are missing, unless damaged lines
    /// explain them, which are reported already.
    fn reaches(&mut self, lane: LaneId, last: Step) {
        let Some(newest) = self.newest.get(lane.index()).copied() else { return };
        let damaged = self.warnings.damaged - newest.damaged;
        let count = last.0.saturating_sub(newest.step.0).saturating_sub(damaged);
        if count > 0 {
            let lane = self.header.as_ref().and_then(|header| header.lanes.get(lane.index()));
            let name = lane.map(|lane| lane.name.as_str()).unwrap_or_default();
            self.warnings.missing_steps(name, newest.step.next(), count);
        }
    }

    /// Records that these steps were never written, which does not make them missing; earlier steps may be.
    fn passes(&mut self, gap: &Gap) {
        self.reaches(gap.lane, Step(gap.first.0 - 1));
        if let Some(newest) = self.newest.get_mut(gap.lane.index()).filter(|newest| newest.step < gap.last) {
            *newest = Newest { step: gap.last, damaged: self.warnings.damaged, ..*newest };
        }
    }

    /// Records that the run has ended: a lane without an end made as many steps as the header says, or as the others
    /// did.
    fn all_reach(&mut self, outcome: &Outcome) {
        let furthest = self.newest.iter().map(|newest| newest.step).max().unwrap_or_default();
        let steps = self.header.as_ref().and_then(|header| header.steps).filter(|_| *outcome == Outcome::Completed);
        let last = steps.map_or(furthest, Step);
        for lane in 0..self.newest.len() {
            if !self.newest[lane].has_ended {
                self.reaches(LaneId(lane as u16), last);
            }
        }
    }

    fn place(&self, line: u64) -> TraceLine {
        TraceLine { path: self.path.clone(), line }
    }
}
