//! The screen's source of a run in this process.

mod preparation;
mod run;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::ending::{self, AT_ONCE, Asked, EndOfRun};
use super::logging::{self, Log, Logging};
use crate::config::RunConfig;
use crate::event::{Control, Event};
use crate::history::History;
use crate::text;
use crate::trace::{LogError, TraceStatus};
use crate::train::{CheckpointWriter, DumpWriter, Oversize, Prepared, TrainError};
use crate::tui::source::{Source, SourceKind};
use preparation::{GivenUp, Preparation, Ready};
use run::LiveRun;

/// A preparation that is ready within this time is not announced.
const BRIEFLY: Duration = Duration::from_millis(50);

/// A run, its events for the screen and its trace; and the next run, if one is being prepared.
pub(super) struct LiveSource {
    logging: Logging,
    run: Option<LiveRun>,
    next: Next,
    /// Sentences about the next run.
    answer: Option<Result<(), String>>,
    given_up: Option<GivenUp>,
    end: EndOfRun,
    /// The dumps of every run, the first run's first: each restarted run writes its own.
    dumps: Vec<Arc<DumpWriter>>,
    /// The checkpoints of the last run that saved any, to print how to resume it.
    saves: Option<Arc<CheckpointWriter>>,
    /// Steps that the traces of earlier runs lack, in words.
    gap: Option<String>,
}

/// The run that will replace the current one. Everything that can fail is done before the current run is stopped.
enum Next {
    /// There is no next run.
    None,
    /// Its data is read and its weights are initialized.
    Preparing(Preparation),
    /// It is ready to start.
    Prepared(Box<Prepared>),
    /// It starts when the current run has ended.
    Awaiting(Box<Ready>),
}

/// The results of all runs, after they have ended.
pub(super) struct Closed {
    /// The dumped steps, the first run's first.
    pub(super) dumps: Vec<Arc<DumpWriter>>,
    /// The checkpoints of the last run.
    pub(super) saves: Option<Arc<CheckpointWriter>>,
    /// The state of the last run's trace.
    pub(super) trace: Option<Arc<TraceStatus>>,
    /// Steps that the traces lack, in words.
    pub(super) gap: Option<String>,
}

impl LiveSource {
    /// Starts the first run.
    pub(super) fn start(prepared: Prepared, logging: Logging, log: Log) -> Result<Self, TrainError> {
        let run = LiveRun::start(prepared, log)?;
        let dumps = vec![Arc::clone(run.session.dumps())];
        let saves = Some(Arc::clone(run.session.saves()));
        let end = EndOfRun::of(run.session.stopper());
        let (next, answer, given_up) = (Next::None, None, None);
        Ok(Self { logging, run: Some(run), next, answer, given_up, end, dumps, saves, gap: None })
    }

    /// The handle that stops the current run.
    pub(super) fn end(&self) -> EndOfRun {
        self.end.clone()
    }

    /// Ends the run in order, completes its history, and returns the results of all runs.
    pub(super) fn close(self, asked: Asked, history: Option<&mut History>) -> Closed {
        if let Some(run) = &self.run {
            let stopper = run.session.stopper();
            stopper.stop();
            if !stopper.wait(AT_ONCE) {
                ending::say_what_is_awaited(&stopper, asked);
            }
        }
        if let Next::Awaiting(ready) = self.next {
            ready.never_starts();
        }
        let trace = self.run.as_ref().and_then(|run| run.trace.clone());
        let gap = self.run.and_then(|run| run.close(history));
        Closed { dumps: self.dumps, saves: self.saves, trace, gap: together(self.gap, gap) }
    }

    /// Receives the result of a preparation, waiting at most this long.
    fn hear(&mut self, most: Duration) {
        let Next::Preparing(preparation) = &self.next else { return };
        let Some(answer) = preparation.answer(most) else { return };
        let (next, answer) = match answer {
            Ok(prepared) => (Next::Prepared(Box::new(prepared)), Ok(())),
            Err(problem) => (Next::None, Err(problem)),
        };
        (self.next, self.answer) = (next, Some(answer));
    }

    /// Whether the run that is to be replaced has ended, or there is none.
    fn has_made_room(&self) -> bool {
        self.run.as_ref().is_none_or(|run| run.session.stopper().wait(Duration::ZERO))
    }

    /// Starts a run in place of the one that has ended.
    fn take_over(&mut self, ready: Ready) -> Result<(), TrainError> {
        let gap = self.run.take().and_then(|run| run.close(None));
        self.gap = together(self.gap.take(), gap);
        let mut run = LiveRun::start(ready.prepared, ready.log)?;
        run.notes.extend(ready.notes);
        self.dumps.push(Arc::clone(run.session.dumps()));
        self.saves = Some(Arc::clone(run.session.saves()));
        self.end.replace(run.session.stopper());
        self.run = Some(run);
        Ok(())
    }

