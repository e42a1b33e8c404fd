//! The event loop: it reads terminal, signals and source, and produces frames and requests.
//!
//! ```no_run
//! use nablatop::signals::{JobControl, Signals};
//! use nablatop::tui::app;
//! use nablatop::tui::source::Source;
//! use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
//!
//! fn show(source: &mut dyn Source) -> Result<(), Box<dyn std::error::Error>> {
//!     let signals = Signals::listen(JobControl::Messages)?;
//!     app::run(source, Theme::new(Colours::True, Glyphs::Unicode, Background::Dark), &signals)?;
//!     Ok(())
//! }
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::Event as TerminalEvent;
use ratatui::layout::{Position, Rect};

use super::action::Action;
use super::input::Input;
use super::meter::Meter;
use super::prepare::prepare;
use super::scene::{Activity, Scene};
use super::source::{Source, SourceKind};
use super::terminal::{Screen, ScreenError};
use super::theme::Theme;
use super::update::{Effect, update};
use super::{keymap, render};
use crate::config::DataSource;
use crate::event::{Event, RunHeader};
use crate::history::History;
use crate::number::count;
use crate::signals::{Signal, Signals, suspend};
use crate::text;

/// Minimum time between two frames: 15 a second.
const FRAME: Duration = Duration::from_millis(66);
/// Minimum time between two frames after a key, so that the screen answers at once.
const ANSWER: Duration = Duration::from_millis(16);
/// Maximum time between two frames, however slow the terminal is.
const SLOWEST_FRAME: Duration = Duration::from_secs(1);
/// Drawing takes at most one part in this many of the time: a slow terminal gets fewer frames.
const DRAWING_SHARE: u32 = 4;
/// Time for receiving events between two frames: a long trace appears while it is being read.
const INTAKE: Duration = Duration::from_millis(40);

/// Time for a terminal to report its background before the first frame.
const BACKGROUND: Duration = Duration::from_millis(50);

/// Number of keys and mouse events that are handled before the clock is read again.
const KEYS: usize = 32;
/// Time for handling them between two frames, however many wait: signals and frames come first.
const ANSWERING: Duration = Duration::from_millis(20);

/// How the screen was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// By a key or a command.
    Quit,
    /// By a signal, or Ctrl-C.
    Signal(Signal),
}

/// How the screen was left, and what it showed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Left {
    /// The way it was left.
    pub how: Ended,
    /// The history of each run, by its index.
    pub runs: BTreeMap<usize, History>,
}

/// Shows a source until the user or the system ends it. The terminal is restored on every path.
///
/// # Errors
/// Fails when there is no terminal, or it is lost.
pub fn run(source: &mut dyn Source, mut theme: Theme, signals: &Signals) -> Result<Left, ScreenError> {
    let mut scene = Scene::new(source.kind());
    scene.status.runs = source.runs();
    let mut screen = Screen::open()?;
    let input = Input::listen().map_err(|source| ScreenError::Open { source })?;
    if theme.is_guessed() {
        screen.ask_background()?;
        if let Some(background) = input.background(BACKGROUND) {
            theme = theme.on(background);
        }
    }
    let app = App {
        screen,
        input,
        source,
        theme,
        scene,
        meter: Meter::new(Instant::now()),
        frame: FRAME,
        stale: Stale::Frame,
        began: Instant::now(),
    };
    let left = app.run(signals);
    signals.answer();
    left
}

/// Whether the screen is out of date, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    /// It is up to date.
    No,
    /// The run has new steps.
    Frame,
    /// A key or the mouse changed something.
    Answer,
}

struct App<'a> {
    // It is declared before the screen, so that it is dropped first: keys typed after the screen is left belong to the
    // shell.
    input: Input,
    screen: Screen,
    source: &'a mut dyn Source,
    theme: Theme,
    scene: Scene,
    meter: Meter,
    /// Time between two frames on this terminal.
    frame: Duration,
    stale: Stale,
    /// The start of the run.
    began: Instant,
}

