//! The recorder: a thread that passes every event to the sinks, so that training never touches a file or a screen.
//!
//! ```
//! use std::sync::Arc;
//!
//! use nablatop::event::{Event, LaneHeader, Note, Outcome, RunHeader};
//! use nablatop::layer::LayerTable;
//! use nablatop::recorder::Recorder;
//! use nablatop::sink::Fanout;
//! use nablatop::sink::trace::TraceSink;
//! use nablatop::trace::{self, OnExisting};
//! use nablatop::units::Step;
//!
//! let folder = tempfile::tempdir()?;
//! let lane = LaneHeader::new("net", "a net", LayerTable::default());
//! let header = Arc::new(RunHeader::new(vec![lane]));
//! let trace = TraceSink::open(folder.path(), &header, OnExisting::Refuse)?;
//! let recorder = Recorder::start(header, Fanout::new().with(trace))?;
//! recorder.record(Event::Note(Note { lane: None, step: Step(1), text: "training begins".to_owned() }));
//! assert_eq!(recorder.finish().outcome, Outcome::Completed);
//! assert_eq!(trace::read(folder.path())?.count(), 4, "start of the run, note, end of the lane, end of the run");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every lane is reported as ended, and the run after them, whatever happens to the lanes. After a run was asked to
//! end, the recorder stops waiting for a lane that does not return from its step in time, and ignores what it sends
//! later.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::event::{Event, LaneEnd, Note, Outcome, RunEnd, RunHeader};
use crate::sink::{Fanout, Sink};
use crate::units::{LaneId, Step};

/// Maximum number of events that wait for the recorder; training waits when the disk is slower than that.
pub(crate) const CAPACITY: usize = 64;

/// An event is in the sinks' files after this time at the latest.
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);
/// Time between two checks whether to stop waiting for lanes.
const STOPPING_INTERVAL: Duration = Duration::from_millis(10);

/// Messages to the recorder.
pub(crate) enum RecorderMessage {
    /// An event for the sinks.
    Event(Event),
    /// All events before this message must be in the sinks' files; then the sender is dropped.
    Flush(Sender<()>),
    /// Every lane that has not ended has completed.
    Finish,
}

/// How long the recorder waits for lanes.
pub(crate) trait Patience: Send {
    /// Whether the run was asked to end.
    fn is_stopping(&self) -> bool;

    /// Whether to stop waiting for lanes that have not ended by now.
    fn gives_up(&self, now: Instant) -> bool;
}

/// Waits for every lane, however long it takes.
struct Unlimited;

impl Patience for Unlimited {
    fn is_stopping(&self) -> bool {
        false
    }

    fn gives_up(&self, _: Instant) -> bool {
        false
    }
}

/// The recorder of a training loop outside the lab.
pub struct Recorder {
    sender: Sender<RecorderMessage>,
    thread: JoinHandle<RunEnd>,
}

impl Recorder {
    /// Starts the thread; the sinks receive the header first.
    ///
    /// # Errors
    /// Fails when the system cannot start a thread.
    pub fn start(header: Arc<RunHeader>, sinks: Fanout) -> std::io::Result<Self> {
        let (sender, receiver) = bounded(CAPACITY);
        let (alive, _) = bounded(0);
        let lanes = header.lanes.len();
        let run = Recorded { started: Event::RunStarted(header), lanes, after: Step(0), patience: Box::new(Unlimited) };
        Ok(Self { sender, thread: spawn(receiver, sinks, run, alive)? })
    }

    /// Records an event; waits if the sinks are slower than training.
    pub fn record(&self, event: Event) {
        // The channel is disconnected only after a panic of a sink, which `finish` reports.
        let _ = self.sender.send(RecorderMessage::Event(event));
    }

    /// Waits until the sinks' files have everything that was recorded.
    pub fn flush(&self) {
        let (done, flushed) = bounded(0);
        if self.sender.send(RecorderMessage::Flush(done)).is_ok() {
            // The channel is disconnected when everything is written.
            let _ = flushed.recv();
        }
    }

    /// Ends the run and waits until the sinks have everything. Lanes whose end was not recorded count as completed.
    #[must_use]
    pub fn finish(self) -> RunEnd {
        let Self { sender, thread } = self;
        let _ = sender.send(RecorderMessage::Finish);
        drop(sender);
        thread.join().unwrap_or_else(|_| RunEnd { outcome: Outcome::Failed("the recorder panicked".to_owned()) })
    }
}

/// The run that the recorder records.
pub(crate) struct Recorded {
    /// The first event.
    pub(crate) started: Event,
    pub(crate) lanes: usize,
    /// Steps before the run was resumed.
    pub(crate) after: Step,
    pub(crate) patience: Box<dyn Patience>,
}

/// Starts the thread. It ends when every lane has dropped its sender or is no longer waited for, after sending
/// [`Event::RunEnded`]; then `alive` is dropped.
pub(crate) fn spawn(
    receiver: Receiver<RecorderMessage>,
    sinks: Fanout,
    run: Recorded,
    alive: Sender<()>,
) -> std::io::Result<JoinHandle<RunEnd>> {
    Builder::new().name("recorder".to_owned()).spawn(move || {
        let end = record(&receiver, sinks, &run);
        drop(alive);
        end
    })
}

/// The state of each lane.
struct Lanes {
    last: Vec<Step>,
    outcomes: Vec<Option<Outcome>>,
}

