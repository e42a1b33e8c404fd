//! The screen's source of a run in this process.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use super::ending::{self, AT_ONCE, Asked, EndOfRun};
use super::logging::{self, Log, Logging};
use super::past::Past;
use crate::config::RunConfig;
use crate::event::{Control, Event, Note};
use crate::history::{History, LaneHistory};
use crate::number;
use crate::sink::channel::{self, EventStream};
use crate::sink::trace::TraceSink;
use crate::sink::{Fanout, OpenFanout, Sink};
use crate::text;
use crate::trace::{LogError, OnExisting, TraceStatus};
use crate::train::checkpoint::Owner;
use crate::train::{self, Dump, DumpError, Dumps, Footprint, Oversize, Prepared, Saves, Session, TrainError};
use crate::tui::source::{Source, SourceKind};
use crate::whole_file::Existing;

/// A run, its events for the screen and its trace.
pub(super) struct LiveSource {
    logging: Logging,
    run: Option<LiveRun>,
    end: EndOfRun,
    /// Of every run, the first first: each started anew writes its own.
    dumps: Vec<Arc<Dumps>>,
    /// Of the last run that saved any, to say where to go on.
    saves: Option<Arc<Saves>>,
    /// What the traces of earlier runs do not have.
    gap: Option<String>,
}

/// What became of all runs, once they have ended.
pub(super) struct Closed {
    /// The steps that were written down, the first run's first.
    pub(super) dumps: Vec<Arc<Dumps>>,
    /// The checkpoints of the last run.
    pub(super) saves: Option<Arc<Saves>>,
    /// What traces do not have.
    pub(super) gap: Option<String>,
}

struct LiveRun {
    session: Session,
    footprint: Footprint,
    events: EventStream,
    /// Events that a trace was told of already and the screen was not.
    told: VecDeque<Event>,
    stage: Stage,
    /// What every event goes to.
    sinks: OpenFanout,
    trace: Option<Arc<TraceStatus>>,
    /// What a person should know about the weights and the dumps that they asked for.
    notes: Vec<String>,
}

/// Which part of a run the screen is told.
enum Stage {
    /// What came before the checkpoint.
    Past(Box<Past>),
    /// The header is still to come, which the past had already.
    Resumed,
    /// What happens.
    Present,
}

impl LiveSource {
    /// Starts the first run.
    pub(super) fn start(prepared: Prepared, logging: Logging, log: Log) -> Result<Self, TrainError> {
        let run = LiveRun::start(prepared, log)?;
        let dumps = vec![Arc::clone(run.session.dumps())];
        let saves = Some(Arc::clone(run.session.saves()));
        let end = EndOfRun::of(run.session.stopper());
        Ok(Self { logging, run: Some(run), end, dumps, saves, gap: None })
    }

    /// What stops the run of the moment.
    pub(super) fn end(&self) -> EndOfRun {
        self.end.clone()
    }

    /// Ends the run in order, brings its history to the end, and says what became of all runs.
    pub(super) fn close(self, asked: Asked, history: Option<&mut History>) -> Closed {
        if let Some(run) = &self.run {
            let stopper = run.session.stopper();
            stopper.stop();
            if !stopper.wait(AT_ONCE) {
                ending::say_what_is_awaited(&stopper, asked);
            }
        }
        let gap = self.run.and_then(|run| run.close(history));
        Closed { dumps: self.dumps, saves: self.saves, gap: together(self.gap, gap) }
    }
}

impl LiveRun {
    fn start(prepared: Prepared, log: Log) -> Result<Self, TrainError> {
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
            // Until the screen has what came before: of more events than it takes in, the oldest are dropped.
            session.control(Control::Pause);
        }
        Ok(Self { session, footprint, events, told: VecDeque::new(), stage, sinks, trace: status, notes })
    }

    fn poll(&mut self) -> Option<Event> {
        self.told.pop_front().or_else(|| self.next())
    }

    /// The next event that came: first what the trace has of the run already, its header too.
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

    /// Writes all that the screen knows, what waits for it, and all that comes into a folder.
    fn log(&mut self, directory: &Path, history: &History) -> Result<(), LogError> {
        let sinks = self.sinks.clone();
        sinks.attach(|| {
            let mut trace = TraceSink::open(directory, history.header(), OnExisting::Refuse)?;
            self.trace = Some(trace.status());
            while let Some(event) = self.next() {
                self.told.push_back(event);
            }
            let events = with_what_is_missing(history);
            events.iter().chain(&self.told).for_each(|event| trace.emit(event));
            trace.flush();
            Ok(trace)
        })
    }

    fn is_logged(&self) -> bool {
        self.trace.as_ref().is_some_and(|trace| trace.problem().is_none())
    }

    /// Ends it in order, and says what its trace does not have.
    fn close(self, history: Option<&mut History>) -> Option<String> {
        drop(self.session);
        if let Some(history) = history {
            let waiting = self.told.into_iter().chain(std::iter::from_fn(|| self.events.try_next()));
            waiting.for_each(|event| history.push(&event));
        }
        logging::gap(self.trace.as_ref())
    }
}

