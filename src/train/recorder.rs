//! The recorder's thread: hands every event to the sinks, so that training threads never touch a file or a screen.
//!
//! Every lane is told of as ended, and the run after them, whatever becomes of the lanes: one that does not come back from
//! its step in time is given up, and what it says later is ignored.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use super::pacer::Pacer;
use crate::event::{Event, LaneEnd, Note, Outcome, RunEnd};
use crate::sink::{Fanout, Sink};
use crate::units::{LaneId, Step};

/// What was sent is in the sinks' files at most this much later.
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);
/// Time between two looks at whether lanes that were stopped are given up.
const STOPPING_INTERVAL: Duration = Duration::from_millis(10);

/// What a lane says to the recorder.
pub(super) enum RecorderMessage {
    /// Something that the sinks are to have.
    Event(Event),
    /// All that was told before is to be in the sinks' files: the sender is dropped when it is.
    Flush(Sender<()>),
}

/// What the recorder needs to know of a run.
pub(super) struct Recorded {
    /// The first event.
    pub(super) started: Event,
    pub(super) lanes: usize,
    /// Steps that were taken before.
    pub(super) after: Step,
    pub(super) pacer: Arc<Pacer>,
}

/// Starts the thread. It ends when every lane has dropped its sender or was given up, after sending [`Event::RunEnded`];
/// then `alive` is dropped.
pub(super) fn spawn(
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

/// Where each lane is.
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

    /// What is said of each lane that is given up.
    fn give_up(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for ((lane, &step), outcome) in (0..).map(LaneId).zip(&self.last).zip(&mut self.outcomes) {
            if outcome.is_none() {
                let text = format!("stopped in the middle of step {}", step.next());
                events.push(Event::Note(Note { lane: Some(lane), step, text }));
                events.push(Event::LaneEnded(LaneEnd { lane, step, outcome: Outcome::Stopped }));
                *outcome = Some(Outcome::Stopped);
            }
        }
        events
    }
}

fn record(receiver: &Receiver<RecorderMessage>, mut sinks: Fanout, run: &Recorded) -> RunEnd {
    sinks.emit(&run.started);
    sinks.flush();
    let mut lanes = Lanes { last: vec![run.after; run.lanes], outcomes: vec![None; run.lanes] };
    let mut flushed = Instant::now();
    loop {
        let most = if run.pacer.interrupt().is_raised() { STOPPING_INTERVAL } else { FLUSH_INTERVAL };
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
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if run.pacer.gives_up(Instant::now()) {
            for told in receiver.try_iter() {
                if let RecorderMessage::Event(event) = told {
                    lanes.take(&event);
                    sinks.emit(&event);
                }
            }
            lanes.give_up().iter().for_each(|event| sinks.emit(event));
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

/// One outcome for the run: a failure of any lane counts, a divergence only when no lane came through.
fn together(outcomes: &[Outcome], lanes: usize) -> Outcome {
    let failed = outcomes.iter().find(|outcome| matches!(outcome, Outcome::Failed(_)));
    if let Some(failed) = failed {
        return failed.clone();
    }
    if outcomes.len() < lanes {
        return Outcome::Failed("a lane ended without a word".to_owned());
    }
    if outcomes.contains(&Outcome::Stopped) {
        return Outcome::Stopped;
    }
    if outcomes.iter().all(|outcome| *outcome == Outcome::Diverged) {
        return Outcome::Diverged;
    }
    Outcome::Completed
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::super::pacer::Start;
    use super::*;
    use crate::event::StepRecord;
    use crate::sink::memory::MemorySink;

    #[test]
    fn a_lane_that_does_not_come_back_is_given_up_and_everything_has_its_end() {
        let pacer = Arc::new(Pacer::new(2, 2, Start::default()));
        let (sender, receiver) = bounded(8);
        let (alive, ended) = bounded(0);
        let kept = MemorySink::new();
        let started = Event::Note(Note { lane: None, step: Step(0), text: String::new() });
        let run = Recorded { started, lanes: 2, after: Step(0), pacer: Arc::clone(&pacer) };
        let recorder = spawn(receiver, Fanout::new().with(kept.clone()), run, alive).expect("a thread");
        let step = StepRecord { lane: LaneId(1), ..StepRecord::unmeasured(7) };
        sender.send(RecorderMessage::Event(Event::Step(Arc::new(step)))).expect("heard");
        let came = LaneEnd { lane: LaneId(0), step: Step(8), outcome: Outcome::Stopped };
        sender.send(RecorderMessage::Event(Event::LaneEnded(came.clone()))).expect("heard");
        pacer.stop_now();
        // Its sender lives on: the lane is still in its step.
        assert_eq!(recorder.join().expect("no panic").outcome, Outcome::Stopped);
        assert!(ended.recv().is_err() && sender.send(RecorderMessage::Event(Event::LaneEnded(came.clone()))).is_err());
        let ends: Vec<_> = kept.take().into_iter().filter(|event| matches!(event, Event::LaneEnded(_))).collect();
        let given_up = LaneEnd { lane: LaneId(1), step: Step(7), outcome: Outcome::Stopped };
        assert_eq!(ends, [Event::LaneEnded(came), Event::LaneEnded(given_up)]);
    }

    #[test]
    fn a_run_diverged_only_when_every_lane_did() {
        use Outcome::{Completed, Diverged, Stopped};
        assert_eq!(together(&[Diverged, Completed], 2), Completed);
        assert_eq!(together(&[Diverged, Diverged], 2), Diverged);
        assert_eq!(together(&[Diverged, Stopped], 2), Stopped);
        assert!(matches!(together(&[Completed], 2), Outcome::Failed(_)));
        let failed = Outcome::Failed("x".to_owned());
        assert_eq!(together(&[Completed, failed.clone()], 2), failed);
    }
}
