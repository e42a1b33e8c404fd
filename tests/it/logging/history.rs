//! Replay equals live: a trace that is read back gives the history that the run itself gave.

use std::sync::Arc;

use nablatop::config::{Backend, Length, Measure, RunConfig};
use nablatop::event::Event;
use nablatop::history::History;
use nablatop::sink::Fanout;
use nablatop::sink::memory::MemorySink;
use nablatop::sink::trace::TraceSink;
use nablatop::trace::OnExisting;
use nablatop::train;

use super::events;

fn history(events: &[Event]) -> History {
    let Some(Event::RunStarted(header)) = events.first() else { panic!("a run begins with its header") };
    let mut history = History::new(Arc::clone(header));
    for event in events {
        history.push(event);
    }
    history
}

/// A run that ends well, and one whose values are far from it.
fn configs(backend: Backend) -> [RunConfig; 2] {
    let mut config =
        RunConfig { backend, batch: 8, length: Length::Steps(120), measure: Measure::Every(3), ..RunConfig::default() };
    for lane in &mut config.lanes {
        (lane.depth, lane.width) = (5, 8);
    }
    let mut diverging = RunConfig { measure: Measure::Every(1), ..config.clone() };
    diverging.lanes[1].lr = 1e30;
    [config, diverging]
}

#[test]
fn the_replayed_history_equals_the_live_one() {
    for config in [Backend::Flex, Backend::Ndarray].into_iter().flat_map(configs) {
        let folder = tempfile::tempdir().unwrap();
        let prepared = train::prepare(config).unwrap();
        let trace = TraceSink::open(folder.path(), prepared.header(), OnExisting::Refuse).unwrap();
        let memory = MemorySink::new();
        let session = prepared.start(Fanout::new().with(memory.clone()).with(trace)).unwrap();
        let _ = session.join();
        let (live, replayed) = (memory.take(), events(folder.path()));
        assert_eq!(live, replayed);
        assert_eq!(history(&live), history(&replayed));
        assert!(live.len() > 120);
    }
}