impl Lanes {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Step(record) => {
                if let Some(last) = self.last.get_mut(record.lane.index()) {
                    *last = record.step;
                }
            }
            Event::LaneEnded(end) => {
                if let Some(outcome) = self.outcomes.get_mut(end.lane.index()) {
                    *outcome = Some(end.outcome.clone());
                }
            }
            _ => {}
        }
    }

    /// Ends every lane that has not ended.
    fn end_rest(&mut self, with: &Outcome) -> Vec<LaneEnd> {
        let mut ends = Vec::new();
        for ((lane, &step), outcome) in (0..).map(LaneId).zip(&self.last).zip(&mut self.outcomes) {
            if outcome.is_none() {
                *outcome = Some(with.clone());
                ends.push(LaneEnd { lane, step, outcome: with.clone() });
            }
        }
        ends
    }
}

fn record(receiver: &Receiver<RecorderMessage>, mut sinks: Fanout, run: &Recorded) -> RunEnd {
    sinks.emit(&run.started);
    sinks.flush();
    let mut lanes = Lanes { last: vec![run.after; run.lanes], outcomes: vec![None; run.lanes] };
    let mut flushed = Instant::now();
    loop {
        let most = if run.patience.is_stopping() { STOPPING_INTERVAL } else { FLUSH_INTERVAL };
        match receiver.recv_timeout(FLUSH_INTERVAL.saturating_sub(flushed.elapsed()).min(most)) {
            Ok(RecorderMessage::Flush(done)) => {
                sinks.flush();
                flushed = Instant::now();
                drop(done);
            }
            Ok(RecorderMessage::Event(event)) => {
                lanes.take(&event);
                sinks.emit(&event);
            }
            Ok(RecorderMessage::Finish) => {
                lanes.end_rest(&Outcome::Completed).into_iter().for_each(|end| sinks.emit(&Event::LaneEnded(end)));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if run.patience.gives_up(Instant::now()) {
            for message in receiver.try_iter() {
                if let RecorderMessage::Event(event) = message {
                    lanes.take(&event);
                    sinks.emit(&event);
                }
            }
            for end in lanes.end_rest(&Outcome::Stopped) {
                let text = format!("stopped in the middle of step {}", end.step.next());
                sinks.emit(&Event::Note(Note { lane: Some(end.lane), step: end.step, text }));
                sinks.emit(&Event::LaneEnded(end));
            }
            break;
        }
        if flushed.elapsed() >= FLUSH_INTERVAL {
            sinks.flush();
            flushed = Instant::now();
        }
    }
    let outcomes: Vec<Outcome> = lanes.outcomes.into_iter().flatten().collect();
    let end = RunEnd { outcome: together(&outcomes, run.lanes) };
    sinks.emit(&Event::RunEnded(end.clone()));
    sinks.flush();
    end
}

/// One outcome for the run: a failure of any lane counts, a divergence only if every lane diverged.
fn together(outcomes: &[Outcome], lanes: usize) -> Outcome {
    let failed = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Failed(_)));
    if let Some(failed) = failed {
        return failed.clone();
    }
    if outcomes.len() < lanes {
        return Outcome::Failed("a lane ended without a message".to_owned());
    }
    if outcomes.contains(&Outcome::Stopped) {
        return Outcome::Stopped;
    }
    if !outcomes.is_empty() && outcomes.iter().all(|outcome| *outcome == Outcome::Diverged) {
        return Outcome::Diverged;
    }
    Outcome::Completed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{LaneHeader, StepRecord};
    use crate::layer::LayerTable;
    use crate::sink::memory::MemorySink;

    #[test]
    fn a_loop_that_finishes_has_completed_every_lane_that_did_not_end_otherwise() {
        let lane = |name: &str| LaneHeader::new(name, "", LayerTable::default());
        let header = Arc::new(RunHeader::new(vec![lane("first"), lane("second")]));
        let kept = MemorySink::new();
        let recorder = Recorder::start(header, Fanout::new().with(kept.clone())).expect("a thread");
        recorder.record(Event::Step(Arc::new(StepRecord::unmeasured(3))));
        let diverged = LaneEnd { lane: LaneId(1), step: Step(2), outcome: Outcome::Diverged };
        recorder.record(Event::LaneEnded(diverged.clone()));
        assert_eq!(recorder.finish().outcome, Outcome::Completed);
        let completed = LaneEnd { lane: LaneId(0), step: Step(3), outcome: Outcome::Completed };
        let events = kept.take();
        assert_eq!(events[2..4], [Event::LaneEnded(diverged), Event::LaneEnded(completed)]);
        assert!(matches!(events[4], Event::RunEnded(_)));
    }

    #[test]
    fn a_run_diverged_only_when_every_lane_did() {
        use Outcome::{Completed, Diverged, Stopped};
        assert_eq!(together(&[], 0), Completed, "no lane diverged");
        assert_eq!(together(&[Diverged, Completed], 2), Completed);
        assert_eq!(together(&[Diverged, Diverged], 2), Diverged);
        assert_eq!(together(&[Diverged, Stopped], 2), Stopped);
        assert!(matches!(together(&[Completed], 2), Outcome::Failed(_)));
        let failed = Outcome::Failed("x".to_owned());
        assert_eq!(together(&[Completed, failed.clone()], 2), failed);
    }
}
