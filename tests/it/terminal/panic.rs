//! A panic, in the screen or in a thread behind it. The program has no way to provoke one, so these tests run
//! themselves again, in the terminal, with a source that panics.

use std::path::PathBuf;
use std::time::Duration;

use nablatop::config::{Length, RunConfig};
use nablatop::event::{Control, Event, LaneEnd, Outcome, RunEnd};
use nablatop::signals::{JobControl, Signals};
use nablatop::sink::Fanout;
use nablatop::sink::channel::{self, EventStream};
use nablatop::sink::trace::TraceSink;
use nablatop::trace::OnExisting;
use nablatop::train::{self, Session};
use nablatop::tui::app;
use nablatop::tui::source::{Source, SourceKind};
use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
use nablatop::units::{LaneId, Step};
use portable_pty::CommandBuilder;

use super::pty::Pty;
use super::{USUAL, wait_for_both_lanes};
use crate::logging::events;

/// Where the child logs.
const DIRECTORY: &str = "NABLATOP_TEST_PANIC_DIRECTORY";

/// What the panic says.
const WORDS: &str = "the floor is lava";

/// A real run that goes wrong on the way to the screen.
struct Faulty {
    stream: EventStream,
    fault: Fault,
    polls: u32,
    /// Ends the run in order when the source is dropped.
    _session: Session,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Screen,
    Thread,
}

impl Faulty {
    fn start(fault: Fault) -> Self {
        let mut config = RunConfig { batch: 8, length: Length::Steps(1_000_000), ..RunConfig::default() };
        for lane in &mut config.lanes {
            (lane.depth, lane.width) = (3, 8);
        }
        let folder = PathBuf::from(std::env::var_os(DIRECTORY).unwrap());
        let prepared = train::prepare(config).unwrap();
        let trace = TraceSink::open(&folder, prepared.header(), OnExisting::Refuse).unwrap();
        let (sink, stream) = channel::channel();
        let session = prepared.start(Fanout::new().with(sink).with(trace)).unwrap();
        Self { stream, fault, polls: 0, _session: session }
    }
}

impl Source for Faulty {
    fn kind(&self) -> SourceKind {
        SourceKind::Live
    }

    fn poll(&mut self) -> Option<(usize, Event)> {
        let event = self.stream.try_next()?;
        self.polls += 1;
        if self.polls != 3000 {
            return Some((0, event));
        }
        match self.fault {
            Fault::Screen => panic!("{WORDS}"),
            Fault::Thread => {
                let thread = std::thread::Builder::new().name("lane plain".to_owned());
                let panicked = thread.spawn(|| panic!("{WORDS}")).unwrap().join();
                assert!(panicked.is_err());
                let outcome = Outcome::Failed(WORDS.to_owned());
                Some((0, Event::LaneEnded(LaneEnd { lane: LaneId(0), step: Step(1), outcome })))
            }
        }
    }

    fn control(&mut self, _: Control) {}

    fn prepare(&mut self, _: RunConfig) {}

    fn prepared(&mut self) -> Option<Result<(), String>> {
        None
    }

    fn begin(&mut self) -> Result<(), String> {
        Err("not here".to_owned())
    }

    fn give_up(&mut self) {}

    fn dropped(&self) -> u64 {
        0
    }

    fn would_lose(&self) -> bool {
        false
    }
}

fn show(fault: Fault) {
    if std::env::var_os(DIRECTORY).is_some() {
        let theme = Theme::new(Colours::True, Glyphs::Unicode, Background::Dark);
        let signals = Signals::listen(JobControl::Messages).unwrap();
        app::run(&mut Faulty::start(fault), theme, &signals).unwrap();
    }
}

#[test]
#[ignore = "only the other tests of this file start it, in a terminal"]
fn child_whose_screen_panics() {
    show(Fault::Screen);
}

#[test]
#[ignore = "only the other tests of this file start it, in a terminal"]
fn child_whose_thread_panics() {
    show(Fault::Thread);
}

fn start(child: &str, folder: &std::path::Path) -> Pty {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("terminal::panic::{child}"), "--ignored", "--nocapture"]);
    command.env(DIRECTORY, folder);
    command.env("RUST_BACKTRACE", "0");
    Pty::spawn(command, USUAL)
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_and_its_message_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = start("child_whose_screen_panics", folder.path());
    pty.wait("the screen", vt100::Screen::alternate_screen);
    let (code, took) = pty.end();
    assert_eq!(code, 101);
    assert!(took < Duration::from_secs(20));
    pty.assert_restored();
    pty.wait_for(WORDS);
    let bytes = String::from_utf8_lossy(&pty.bytes()).into_owned();
    let after = &bytes[bytes.find(WORDS).unwrap()..];
    assert!(!after.contains("\x1b[?1049") && after.rfind("\x1b[?2026h") <= after.rfind("\x1b[?2026l"), "{after:?}");
    let last = events(folder.path()).pop();
    assert_eq!(last, Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
}

#[test]
fn a_panic_of_a_training_thread_leaves_the_screen_alone_and_is_shown_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = start("child_whose_thread_panics", folder.path());
    wait_for_both_lanes(&pty);
    pty.wait("the lane failed", |screen| screen.alternate_screen() && screen.contents().contains("failed"));
    assert!(!String::from_utf8_lossy(&pty.bytes()).contains("panicked"));
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
}