    /// Moves the next run one stage further, if it is ready for it.
    fn go_on(&mut self) {
        if !matches!(self.next, Next::Awaiting(_)) || !self.has_made_room() {
            return;
        }
        let Next::Awaiting(ready) = std::mem::replace(&mut self.next, Next::None) else { return };
        if let Err(error) = self.take_over(*ready) {
            self.answer = Some(Err(error.to_string()));
        }
    }
}

/// Why a run cannot be logged from now on, in words that fit the screen, which has no flags.
fn unlogged(error: &LogError) -> String {
    match error {
        LogError::Exists { path } => format!("{} already holds a trace: name another folder", text::path(path)),
        LogError::Foreign { path } => format!("{} exists but has no trace: name another folder", text::path(path)),
        LogError::NotAFolder { path } => format!("{} is a file: name a folder", text::path(path)),
        LogError::CreateFolder { path, source } => {
            format!("cannot create the folder {}: {source}: name another one", text::path(path))
        }
        LogError::Write { path, source } => {
            format!("cannot write {}: {source}: name a writable folder", text::path(path))
        }
        LogError::InUse { path } => {
            format!("another nablatop is writing into {}: name another folder", text::path(path))
        }
        // Only the command line can continue a trace.
        other => other.to_string(),
    }
}

/// Joins the descriptions of steps that the traces lack.
fn together(before: Option<String>, gap: Option<String>) -> Option<String> {
    before.into_iter().chain(gap).reduce(|before, gap| format!("{before}; {gap}"))
}

impl Source for LiveSource {
    fn kind(&self) -> SourceKind {
        SourceKind::Live
    }

    fn poll(&mut self) -> Option<(usize, Event)> {
        self.go_on();
        Some((0, self.run.as_mut()?.poll()?))
    }

    fn control(&mut self, control: Control) {
        if let Some(run) = &self.run {
            run.session.control(control);
        }
    }

    fn prepare(&mut self, config: RunConfig) {
        self.give_up();
        if matches!(self.next, Next::Awaiting(_)) {
            self.answer = Some(Err("the next run begins when this one has ended".to_owned()));
            return;
        }
        let oversize = self.run.as_ref().map_or(Oversize::Refused, |run| Oversize::RefusedInPlaceOf(run.footprint));
        match Preparation::begin(config, oversize, self.given_up.take()) {
            Ok(preparation) => self.next = Next::Preparing(preparation),
            Err(error) => self.answer = Some(Err(format!("the system cannot start a thread for another run: {error}"))),
        }
        self.hear(BRIEFLY);
    }

    fn prepared(&mut self) -> Option<Result<(), String>> {
        self.hear(Duration::ZERO);
        self.answer.take()
    }

    fn begin(&mut self) -> Result<(), String> {
        let Next::Prepared(prepared) = std::mem::replace(&mut self.next, Next::None) else { return Ok(()) };
        let ready = Ready::of(*prepared, &self.dumps, &self.logging)?;
        self.next = Next::Awaiting(Box::new(ready));
        if let Some(run) = &self.run {
            // At most one step away.
            run.session.stopper().stop();
        }
        Ok(())
    }

    fn give_up(&mut self) {
        match std::mem::replace(&mut self.next, Next::None) {
            Next::Preparing(preparation) => self.given_up = Some(preparation.give_up()),
            Next::None | Next::Prepared(_) => {}
            // The run before it is already ending.
            awaiting @ Next::Awaiting(_) => self.next = awaiting,
        }
    }

    fn log(&mut self, folder: &Path, history: &History) -> Result<(), String> {
        let Some(run) = &mut self.run else { return Err("there is no run to log".to_owned()) };
        if run.is_logged() {
            return Err("the run is already logged".to_owned());
        }
        let gap = logging::gap(run.trace.as_ref());
        run.log(folder, history).map_err(|error| unlogged(&error))?;
        self.gap = together(self.gap.take(), gap);
        self.logging.go_on_in(folder);
        Ok(())
    }

    fn dropped(&self) -> u64 {
        self.run.as_ref().map_or(0, LiveRun::dropped)
    }

    fn warnings(&self) -> Vec<String> {
        let trace = logging::problem(self.run.as_ref().and_then(|run| run.trace.as_ref()));
        let notes = self.run.iter().flat_map(|run| run.notes.iter().cloned());
        let unsaved = self.saves.iter().filter_map(|saves| saves.problem());
        let awaited = self.run.iter().filter(|_| matches!(self.next, Next::Awaiting(_)));
        let awaited = awaited.map(|run| run.session.stopper().current());
        let awaited = awaited.map(|step| format!("finishing step {step}, then the next run begins"));
        // The screen shows the last run.
        notes
            .chain(self.dumps.iter().filter_map(|dumps| dumps.problem()))
            .chain(unsaved)
            .chain(trace)
            .chain(awaited)
            .collect()
    }

    fn would_lose(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.session.is_finished() && !run.is_logged())
    }

    fn is_unsaved(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.is_logged())
    }
}
