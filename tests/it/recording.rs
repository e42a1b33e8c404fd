//! A run to its end, and the events that it reported.

use nablatop::config::{Backend, LaneConfig, Length, RunConfig};
use nablatop::event::{EvalRecord, Event, Outcome, StepRecord};
use nablatop::quantity::Quantity;
use nablatop::sink::Fanout;
use nablatop::sink::memory::MemorySink;
use nablatop::train;

/// Both backends: every claim holds on each.
pub(crate) const BACKENDS: [Backend; 2] = [Backend::Flex, Backend::Ndarray];

/// Everything that a run told, in order.
pub(crate) struct Recording {
    events: Vec<Event>,
}

impl Recording {
    /// Runs to the end.
    pub(crate) fn of(config: RunConfig) -> Self {
        let memory = MemorySink::new();
        let session = train::start(config, Fanout::new().with(memory.clone())).expect("starts");
        let _ = session.join();
        Self::new(memory.take())
    }

    /// The events that a custom sink received.
    pub(crate) fn new(events: Vec<Event>) -> Self {
        Self { events }
    }

    /// Everything, in order.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// The steps of one lane.
    pub(crate) fn steps(&self, lane: usize) -> Vec<&StepRecord> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Step(record) if record.lane.index() == lane => Some(record.as_ref()),
                _ => None,
            })
            .collect()
    }

    /// Losses of one lane, bit by bit.
    pub(crate) fn losses(&self, lane: usize) -> Vec<u32> {
        self.steps(lane).iter().map(|record| loss(record).to_bits()).collect()
    }

    /// What one lane did on the held-out split.
    pub(crate) fn evaluations(&self, lane: usize) -> Vec<EvalRecord> {
        self.events
            .iter()
            .filter_map(|event| match event {
                Event::Eval(eval) if eval.lane.index() == lane => Some(*eval),
                _ => None,
            })
            .collect()
    }

    /// How each lane ended, and last the run.
    pub(crate) fn outcomes(&self) -> Vec<Outcome> {
        let mut lanes: Vec<_> = self
            .events
            .iter()
            .filter_map(|event| match event {
                Event::LaneEnded(end) => Some((end.lane, end.outcome.clone())),
                _ => None,
            })
            .collect();
        lanes.sort_by_key(|(lane, _)| *lane);
        let run = self.events.iter().filter_map(|event| match event {
            Event::RunEnded(end) => Some(end.outcome.clone()),
            _ => None,
        });
        lanes.into_iter().map(|(_, outcome)| outcome).chain(run).collect()
    }

    /// The header.
    pub(crate) fn header(&self) -> &nablatop::event::RunHeader {
        match &self.events[0] {
            Event::RunStarted(header) => header,
            other => panic!("{other:?} before the header"),
        }
    }
}

/// One quantity over all layers.
pub(crate) fn row(record: &StepRecord, quantity: Quantity) -> Vec<Option<f32>> {
    let index = Quantity::ALL.iter().position(|other| *other == quantity).expect("in the table");
    record.values.row(index).iter().map(|value| value.get()).collect()
}

/// A quick run of these lanes.
pub(crate) fn small(backend: Backend, steps: u64, lanes: Vec<LaneConfig>) -> RunConfig {
    let lanes = lanes.into_iter().map(|lane| LaneConfig { depth: 6, width: 16, ..lane }).collect();
    RunConfig { backend, length: Length::Steps(steps), lanes, ..RunConfig::default() }
}

/// The loss of a step, which every run of the lab has.
pub(crate) fn loss(record: &StepRecord) -> f32 {
    record.loss.expect("a loss")
}