impl App<'_> {
    fn run(mut self, signals: &Signals) -> Result<Left, ScreenError> {
        let how = self.watch(signals)?;
        Ok(Left { how, runs: std::mem::take(&mut self.scene.runs) })
    }

    fn watch(&mut self, signals: &Signals) -> Result<Ended, ScreenError> {
        let mut drawn = Instant::now().checked_sub(FRAME).unwrap_or_else(Instant::now);
        let mut ticked = Instant::now();
        loop {
            while let Some(signal) = signals.try_next() {
                match signal {
                    Signal::Suspend => self.suspend()?,
                    Signal::Continue => self.screen.take_back()?,
                    Signal::Interrupt | Signal::Terminate | Signal::Hangup => return Ok(Ended::Signal(signal)),
                }
                self.stale = Stale::Answer;
            }
            self.take_events();
            self.take_prepared()?;
            let now = Instant::now();
            self.act(Action::Tick(now - ticked))?;
            ticked = now;
            self.read_status(now);
            if now - drawn >= self.pause() {
                drawn = now;
                self.draw()?;
            }
            if let Some(ended) = self.take_input(self.pause().saturating_sub(drawn.elapsed()))? {
                return Ok(ended);
            }
        }
    }

    /// Time until the next frame.
    fn pause(&self) -> Duration {
        match self.stale {
            Stale::No | Stale::Frame => self.frame,
            Stale::Answer => ANSWER.max(self.frame.saturating_sub(FRAME)),
        }
    }

    /// Receives the waiting events of the source, for a limited time.
    fn take_events(&mut self) {
        let start = Instant::now();
        while let Some((run, event)) = self.source.poll() {
            match &event {
                Event::RunStarted(_) => {
                    self.meter = Meter::new(Instant::now());
                    self.began = Instant::now();
                }
                Event::Step(record) => self.meter.take(record),
                _ => {}
            }
            self.scene.take(run, &event);
            if let Event::RunStarted(header) = &event
                && let Some(data) = own_data(header)
            {
                self.scene.say(data);
            }
            self.stale = self.stale.or(Stale::Frame);
            if start.elapsed() > INTAKE {
                break;
            }
        }
    }

    /// Receives the result of preparing another run.
    fn take_prepared(&mut self) -> Result<(), ScreenError> {
        match self.source.prepared() {
            None => return Ok(()),
            Some(Ok(())) => self.act(Action::Begin).map(|_| ())?,
            Some(Err(problem)) => self.scene.refuse(&problem),
        }
        self.stale = Stale::Answer;
        Ok(())
    }

    fn read_status(&mut self, now: Instant) {
        let status = &mut self.scene.status;
        let before = (status.steps_per_second, status.dropped);
        let (rate, share) = match status.activity {
            Activity::Paused => self.meter.rest(now),
            _ => self.meter.read(now),
        };
        status.steps_per_second = rate.filter(|_| self.source.kind() == SourceKind::Live);
        status.measuring_share = share.or(status.measuring_share);
        if self.source.kind() == SourceKind::Live && !matches!(status.activity, Activity::Ended(_)) {
            // The time is in whole seconds: a frame a second is enough for it.
            let elapsed = Some(Duration::from_secs(self.began.elapsed().as_secs()));
            if elapsed != status.elapsed {
                status.elapsed = elapsed;
                self.stale = self.stale.or(Stale::Frame);
            }
        }
        status.dropped = self.source.dropped();
        status.would_lose = self.source.would_lose();
        status.unsaved = self.source.is_unsaved();
        let warnings = self.source.warnings();
        if warnings != status.warnings {
            status.warning = warnings.last().cloned();
            // The last message may no longer be true, and must not hide the new one.
            status.notice = status.notice.take().filter(|_| status.warning.is_none());
            status.warnings = warnings;
            self.stale = self.stale.or(Stale::Frame);
        }
        let errors = self.source.errors();
        if errors != status.errors {
            status.notice = status.notice.take().filter(|_| errors.is_empty());
            status.errors = errors;
            self.stale = self.stale.or(Stale::Frame);
        }
        if before != (status.steps_per_second, status.dropped) {
            self.stale = self.stale.or(Stale::Frame);
        }
    }

    fn draw(&mut self) -> Result<(), ScreenError> {
        if self.stale == Stale::No {
            return Ok(());
        }
        let area = self.area()?;
        prepare(&mut self.scene, &self.theme, area);
        let (scene, theme) = (&self.scene, &self.theme);
        let took = self.screen.draw(|area, buffer| render::render(scene, theme, area, buffer))?;
        self.frame = (took * DRAWING_SHARE).clamp(FRAME, SLOWEST_FRAME);
        self.stale = Stale::No;
        Ok(())
    }

    fn area(&self) -> Result<Rect, ScreenError> {
        Ok(Rect::from((Position::ORIGIN, self.screen.size()?)))
    }

    /// Waits for keys and the mouse, and handles them for a limited time, so that a flood of them leaves time for
    /// signals and frames.
    fn take_input(&mut self, wait: Duration) -> Result<Option<Ended>, ScreenError> {
        let gone = |source| ScreenError::Gone { source };
        let mut events = self.input.take(wait, KEYS).map_err(gone)?;
        let start = Instant::now();
        while !events.is_empty() {
            self.stale = Stale::Answer;
            for event in events {
                if self.input.is_interrupted() {
                    return Ok(Some(Ended::Signal(Signal::Interrupt)));
                }
                if let Some(ended) = self.answer(&event)? {
                    return Ok(Some(ended));
                }
            }
            if start.elapsed() > ANSWERING {
                break;
            }
            events = self.input.take(Duration::ZERO, KEYS).map_err(gone)?;
        }
        Ok(None)
    }

    fn answer(&mut self, event: &TerminalEvent) -> Result<Option<Ended>, ScreenError> {
        if matches!(event, TerminalEvent::Resize(..)) {
            self.screen.doubt();
        }
        keymap::action(event, &self.scene).map_or(Ok(None), |action| self.act(action))
    }

    fn act(&mut self, action: Action) -> Result<Option<Ended>, ScreenError> {
        let step = self.scene.newest();
        let area = self.area()?;
        match update(&mut self.scene, action, area) {
            None => {}
            Some(Effect::Quit) => return Ok(Some(Ended::Quit)),
            Some(Effect::Interrupt) => return Ok(Some(Ended::Signal(Signal::Interrupt))),
            Some(Effect::Suspend) => self.suspend()?,
            Some(Effect::Control(control)) => self.source.control(control),
            Some(Effect::Mouse(mouse)) => self.screen.set_mouse(mouse)?,
            Some(Effect::Log(folder)) => self.log(&folder),
            Some(Effect::Prepare(config)) => {
                self.source.prepare(*config);
                // A preparation that is ready at once is asked about before the next key, which may be the answer.
                self.take_prepared()?;
            }
            Some(Effect::Begin) => {
                if let Err(problem) = self.source.begin() {
                    self.scene.refuse(&problem);
                }
            }
            Some(Effect::GiveUp) => self.source.give_up(),
        }
        if step != self.scene.newest() {
            self.stale = self.stale.or(Stale::Frame);
        }
        Ok(None)
    }

    /// Logs the run from now on, and says how much of it.
    fn log(&mut self, folder: &Path) {
        let Some(history) = self.scene.runs.values().next() else { return };
        let said = self.source.log(folder, history).map(|()| {
            let folder = text::path(folder);
            match history.missing_steps() {
                0 => format!("the whole run is in {folder} now, and later steps follow"),
                missing => format!(
                    "logged into {folder} from here on; {} earlier steps (of all lanes) were no longer in memory",
                    count(missing)
                ),
            }
        });
        self.scene.say(said.unwrap_or_else(|problem| problem));
    }

    fn suspend(&mut self) -> Result<(), ScreenError> {
        self.screen.step_aside(suspend)?;
        if self.source.kind() == SourceKind::Live {
            self.scene.say("Ctrl-Z stopped nablatop and the training; both continue now");
        }
        Ok(())
    }
}

/// The summary of the user's own data set; embedded data are always the same.
fn own_data(header: &RunHeader) -> Option<String> {
    let source = header.settings.get("data")?.parse();
    let is_embedded = matches!(source, Ok(DataSource::Digits | DataSource::Text(None)));
    header.data.as_ref().filter(|_| !is_embedded).map(|data| format!("data {data}"))
}

impl Stale {
    /// The more urgent of both.
    fn or(self, other: Self) -> Self {
        if self == Self::No { other } else { self }
    }
}
