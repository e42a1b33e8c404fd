//! However the program ends, the terminal is restored, the exit code says how it ended, and nothing is left behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nablatop::event::{Event, Outcome, RunEnd};

use super::pty::Pty;
use super::{ENDLESS, USUAL, live};
use crate::logging::{assert_no_step_is_missing, events, steps_in};
use crate::program::{NABLATOP, SMALL};

/// An end in order takes no longer.
const SOON: Duration = Duration::from_secs(1);

/// A terminal that is not read does not delay the end.
const IN_SPITE: Duration = Duration::from_secs(3);

/// What ends it.
#[derive(Debug)]
enum Way {
    Signal(&'static str),
    Keys(&'static str),
}

/// How long it takes to end with this code.
fn ends(pty: &mut Pty, code: u32) -> Duration {
    let (found, took) = pty.end();
    assert_eq!(found, code);
    took
}

/// An end takes no longer than that. A machine or disk that is busy may be slow once, but not three times in a row.
fn assert_takes(most: Duration, end: impl Fn() -> Duration) {
    let mut times = Vec::new();
    while times.last().is_none_or(|took| *took >= most) {
        assert!(times.len() < 3, "it took {times:?}");
        times.push(end());
    }
}

#[test]
fn every_signal_and_key_that_ends_it_gives_the_terminal_back() {
    use Way::{Keys, Signal};
    let ways = [
        (Signal("TERM"), 143),
        (Signal("INT"), 130),
        (Signal("HUP"), 129),
        (Keys("\x03"), 130),
        (Keys("q"), 0),
        (Keys(":quit\r"), 0),
    ];
    for (way, code) in &ways {
        assert_takes(SOON, || {
            let folder = tempfile::tempdir().unwrap();
            let mut pty = live(folder.path(), &["--log", "run"]);
            assert!(!pty.is_cooked());
            match way {
                Signal(name) => pty.signal(name),
                Keys(keys) => pty.press(keys),
            }
            let took = ends(&mut pty, *code);
            pty.assert_restored();
            let last = events(&folder.path().join("run")).pop();
            assert_eq!(last, Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })), "{way:?}");
            took
        });
    }
}

#[test]
fn quitting_asks_while_something_would_be_lost_and_obeys_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &[]);
    for stay in ["n", "\x1b"] {
        pty.press("q");
        pty.wait_for("Quit?");
        pty.press(stay);
        pty.wait("it stays", |screen| !screen.contents().contains("Quit?"));
    }
    pty.press("q");
    pty.wait_for("Quit?");
    pty.press("y");
    ends(&mut pty, 0);
    pty.assert_restored();
}

#[test]
fn quitting_a_run_that_is_over_asks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&SMALL[..], &["--steps", "20"]].concat();
    let mut pty = Pty::start(NABLATOP, &arguments, folder.path(), USUAL);
    pty.wait_for("completed");
    pty.press("q");
    ends(&mut pty, 0);
    pty.assert_restored();
}

#[test]
fn training_continues_while_the_terminal_is_not_read_and_sigterm_still_ends_it() {
    assert_takes(IN_SPITE, || {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("run");
        let mut pty = live(folder.path(), &["--log", "run"]);
        assert_trains_unread(&pty, &log);
        pty.read_on();
        // The screen missed steps meanwhile, and says so: it was blocked indeed.
        pty.wait_for("not shown");
        assert_trains_unread(&pty, &log);
        pty.signal("TERM");
        let took = ends(&mut pty, 143);
        assert!(pty.is_cooked(), "the modes need no reader");
        let events = events(&log);
        assert_no_step_is_missing(&events);
        assert_eq!(events.last(), Some(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
        took
    });
}

/// From here on the terminal is not read, and the trace still grows.
fn assert_trains_unread(pty: &Pty, log: &Path) {
    pty.stop_reading();
    let before = steps_in(log);
    pty.wait_outside("the trace grows", || steps_in(log) > before + 3000);
}

#[test]
fn a_headless_run_whose_output_is_not_read_ends_at_sigterm_too() {
    assert_takes(IN_SPITE, || {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [&SMALL[..], &ENDLESS, &["--headless", "--log", "run"]].concat();
        let mut pty = Pty::start(NABLATOP, &arguments, folder.path(), USUAL);
        pty.wait_for("step");
        let log = folder.path().join("run");
        assert_trains_unread(&pty, &log);
        pty.signal("TERM");
        let took = ends(&mut pty, 143);
        assert_eq!(events(&log).pop(), Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
        took
    });
}

#[test]
fn a_terminal_that_goes_away_ends_the_run_in_order() {
    for more in [&[][..], &["--headless"]] {
        assert_takes(SOON, || {
            let folder = tempfile::tempdir().unwrap();
            let arguments = [&SMALL[..], &ENDLESS, &["--log", "run"], more].concat();
            let mut pty = Pty::start(NABLATOP, &arguments, folder.path(), USUAL);
            pty.wait_for("step ");
            pty.close();
            let took = ends(&mut pty, 129);
            assert!(!String::from_utf8_lossy(&pty.bytes()).contains("panicked"));
            let log = folder.path().join("run");
            assert_eq!(events(&log).pop(), Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })), "{more:?}");
            let diagnostics = fs::read_to_string(log.join("diagnostics.log")).unwrap();
            assert!(!diagnostics.contains("panicked"), "{diagnostics}");
            took
        });
    }
}

