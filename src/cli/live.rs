//! The screen's source of a run in this process.

use std::sync::Arc;

use super::logging::{self, Logging};
use crate::config::RunConfig;
use crate::event::{Control, Event};
use crate::sink::Fanout;
use crate::sink::channel::{self, EventStream};
use crate::sink::trace::TraceSink;
use crate::trace::TraceStatus;
use crate::train::{self, Dumps, Prepared, Session, TrainError};
use crate::tui::source::{Source, SourceKind};

/// A run, its events for the screen and its trace.
pub(super) struct LiveSource {
    logging: Logging,
    run: Option<LiveRun>,
    /// Of the first run: what a person asked for on the command line is not asked of one started anew.
    dumps: Arc<Dumps>,
    /// What the traces of earlier runs do not have.
    gap: Option<String>,
}

struct LiveRun {
    session: Session,
    events: EventStream,
    trace: Option<Arc<TraceStatus>>,
    /// What a person should know about the weights that they gave.
    notes: Vec<String>,
}

impl LiveSource {
    /// Starts the first run.
    pub(super) fn start(prepared: Prepared, logging: Logging, trace: Option<TraceSink>) -> Result<Self, TrainError> {
        let run = LiveRun::start(prepared, trace)?;
        let dumps = Arc::clone(run.session.dumps());
        Ok(Self { logging, run: Some(run), dumps, gap: None })
    }

    /// Ends the run in order, and says what became of its dumps and what its trace does not have.
    pub(super) fn close(self) -> (Arc<Dumps>, Option<String>) {
        let gap = self.run.and_then(LiveRun::close);
        (self.dumps, self.gap.or(gap))
    }
}

impl LiveRun {
    fn start(prepared: Prepared, trace: Option<TraceSink>) -> Result<Self, TrainError> {
        let (sink, events) = channel::channel();
        let status = trace.as_ref().map(TraceSink::status);
        let mut sinks = Fanout::new().with(sink);
        if let Some(trace) = trace {
            sinks = sinks.with(trace);
        }
        let notes = prepared.notes().to_vec();
        let session = prepared.start(sinks)?;
        Ok(Self { session, events, trace: status, notes })
    }

    /// Ends it in order, and says what its trace does not have.
    fn close(self) -> Option<String> {
        drop(self.session);
        logging::gap(self.trace.as_ref())
    }
}

impl Source for LiveSource {
    fn kind(&self) -> SourceKind {
        SourceKind::Live
    }

    fn poll(&mut self) -> Option<(usize, Event)> {
        Some((0, self.run.as_ref()?.events.try_next()?))
    }

    fn control(&mut self, control: Control) {
        if let Some(run) = &self.run {
            run.session.control(control);
        }
    }

    fn restart(&mut self, config: RunConfig) -> Result<(), String> {
        // All that can go wrong goes wrong before the old run is given up.
        let prepared = train::prepare(config).map_err(|error| error.to_string())?;
        let trace = self.logging.open_anew(prepared.header()).map_err(|error| error.to_string())?;
        // Dropping ends it in order: at most one step away.
        let gap = self.run.take().and_then(LiveRun::close);
        self.gap = self.gap.take().or(gap);
        self.run = Some(LiveRun::start(prepared, trace).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn dropped(&self) -> u64 {
        self.run.as_ref().map_or(0, |run| run.events.dropped())
    }

    fn warnings(&self) -> Vec<String> {
        let trace = logging::problem(self.run.as_ref().and_then(|run| run.trace.as_ref()));
        let notes = self.run.iter().flat_map(|run| run.notes.iter().cloned());
        // The screen shows the last.
        notes.chain(self.dumps.problem()).chain(trace).collect()
    }

    fn would_lose(&self) -> bool {
        let is_logged = |run: &LiveRun| run.trace.as_ref().is_some_and(|trace| trace.problem().is_none());
        self.run.as_ref().is_some_and(|run| !run.session.is_finished() && !is_logged(run))
    }
}
