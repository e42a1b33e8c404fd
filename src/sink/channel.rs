//! The sink of the screen: a queue that prefers the newest events, so that training never waits for the screen.
//!
//! ```text
//! first 100 steps of each lane, and what lies between    kept, within 64 MiB
//! later                         512 events: when full, the oldest step is dropped and counted
//! ```
//!
//! Theory starts from the first step, and the beginning of a run shows how deep stacks differ. Events that come once
//! (an end, a note) are never lost.
//!
//! ```
//! use nablatop::event::{Event, Note};
//! use nablatop::sink::Sink;
//! use nablatop::sink::channel::channel;
//! use nablatop::units::Step;
//!
//! let (mut sink, stream) = channel();
//! sink.emit(&Event::Note(Note { lane: None, step: Step(1), text: "a note".to_owned() }));
//! assert!(matches!(stream.try_next(), Some(Event::Note(_))));
//! assert!(stream.try_next().is_none());
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Sink;
use crate::event::{Event, StepRecord};
use crate::units::Step;

/// Maximum number of waiting events after the first steps; 28 KB each at 1000 layers × 7 quantities.
const CAPACITY: usize = 512;
/// Steps of each lane that are never dropped.
const FIRST_STEPS: u64 = 100;
/// Maximum size in bytes of waiting first steps: 100 steps of two lanes of 3,000 layers. The screen keeps up with
/// deeper stacks, whose steps take longer.
const FIRST_BYTES: usize = 64 << 20;

/// The sending end; it lives on the recorder's thread.
pub struct ChannelSink {
    queue: Arc<Mutex<Queue>>,
    bell: Sender<()>,
}

/// The receiving end; it lives on the screen's thread.
#[derive(Clone)]
pub struct EventStream {
    queue: Arc<Mutex<Queue>>,
    bell: Receiver<()>,
}

/// Events that wait for the screen.
#[derive(Default)]
struct Queue {
    first: VecDeque<Event>,
    later: VecDeque<Event>,
    /// The first step of each lane that has made any.
    began: Vec<Option<Step>>,
    /// Bytes of the steps in `first`.
    bytes: usize,
    /// Whether the first steps have passed.
    is_past: bool,
    dropped: u64,
}

/// Creates both ends.
#[must_use]
pub fn channel() -> (ChannelSink, EventStream) {
    let queue = Arc::new(Mutex::new(Queue::default()));
    let (sender, receiver) = bounded(1);
    (ChannelSink { queue: Arc::clone(&queue), bell: sender }, EventStream { queue, bell: receiver })
}

impl Sink for ChannelSink {
    fn emit(&mut self, event: &Event) {
        lock(&self.queue).push(event.clone());
        // A full channel rings already.
        let _ = self.bell.try_send(());
    }
}

impl EventStream {
    /// The next event, if one is waiting.
    #[must_use]
    pub fn try_next(&self) -> Option<Event> {
        lock(&self.queue).pop()
    }

    /// Rings when events arrive, to wait on together with other channels; disconnected when no more can come.
    #[must_use]
    pub fn bell(&self) -> &Receiver<()> {
        &self.bell
    }

    /// Number of events that were dropped because the screen was slower than training.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        lock(&self.queue).dropped
    }
}

/// A queue is consistent at all times, also after a panic.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    fn push(&mut self, event: Event) {
        if let Event::Step(record) = &event
            && !self.is_past
        {
            self.bytes += bytes_of(record);
            self.is_past = self.bytes > FIRST_BYTES || !self.is_among_the_first(record);
        }
        if !self.is_past {
            self.first.push_back(event);
            return;
        }
        if self.later.len() >= CAPACITY
            && let Some(oldest) = self.later.iter().position(Event::gives_way)
        {
            self.later.remove(oldest);
            self.dropped += 1;
        }
        self.later.push_back(event);
    }

    fn pop(&mut self) -> Option<Event> {
        let event = self.first.pop_front();
        if let Some(Event::Step(record)) = &event {
            self.bytes = self.bytes.saturating_sub(bytes_of(record));
        }
        event.or_else(|| self.later.pop_front())
    }

    fn is_among_the_first(&mut self, record: &StepRecord) -> bool {
        let lane = record.lane.index();
        if self.began.len() <= lane {
            self.began.resize(lane + 1, None);
        }
        let began = self.began[lane].get_or_insert(record.step);
        record.step.0 < began.0.saturating_add(FIRST_STEPS)
    }
}