#[test]
fn no_thread_is_left_by_a_restart_and_no_child_by_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &[]);
    let before = threads(&pty);
    assert_eq!(lanes(&before).len(), 2, "{before:?}");
    for _ in 0..3 {
        let old = lanes(&threads(&pty));
        let has_restarted = |pty: &Pty| {
            let new = lanes(&threads(pty));
            new.len() == 2 && new.iter().all(|lane| !old.contains(lane))
        };
        pty.press("R");
        // A run without a step yet has nothing to lose and is restarted unasked.
        pty.wait_outside("a question or a new run", || pty.text().contains("Restart?") || has_restarted(&pty));
        if !has_restarted(&pty) {
            pty.press("y");
        }
        pty.wait_outside("lanes of a new run", || has_restarted(&pty));
        pty.wait("no question", |screen| !screen.contents().contains("Restart?"));
    }
    pty.wait_outside("as many threads as before", || threads(&pty).len() == before.len());
    let pid = pty.pid();
    let in_its_session = || {
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let stats = processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
        stats.filter(|stat| session_of(stat) == Some(pid)).count()
    };
    assert_eq!(in_its_session(), 1);
    pty.press("\x03");
    ends(&mut pty, 130);
    assert_eq!(in_its_session(), 0);
}

/// Number and name of every thread.
fn threads(pty: &Pty) -> Vec<(String, String)> {
    let tasks = fs::read_dir(format!("/proc/{}/task", pty.pid())).unwrap().filter_map(Result::ok);
    let name = |task: &fs::DirEntry| fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    tasks.map(|task| (task.file_name().to_string_lossy().into_owned(), name(&task))).collect()
}

fn lanes(threads: &[(String, String)]) -> Vec<(String, String)> {
    threads.iter().filter(|(_, name)| name.starts_with("lane ")).cloned().collect()
}

/// The session of a process: the fourth number behind its name in `/proc/PID/stat`.
fn session_of(stat: &str) -> Option<u32> {
    stat.rsplit_once(") ")?.1.split(' ').nth(3)?.parse().ok()
}

#[test]
fn quitting_leaves_the_closing_table_in_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = live(folder.path(), &["--log", "run"]);
    pty.press("q");
    ends(&mut pty, 0);
    pty.assert_restored();
    let text = pty.text();
    for words in ["final loss", "per block", "stopped", "residual"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn the_mouse_is_the_terminals_where_that_is_asked_for() {
    /// The terminal reports clicks.
    const REPORTS: &str = "\x1b[?1000h";
    let folder = tempfile::tempdir().unwrap();
    let reports = |pty: &Pty| String::from_utf8_lossy(&pty.bytes()).contains(REPORTS);
    let mut without = live(folder.path(), &["--no-mouse", "--log", "a"]);
    assert!(!reports(&without));
    without.press(":mouse on\r");
    without.wait_outside("the mouse is taken", || reports(&without));
    without.press("q");
    ends(&mut without, 0);
    without.assert_restored();
    let mut with = live(folder.path(), &["--log", "b"]);
    assert!(reports(&with));
    with.press(":mouse off\r");
    with.wait_for("the terminal has the mouse");
    with.press("q");
    ends(&mut with, 0);
}
