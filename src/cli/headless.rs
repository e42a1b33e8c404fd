//! A run without a screen: a progress bar on a terminal, plain lines elsewhere, a closing table.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use crossbeam_channel::select_biased;

use super::dumping;
use super::ending::{self, AT_ONCE, Asked, EndOfRun};
use super::exit::Exit;
use super::logging::{self, Log};
use super::messages::note;
use super::progress::Progress;
use super::refusal::refused;
use super::saving;
use super::standard_output::print;
use super::{columns, exit};
use crate::event::{Control, Event, Outcome, RunEnd};
use crate::history::History;
use crate::report::closing;
use crate::signals::{self, JobControl, Signal, Signals};
use crate::sink::Fanout;
use crate::sink::channel::{self, EventStream};
use crate::sink::trace::TraceSink;
use crate::trace::TraceStatus;
use crate::train::{Prepared, Session};

/// Time between two checks of the trace.
const INTERVAL: Duration = Duration::from_secs(2);

/// Trains to the end, or until a signal asks to stop.
pub(super) fn run(prepared: Prepared, log: Log, folder: Option<&PathBuf>) -> Result<Exit> {
    let signals = Signals::listen(JobControl::Default)?;
    let (sink, events) = channel::channel();
    let Log { sink: trace, past } = log;
    let status = trace.as_ref().map(TraceSink::status);
    let mut sinks = Fanout::new().with(sink);
    if let Some(trace) = trace {
        sinks = sinks.with(trace);
    }
    let session = prepared.start(sinks).map_err(refused)?;
    match folder {
        Some(folder) => note(&format!("writing the trace to {}", folder.display())),
        None => note("nothing is written: give --log DIR to keep the run"),
    }
    let mut history = History::new(Arc::clone(session.header()));
    past.for_each(|event| history.push(&event));
    let progress = Progress::new(session.steps());
    signals.at_end(EndOfRun::of(session.stopper()));
    let mut run = Run { session, events, history, progress, status, reported: None, asked: None, awaited: None };
    let end = run.watch(&signals);
    run.close(&end)
}

/// Maximum number of events that are processed between two checks of signals and trace.
const MOST_EVENTS: usize = 256;

/// What is still waiting after some events were processed.
enum Intake {
    /// Nothing yet.
    Nothing,
    /// More events.
    More,
    /// The run has ended.
    Ended(RunEnd),
}

struct Run {
    session: Session,
    events: EventStream,
    history: History,
    progress: Progress,
    status: Option<Arc<TraceStatus>>,
    /// The last report about the trace.
    reported: Option<String>,
    /// The signal that asked to stop.
    asked: Option<Signal>,
    /// Time since when the end is awaited; `None` once that has been announced.
    awaited: Option<Instant>,
}

impl Run {
    fn watch(&mut self, signals: &Signals) -> RunEnd {
        let mut wait = INTERVAL;
        loop {
            let mut is_over = false;
            select_biased! {
                recv(signals.receiver()) -> signal => {
                    if let Ok(signal) = signal {
                        signals.answer();
                        self.asked = Some(signal);
                        self.session.control(Control::Stop);
                        self.awaited = Some(Instant::now());
                    }
                }
                recv(self.events.bell()) -> ring => is_over = ring.is_err(),
                default(wait) => {}
            }
            let is_drained = match self.take_events() {
                Intake::Ended(end) => {
                    // The signal may have come since the check above.
                    self.asked = self.asked.or_else(|| signals.try_next());
                    return end;
                }
                Intake::More => false,
                Intake::Nothing => true,
            };
            if is_over && is_drained {
                return RunEnd { outcome: Outcome::Failed("the recorder is gone".to_owned()) };
            }
            wait = match (is_drained, self.awaited) {
                (false, _) => Duration::ZERO,
                (true, Some(_)) => AT_ONCE,
                (true, None) => INTERVAL,
            };
            self.tell_of_the_trace();
            if self.awaited.is_some_and(|since| since.elapsed() >= AT_ONCE) {
                self.awaited = None;
                let stopper = self.session.stopper();
                self.progress.suspended(|| ending::say_what_is_awaited(&stopper, Asked::Signal));
            }
        }
    }

    /// Processes events, few enough that signals are noticed soon.
    fn take_events(&mut self) -> Intake {
        for _ in 0..MOST_EVENTS {
            match self.events.try_next() {
                None => return Intake::Nothing,
                Some(Event::RunEnded(end)) => return Intake::Ended(end),
                Some(event) => {
                    self.history.push(&event);
                    if let Event::Step(record) = &event {
                        self.progress.show(record.step, &self.history);
                    }
                }
            }
        }
        Intake::More
    }

    fn tell_of_the_trace(&mut self) {
        let Some(status) = &self.status else { return };
        // The sentence is compared without its count, which changes with every step.
        let problem = status.problem();
        if problem != self.reported {
            let sentence = match (&problem, status.lost_steps()) {
                (Some(problem), _) => problem.clone(),
                (None, 0) => "the trace is being written again".to_owned(),
                (None, lost) => format!("the trace is being written again; {} not in it", logging::steps(lost)),
            };
            self.progress.suspended(|| note(&sentence));
            self.reported = problem;
        }
    }

    fn close(self, end: &RunEnd) -> Result<Exit> {
        self.progress.finish();
        // Only then have the sinks received everything.
        let (dumps, saves) = (Arc::clone(self.session.dumps()), Arc::clone(self.session.saves()));
        let _ = self.session.join();
        if let Some(signal) = self.asked {
            signals::end_soon(signal);
        }
        let printed = print(closing(&self.history, columns::of(&std::io::stdout())).as_bytes());
        // The terminal may have been closed together with the request to end.
        if self.asked.is_none() {
            printed?;
        }
        dumping::tell(&dumps);
        saving::tell(&saves, self.status.as_deref());
        exit::complete(logging::gap(self.status.as_ref()), dumps.problem().or(saves.problem()))?;
        match (&end.outcome, self.asked) {
            (Outcome::Stopped, Some(signal)) => Ok(Exit::signal(signal)),
            (Outcome::Completed | Outcome::Stopped, _) => Ok(Exit::DONE),
            (Outcome::Diverged, _) => Ok(Exit::DIVERGED),
            (Outcome::Failed(message), _) => Err(exit::Failed(message.clone()).into()),
        }
    }
}