fn bytes_of(record: &StepRecord) -> usize {
    StepRecord::bytes(record.values.values().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Note, Outcome, RunEnd};
    use crate::grid::Value;
    use crate::units::LaneId;

    fn step(lane: u16, number: u64) -> Event {
        Event::Step(Arc::new(StepRecord { lane: LaneId(lane), ..StepRecord::unmeasured(number) }))
    }

    fn all(stream: &EventStream) -> Vec<Event> {
        std::iter::from_fn(|| stream.try_next()).collect()
    }

    /// Steps of a lane among some events.
    fn steps_of(lane: u16, events: &[Event]) -> Vec<u64> {
        let steps = events.iter().filter_map(|event| if let Event::Step(record) = event { Some(record) } else { None });
        steps.filter(|record| record.lane == LaneId(lane)).map(|record| record.step.0).collect()
    }

    #[test]
    fn the_first_hundred_steps_and_the_newest_are_kept_and_the_rest_is_counted() {
        let (mut sink, stream) = channel();
        for number in 1..=5_000 {
            sink.emit(&step(0, number));
            sink.emit(&step(1, number));
        }
        sink.emit(&Event::RunEnded(RunEnd { outcome: Outcome::Completed }));
        let events = all(&stream);
        for lane in [0, 1] {
            let steps = steps_of(lane, &events);
            assert!(steps.is_sorted() && steps.last() == Some(&5_000));
            assert_eq!(steps[..100], (1..=100).collect::<Vec<u64>>());
        }
        assert!(matches!(events.last(), Some(Event::RunEnded(_))));
        assert_eq!(stream.dropped() + events.len() as u64, 10_001);
        assert!(events.len() <= 200 + CAPACITY + 1);
    }

    #[test]
    fn the_first_steps_of_a_resumed_run_are_those_after_the_checkpoint() {
        let (mut sink, stream) = channel();
        (501..=3_000).for_each(|number| sink.emit(&step(0, number)));
        assert_eq!(steps_of(0, &all(&stream))[..100], (501..=600).collect::<Vec<u64>>());
    }

    #[test]
    fn a_message_that_comes_once_is_never_lost_and_keeps_its_place() {
        let (mut sink, stream) = channel();
        for number in 1..=3_000 {
            sink.emit(&step(0, number));
            if number % 500 == 0 {
                let note = Note { lane: None, step: Step(number), text: "here".to_owned() };
                sink.emit(&Event::Note(note));
            }
        }
        let events = all(&stream);
        let notes = events.iter().filter(|event| matches!(event, Event::Note(_))).count();
        let is_in_order = events.iter().filter_map(|event| match event {
            Event::Step(record) => Some(record.step.0),
            Event::Note(note) => Some(note.step.0),
            _ => None,
        });
        assert!(notes == 6 && is_in_order.is_sorted());
    }

    #[test]
    fn first_steps_too_large_to_wait_give_way_like_others() {
        let (mut sink, stream) = channel();
        let mut record = StepRecord::unmeasured(1);
        record.values = crate::grid::Grid::absent(1, FIRST_BYTES / size_of::<Value>() / 2);
        for number in 1..=3 {
            sink.emit(&Event::Step(Arc::new(StepRecord { step: Step(number), ..record.clone() })));
        }
        let queue = lock(&stream.queue);
        assert_eq!((queue.first.len(), queue.later.len()), (1, 2));
    }
}
