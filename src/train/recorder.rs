//! The recorder's thread: hands every event to the sinks, so that training threads never touch a file or a screen.

use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use crate::event::{Event, Outcome, RunEnd};
use crate::sink::{Fanout, Sink};

/// What was sent is in the sinks' files at most this much later.
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);

/// What a lane says to the recorder.
pub(super) enum Told {
    /// Something that the sinks are to have.
    Event(Event),
    /// All that was told before is to be in the sinks' files: the sender is dropped when it is.
    Flush(Sender<()>),
}

/// Starts the thread. It ends when every lane has dropped its sender, after sending [`Event::RunEnded`].
pub(super) fn spawn(
    receiver: Receiver<Told>,
    sinks: Fanout,
    started: Event,
    lanes: usize,
) -> std::io::Result<JoinHandle<RunEnd>> {
    Builder::new().name("recorder".to_owned()).spawn(move || record(&receiver, sinks, &started, lanes))
}

fn record(receiver: &Receiver<Told>, mut sinks: Fanout, started: &Event, lanes: usize) -> RunEnd {
    sinks.emit(started);
    sinks.flush();
    let mut outcomes = Vec::with_capacity(lanes);
    let mut flushed = Instant::now();
    loop {
        match receiver.recv_timeout(FLUSH_INTERVAL.saturating_sub(flushed.elapsed())) {
            Ok(Told::Flush(done)) => {
                sinks.flush();
                flushed = Instant::now();
                drop(done);
            }
            Ok(Told::Event(event)) => {
                if let Event::LaneEnded(end) = &event {
                    outcomes.push(end.outcome.clone());
                }
                sinks.emit(&event);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if flushed.elapsed() >= FLUSH_INTERVAL {
            sinks.flush();
            flushed = Instant::now();
        }
    }
    let end = RunEnd { outcome: together(&outcomes, lanes) };
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
    use super::*;

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
