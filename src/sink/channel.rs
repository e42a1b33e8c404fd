//! To the screen: a bounded channel in which the newest event wins, so that nobody ever waits for the screen.
//!
//! When it is full the oldest *step* gives way and is counted; messages that come once are never lost, because the
//! channel is far larger than the number of them that a run sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::Sink;
use crate::event::Event;

/// Events that wait for the screen at most; at 1000 layers × 7 quantities 28 KB each.
const CAPACITY: usize = 512;

/// The sending end; lives on the recorder's thread.
pub struct ChannelSink {
    sender: Sender<Event>,
    /// Makes room by taking the oldest event out.
    receiver: Receiver<Event>,
    dropped: Arc<AtomicU64>,
}

/// The receiving end; lives on the screen's thread.
#[derive(Clone)]
pub struct EventStream {
    receiver: Receiver<Event>,
    dropped: Arc<AtomicU64>,
}

/// Both ends of a bounded channel.
#[must_use]
pub fn channel() -> (ChannelSink, EventStream) {
    let (sender, receiver) = bounded(CAPACITY);
    let dropped = Arc::new(AtomicU64::new(0));
    let stream = EventStream { receiver: receiver.clone(), dropped: Arc::clone(&dropped) };
    (ChannelSink { sender, receiver, dropped }, stream)
}

impl Sink for ChannelSink {
    fn emit(&mut self, event: &Event) {
        let mut event = event.clone();
        while let Err(error) = self.sender.try_send(event) {
            let TrySendError::Full(back) = error else { return };
            event = back;
            match self.receiver.try_recv() {
                Ok(gone) if gives_way(&gone) => {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                }
                // A message that comes once goes back to the end of the queue, in place of the next step.
                Ok(once) => event = self.keep(once, event),
                Err(_) => {}
            }
        }
    }
}

/// Whether an event is one of many: the next of its kind says more.
fn gives_way(event: &Event) -> bool {
    match event {
        Event::Step(_)
        | Event::Recall(_)
        | Event::Histogram(_)
        | Event::Tensors(_)
        | Event::Filters(_)
        | Event::Denoising(_)
        | Event::Samples(_) => true,
        Event::RunStarted(_) | Event::Eval(_) | Event::Note(_) | Event::LaneEnded(_) | Event::RunEnded(_) => false,
    }
}

impl ChannelSink {
    /// Puts `once` back in line and returns what is still to be sent.
    fn keep(&self, once: Event, event: Event) -> Event {
        if gives_way(&event) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return once;
        }
        let _ = self.sender.try_send(once);
        event
    }
}

impl EventStream {
    /// The next event, if one waits.
    #[must_use]
    pub fn try_next(&self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }

    /// The receiver, to wait on together with other channels.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<Event> {
        &self.receiver
    }

    /// Steps that gave way because the screen was slower than training.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Outcome, RunEnd, StepRecord};

    fn step(number: u64) -> Event {
        Event::Step(Arc::new(StepRecord::unmeasured(number)))
    }

    #[test]
    fn the_newest_step_wins_and_drops_are_counted() {
        let (mut sink, stream) = channel();
        for number in 1..=CAPACITY as u64 + 10 {
            sink.emit(&step(number));
        }
        sink.emit(&Event::RunEnded(RunEnd { outcome: Outcome::Completed }));
        assert_eq!(stream.dropped(), 11);
        let mut last = None;
        while let Some(event) = stream.try_next() {
            last = Some(event);
        }
        assert!(matches!(last, Some(Event::RunEnded(_))));
    }
}
