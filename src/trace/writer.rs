//! Writes a trace: lines are collected in one buffer, which is written at every flush.
//!
//! A full disk does not stop a run. The file is cut back to its last whole line, lines wait in memory, and each flush
//! tries again; if too many wait, further steps are left out, counted, and named in a note when there is space.
//!
//! A file that is removed, replaced or cut is noticed at the next flush. From then on nothing is written: neither into
//! a file without a name, nor after a hole, nor into another program's file.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::encode::Encoder;
use super::medium::{FileLoss, Medium};
use super::run_file::RunFile;
use super::status::TraceStatus;
use crate::counts;
use crate::event::{Event, Note, Outcome, RunHeader};
use crate::quantity::Quantity;
use crate::text;
use crate::units::Step;

/// Written bytes survive a loss of power after this time.
const SYNC_INTERVAL: Duration = Duration::from_secs(5);

/// Bytes in the buffer that are written without waiting for the next flush.
const BUFFER: usize = 1 << 20;

/// Bytes that wait for space on a full disk; further steps are left out.
const MOST_WAITING: usize = 16 << 20;

/// The beginning of the line of a step.
const STEP_LINE: &[u8] = b"{\"kind\":\"step\"";

/// Writes the events of one run.
#[derive(Debug)]
pub struct Writer<M: Medium = std::fs::File> {
    medium: M,
    encoder: Encoder,
    buffer: Vec<u8>,
    /// Length of the file up to its last whole line.
    whole: u64,
    tail: Tail,
    paused: Option<String>,
    gap: Option<Gap>,
    /// How the file was lost, if it was.
    fate: Option<FileLoss>,
    /// The newest step that is in the file.
    reached: Step,
    /// The newest step that was reported.
    newest: Step,
    synced: Instant,
    run_file: Option<RunFile>,
    outcome: Option<Outcome>,
    status: Arc<TraceStatus>,
}

/// What follows the last whole line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Clean,
    /// A part of a line that could not be cut off yet.
    Torn,
}

/// Steps that were left out.
#[derive(Clone, Copy, Debug)]
struct Gap {
    first: Step,
    last: Step,
    count: u64,
}

impl<M: Medium> Writer<M> {
    /// A writer that continues after the first `whole` bytes of the medium, which are whole lines.
    pub(super) fn new(medium: M, quantities: &[Quantity], whole: u64, status: Arc<TraceStatus>) -> Self {
        Self {
            medium,
            encoder: Encoder::new(quantities),
            buffer: Vec::with_capacity(BUFFER + BUFFER / 4),
            whole,
            tail: Tail::Clean,
            paused: None,
            gap: None,
            fate: None,
            reached: Step(0),
            newest: Step(0),
            synced: Instant::now(),
            run_file: None,
            outcome: None,
            status,
        }
    }

    /// Adds `run.json` beside the trace.
    pub(super) fn with_run_file(mut self, run_file: RunFile) -> Self {
        self.run_file = Some(run_file);
        self
    }

    /// Writes the run's first line at once.
    pub(super) fn begin(&mut self, header: &Arc<RunHeader>) -> io::Result<()> {
        self.encoder.line(&mut self.buffer, &Event::RunStarted(Arc::clone(header)));
        self.try_write_out()?;
        self.status.set_bytes(self.whole);
        Ok(())
    }

    /// The status of the writing.
    #[must_use]
    pub(crate) fn status(&self) -> Arc<TraceStatus> {
        Arc::clone(&self.status)
    }

    /// Writes an event; it is in the file after the next flush.
    pub fn write(&mut self, event: &Event) {
        if self.fate.is_some() {
            self.status.lose_steps(u64::from(matches!(event, Event::Step(_))));
            return;
        }
        let is_full = self.paused.is_some() && (self.gap.is_some() || self.buffer.len() > MOST_WAITING);
        if is_full && event.gives_way() {
            if let Event::Step(record) = event {
                self.leave_out(record.step);
            }
            return;
        }
        if let Event::Step(record) = event {
            self.newest = self.newest.max(record.step);
        }
        self.encoder.line(&mut self.buffer, event);
        if let Event::RunEnded(end) = event {
            self.outcome = Some(end.outcome.clone());
        }
        if self.buffer.len() > BUFFER && self.paused.is_none() {
            self.write_out();
        }
    }

    /// Writes the collected lines; every few seconds and after the end of the run the disk itself is synchronized.
    pub fn flush(&mut self) {
        self.flush_at(Instant::now());
    }

