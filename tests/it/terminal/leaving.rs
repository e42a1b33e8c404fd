//! Leaving in the middle of a step that takes long: it is announced at once, and over soon whatever a lane is doing.

use std::path::Path;

use nablatop::event::{Event, Outcome, RunEnd};

use super::USUAL;
use super::pty::Pty;
use crate::logging::events;
use crate::program::NABLATOP;

/// Forward and backward of one step take several seconds, and are not left between layers as costly looks are.
const SLOW: &str =
    "--depth 20 --width 2048 --batch 1400 --optimizer sgd --detail off --flight off --lane plain --log run";

const STOPPED: Event = Event::RunEnded(RunEnd { outcome: Outcome::Stopped });

/// The run in its first step.
fn in_the_first_step(folder: &Path, more: &[&str]) -> Pty {
    let arguments: Vec<&str> = SLOW.split(' ').chain(more.iter().copied()).collect();
    let pty = Pty::start(NABLATOP, &arguments, folder, USUAL);
    pty.wait_outside("the lane computes", || ticks_of_the_lane(&pty) > 20);
    pty
}

/// Processor time that the lane's thread took, in hundredths of a second: fields 14 and 15 of its `stat`.
fn ticks_of_the_lane(pty: &Pty) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", pty.pid())).into_iter().flatten().flatten();
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
    let mut stats = stats;
    let lane = stats.find_map(|stat| stat.split_once("(lane ").map(|(_, rest)| rest.to_owned()));
    let fields = lane.unwrap_or_default();
    let numbers = fields.rsplit_once(") ").map_or("", |(_, numbers)| numbers).split(' ');
    numbers.skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum()
}

fn assert_the_end_is_in_the_trace(folder: &Path) {
    let events = events(&folder.join("run"));
    let ends = events.iter().filter(|event| matches!(event, Event::LaneEnded(_))).count();
    assert_eq!(ends, 1, "{events:?}");
    assert_eq!(events.last(), Some(&STOPPED));
}

#[test]
fn what_the_end_waits_for_is_said_and_the_step_is_given_up() {
    for (more, keys, code, again) in [
        (&["--headless"][..], None, 143, "again"),
        (&[][..], None, 143, "again"),
        (&[][..], Some("q"), 0, "Ctrl-C"),
        (&[][..], Some("\x03"), 130, "again"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = in_the_first_step(folder.path(), more);
        if more.is_empty() {
            pty.wait("the screen", vt100::Screen::alternate_screen);
        }
        match keys {
            Some(keys) => pty.press(keys),
            None => pty.signal("TERM"),
        }
        pty.wait_for(&format!("nablatop: finishing step 1; {again} to stop now"));
        assert_eq!(pty.end().0, code);
        pty.assert_restored();
        assert_the_end_is_in_the_trace(folder.path());
    }
}

#[test]
fn a_restart_in_a_long_step_says_what_it_waits_for_and_leaving_meanwhile_ends_both_traces() {
    let folder = tempfile::tempdir().unwrap();
    let mut pty = in_the_first_step(folder.path(), &[]);
    pty.wait("the screen", vt100::Screen::alternate_screen);
    pty.press(":set width 8\r");
    pty.wait_outside("the trace of the next run", || folder.path().join("run/2/trace.jsonl").exists());
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
    assert_the_end_is_in_the_trace(folder.path());
    assert_eq!(events(&folder.path().join("run/2")).last(), Some(&STOPPED));
}

#[test]
fn a_second_signal_ends_at_once_and_the_trace_has_its_end_all_the_same() {
    for more in [&["--headless"][..], &[]] {
        let folder = tempfile::tempdir().unwrap();
        let mut pty = in_the_first_step(folder.path(), more);
        if more.is_empty() {
            pty.wait("the screen", vt100::Screen::alternate_screen);
        }
        pty.signal("INT");
        pty.wait_for("again to stop now");
        pty.signal("INT");
        assert_eq!(pty.end().0, 130);
        pty.assert_restored();
        assert_the_end_is_in_the_trace(folder.path());
    }
}