/// What traces do not have, one after the other.
fn together(before: Option<String>, gap: Option<String>) -> Option<String> {
    before.into_iter().chain(gap).reduce(|before, gap| format!("{before}; {gap}"))
}

/// All that a history holds, and before the end a note on what it does not.
fn with_what_is_missing(history: &History) -> Vec<Event> {
    let mut events = history.events();
    let missing = history.missing_steps();
    if missing > 0 {
        let newest = history.lanes().iter().filter_map(LaneHistory::last_step).max();
        let text = format!("logged from here on: {} of lanes before are not in the trace", number::count(missing));
        let place = events.iter().position(|event| matches!(event, Event::RunEnded(_))).unwrap_or(events.len());
        events.insert(place, Event::Note(Note { lane: None, step: newest.unwrap_or_default(), text }));
    }
    events
}

/// A run started anew, the `number`-th, with the same steps written down beside those of the first, as far as it has them,
/// and a sentence on each that it has not.
fn anew<'a>(
    prepared: Prepared,
    wishes: impl Iterator<Item = &'a Dump>,
    number: u64,
) -> Result<(Prepared, Vec<String>), DumpError> {
    let last = prepared.header().steps.unwrap_or(u64::MAX);
    let (had, missed): (Vec<&Dump>, Vec<&Dump>) = wishes.partition(|dump| dump.step.0 <= last);
    let missed = missed.into_iter().map(|dump| format!("step {} is past this run's end: no dump of it", dump.step));
    let dumps = had.into_iter().map(|dump| dump.anew(number)).collect();
    Ok((prepared.dumping(dumps, Existing::Keep)?, missed.collect()))
}

impl Source for LiveSource {
    fn kind(&self) -> SourceKind {
        SourceKind::Live
    }

    fn poll(&mut self) -> Option<(usize, Event)> {
        Some((0, self.run.as_mut()?.poll()?))
    }

    fn control(&mut self, control: Control) {
        if let Some(run) = &self.run {
            run.session.control(control);
        }
    }

    fn restart(&mut self, config: RunConfig) -> Result<(), String> {
        // All that can go wrong goes wrong before the old run is given up.
        let oversize = self.run.as_ref().map_or(Oversize::Refused, |run| Oversize::RefusedInPlaceOf(run.footprint));
        let prepared = train::prepare_sized(config, None, oversize).map_err(|error| error.to_string())?;
        let number = self.dumps.len() as u64 + 1;
        let wishes = self.dumps.first().into_iter().flat_map(|first| first.wishes());
        let (prepared, missed) = anew(prepared, wishes, number).map_err(|error| error.to_string())?;
        let directory = self.logging.directory_anew();
        let prepared =
            prepared.saving(directory.as_deref(), Owner::Another, Existing::Keep).map_err(|error| error.to_string())?;
        let trace = directory.map(|directory| TraceSink::open(&directory, prepared.header(), OnExisting::Refuse));
        let trace = trace.transpose().map_err(|error| error.to_string())?;
        // Dropping ends it in order: at most one step away.
        let gap = self.run.take().and_then(|run| run.close(None));
        self.gap = together(self.gap.take(), gap);
        let log = trace.map(Log::of).unwrap_or_default();
        let mut run = LiveRun::start(prepared, log).map_err(|error| error.to_string())?;
        run.notes.extend(missed);
        self.dumps.push(Arc::clone(run.session.dumps()));
        self.saves = Some(Arc::clone(run.session.saves()));
        self.end.replace(run.session.stopper());
        self.run = Some(run);
        Ok(())
    }

    fn log(&mut self, directory: &Path, history: &History) -> Result<(), String> {
        let Some(run) = &mut self.run else { return Err("no run is left to log".to_owned()) };
        if run.is_logged() {
            return Err("the run is logged already".to_owned());
        }
        let gap = logging::gap(run.trace.as_ref());
        run.log(directory, history).map_err(|error| match error {
            LogError::Exists { path } | LogError::Foreign { path } => {
                format!("{} holds a trace already: name another folder", text::path(&path))
            }
            error => error.to_string(),
        })?;
        self.gap = together(self.gap.take(), gap);
        self.logging.go_on_in(directory);
        Ok(())
    }

    fn dropped(&self) -> u64 {
        self.run.as_ref().map_or(0, |run| run.events.dropped())
    }

    fn warnings(&self) -> Vec<String> {
        let trace = logging::problem(self.run.as_ref().and_then(|run| run.trace.as_ref()));
        let notes = self.run.iter().flat_map(|run| run.notes.iter().cloned());
        let unsaved = self.saves.iter().filter_map(|saves| saves.problem());
        // The screen shows the last.
        notes.chain(self.dumps.iter().filter_map(|dumps| dumps.problem())).chain(unsaved).chain(trace).collect()
    }

    fn would_lose(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.session.is_finished() && !run.is_logged())
    }

    fn is_unsaved(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.is_logged())
    }
}