    fn flush_at(&mut self, now: Instant) {
        self.look_for_the_file();
        if self.fate.is_some() {
            return;
        }
        self.write_out();
        let ended = self.outcome.take();
        if ended.is_some() || now.saturating_duration_since(self.synced) >= SYNC_INTERVAL {
            self.synced = now;
            if let Err(error) = self.medium.sync() {
                self.status.set_problem(Some(format!("a power failure may damage the trace: {error}")));
            }
        }
        if let (Some(outcome), Some(run_file)) = (ended, &self.run_file)
            && let Err(error) = run_file.write(Some(&outcome))
        {
            self.status.set_problem(Some(error.to_string()));
        }
    }

    /// Notices that the file was lost. Waiting lines are lost with it.
    fn look_for_the_file(&mut self) {
        let Some(trace) = self.run_file.as_ref().map(RunFile::trace) else { return };
        let Some(fate) = self.medium.fate(&trace, self.whole).filter(|_| self.fate.is_none()) else { return };
        let (trace, reached) = (text::path(&trace), self.reached);
        let kept = |place: &str| format!("all complete lines, up to step {reached}, {place}; nothing more is written");
        self.status.set_problem(Some(match fate {
            FileLoss::Removed => format!("{trace} was removed or moved: {}", kept("are lost")),
            FileLoss::Replaced => {
                format!("{trace} was replaced by another file: {}", kept("are lost with the old file"))
            }
            FileLoss::Cut(bytes) => {
                let what = if bytes >= self.whole {
                    "was emptied".to_owned()
                } else {
                    format!("lost its last {}", counts::bytes(bytes))
                };
                format!("{trace} {what}: the file stays as it is, and nothing more is written")
            }
        }));
        self.status.set_gone();
        self.status.lose_steps(self.waiting());
        self.status.set_waiting(0);
        self.buffer = Vec::new();
        self.fate = Some(fate);
    }

    /// Number of steps that wait in memory.
    fn waiting(&self) -> u64 {
        self.buffer.split(|&byte| byte == b'\n').filter(|line| line.starts_with(STEP_LINE)).count() as u64
    }

    fn leave_out(&mut self, step: Step) {
        let gap = self.gap.get_or_insert(Gap { first: step, last: step, count: 0 });
        gap.first = gap.first.min(step);
        gap.last = gap.last.max(step);
        gap.count += 1;
        self.status.lose_steps(1);
    }

    /// Writes the buffer, or as much of it as there is space for.
    fn write_out(&mut self) {
        match self.try_write_out() {
            Ok(()) => {
                self.reached = self.newest;
                self.status.set_waiting(0);
                self.resume();
            }
            Err(error) => {
                let cause = error.to_string();
                self.status.set_waiting(self.waiting());
                self.status.set_problem(Some(format!("the trace is paused: {cause}")));
                self.paused = Some(cause);
            }
        }
        self.status.set_bytes(self.whole);
    }

    /// Reports the gap, when there is space again.
    fn resume(&mut self) {
        let Some(cause) = self.paused.take() else { return };
        self.status.set_problem(None);
        if let Some(Gap { first, last, count }) = self.gap.take() {
            let text = format!("{} steps from {first} to {last} are not in the trace: {cause}", counts::count(count));
            self.encoder.line(&mut self.buffer, &Event::Note(Note { lane: None, step: last, text }));
            self.write_out();
        }
    }

    fn try_write_out(&mut self) -> io::Result<()> {
        self.cut_tail()?;
        let mut written = 0;
        let result = loop {
            let rest = self.buffer.get(written..).unwrap_or_default();
            if rest.is_empty() {
                break Ok(());
            }
            match self.medium.write(rest) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        let sent = self.buffer.get(..written).unwrap_or_default();
        let whole = sent.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        self.buffer.drain(..whole);
        self.whole += whole as u64;
        if written > whole {
            self.tail = Tail::Torn;
            // A failed cut is tried again before anything else is written.
            let _ = self.cut_tail();
        }
        result
    }

    fn cut_tail(&mut self) -> io::Result<()> {
        if self.tail == Tail::Torn {
            self.medium.cut(self.whole)?;
            self.tail = Tail::Clean;
        }
        Ok(())
    }
}

/// A run that ends by a panic keeps its collected lines.
impl<M: Medium> Drop for Writer<M> {
    fn drop(&mut self) {
        self.flush();
    }
}

#[cfg(test)]
mod tests;
