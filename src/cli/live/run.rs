//! A run in progress, its events for the screen and its trace.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use crate::cli::earlier_events::EarlierEvents;
use crate::cli::logging::{self, Log};
use crate::event::{Control, Event, Gap, Note};
use crate::history::History;
use crate::sink::channel::{self, EventStream};
use crate::sink::trace::TraceSink;
use crate::sink::{Fanout, OpenFanout, Sink};
use crate::trace::{LogError, OnExisting, TraceStatus};
use crate::train::{Footprint, Prepared, Session, TrainError};
use crate::units::{LaneId, Step};

/// A run in progress.
pub(super) struct LiveRun {
    pub(super) session: Session,
    pub(super) footprint: Footprint,
    events: EventStream,
    /// Events that are in the trace and not yet on the screen.
    pending: VecDeque<Event>,
    stage: Stage,
    /// Receives every event.
    sinks: OpenFanout,
    pub(super) trace: Option<Arc<TraceStatus>>,
    /// Notes for the user about the weights and the dumps.
    pub(super) notes: Vec<String>,
}

/// Which part of a run is being sent to the screen.
enum Stage {
    /// The events before the checkpoint.
    Past(Box<EarlierEvents>),
    /// The header is still to come; the earlier events contained it already.
    Resumed,
    /// The events of the run itself.
    Present,
}

impl LiveRun {
    pub(super) fn start(prepared: Prepared, log: Log) -> Result<Self, TrainError> {
        let Log { sink: trace, past } = log;
        let (sink, events) = channel::channel();
        let status = trace.as_ref().map(TraceSink::status);
        let mut sinks = Fanout::new().with(sink);
        if let Some(trace) = trace {
            sinks = sinks.with(trace);
        }
        let (notes, footprint) = (prepared.notes().to_vec(), prepared.footprint());
        let sinks = OpenFanout::of(sinks);
        let session = prepared.start(Fanout::new().with(sinks.clone()))?;
        let stage = if past.is_over() { Stage::Present } else { Stage::Past(Box::new(past)) };
        if matches!(stage, Stage::Past(_)) {
            // The channel keeps the oldest events only while the screen receives the earlier ones.
            session.control(Control::Pause);
        }
        Ok(Self { session, footprint, events, pending: VecDeque::new(), stage, sinks, trace: status, notes })
    }

    pub(super) fn poll(&mut self) -> Option<Event> {
        self.pending.pop_front().or_else(|| self.next())
    }

    /// The next event: first the events that the trace already has, with their header.
    fn next(&mut self) -> Option<Event> {
        if let Stage::Past(past) = &mut self.stage {
            if let Some(event) = past.next() {
                return Some(event);
            }
            self.stage = Stage::Resumed;
            self.session.control(Control::Resume);
        }
        let event = self.events.try_next()?;
        if matches!(self.stage, Stage::Resumed) {
            self.stage = Stage::Present;
            if matches!(event, Event::RunStarted(_)) {
                return self.events.try_next();
            }
        }
        Some(event)
    }

    /// Writes everything that the screen knows, what waits for it, and all later events into a folder.
    pub(super) fn log(&mut self, folder: &Path, history: &History) -> Result<(), LogError> {
        let sinks = self.sinks.clone();
        sinks.attach(|| {
            let mut trace = TraceSink::open(folder, history.header(), OnExisting::Refuse)?;
            self.trace = Some(trace.status());
            while let Some(event) = self.next() {
                self.pending.push_back(event);
            }
            for event in with_gaps(history.events(), &self.pending) {
                trace.emit(&event);
            }
            trace.flush();
            Ok(trace)
        })
    }

    /// Steps that arrived faster than the screen could receive them.
    pub(super) fn dropped(&self) -> u64 {
        self.events.dropped()
    }

    pub(super) fn is_logged(&self) -> bool {
        self.trace.as_ref().is_some_and(|trace| trace.problem().is_none())
    }

    /// Ends the run in order, and says which steps its trace lacks.
    pub(super) fn close(self, history: Option<&mut History>) -> Option<String> {
        drop(self.session);
        if let Some(history) = history {
            let waiting = self.pending.into_iter().chain(std::iter::from_fn(|| self.events.try_next()));
            waiting.for_each(|event| history.push(&event));
        }
        logging::gap(self.trace.as_ref())
    }
}

/// The held events and those that arrived since, with a gap where steps are missing in both, and a note on their
/// number.
fn with_gaps(held: Vec<Event>, pending: &VecDeque<Event>) -> Vec<Event> {
    let count = held.len();
    let mut newest: BTreeMap<LaneId, Step> = BTreeMap::new();
    let (mut events, mut missing, mut place) = (Vec::new(), 0, None);
    for (index, event) in held.into_iter().chain(pending.iter().cloned()).enumerate() {
        if index >= count || matches!(event, Event::RunEnded(_)) {
            place.get_or_insert(events.len());
        }
        if let Event::Step(record) = &event {
            let last = newest.entry(record.lane).or_default();
            let gap = Gap { lane: record.lane, first: last.next(), last: Step(record.step.0.saturating_sub(1)) };
            if gap.steps() > 0 {
                missing += gap.steps();
                events.push(Event::Gap(gap));
            }
            *last = record.step;
        }
        events.push(event);
    }
    if missing > 0 {
        let step = newest.into_values().max().unwrap_or_default();
        let text = format!("logged from here on: {} of lanes before are not in the trace", logging::steps(missing));
        events.insert(place.unwrap_or(events.len()), Event::Note(Note { lane: None, step, text }));
    }
    events
}
