//! Traces on the screen: while they grow, side by side, damaged; and where a restart writes.

use std::fs;
use std::process::Stdio;

use nablatop::event::{Event, Outcome, RunEnd};

use super::pty::Pty;
use super::{ENDLESS, USUAL, live, step};
use crate::logging::events;
use crate::program::{NABLATOP, Place, SMALL};

fn view(place: &Place, traces: &[&str]) -> Pty {
    Pty::start(NABLATOP, &[&["view"], traces].concat(), place.root(), USUAL)
}

#[test]
fn a_trace_is_followed_while_another_process_writes_it() {
    let place = Place::new();
    let arguments = ["--headless", "--log", "run"].iter().chain(&SMALL).chain(&ENDLESS);
    let mut writer = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crate::logging::wait_until("the trace begins", || crate::logging::steps_in(&place.path("run")) > 10);
    let mut pty = view(&place, &["run"]);
    pty.wait_for("following");
    for more in [200, 400, 600] {
        pty.wait("the steps grow", |screen| step(screen) > more);
    }
    let killed = std::process::Command::new("kill").args(["-INT", &writer.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(writer.wait().unwrap().code(), Some(130));
    pty.wait_for("was stopped");
    // Nothing is lost by quitting a trace.
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
}

#[test]
fn several_traces_stand_side_by_side_with_all_their_lanes() {
    let place = Place::new();
    place.trace("first");
    place.trace("second");
    let mut pty = view(&place, &["first", "second/trace.jsonl"]);
    pty.wait("four lanes, told apart", |screen| {
        let text = screen.contents();
        let is_there = |name: &str| text.contains(name);
        ["first/plain", "first/residual", "second/plain", "second/residual"].into_iter().all(is_there)
    });
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
}

#[test]
fn a_damaged_trace_is_shown_with_a_warning() {
    let place = Place::new();
    let file = place.trace("run").join("trace.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let damaged = text.replacen("\"lane\":1,\"step\":3", "\"lane\":1,\"step\":4", 1);
    fs::write(&file, &damaged[..damaged.len() - 10]).unwrap();
    let mut pty = view(&place, &["run"]);
    pty.wait("both lanes and a warning", |screen| {
        let text = screen.contents();
        text.contains("plain") && text.contains("residual") && text.contains("was skipped")
    });
    pty.press("q");
    assert_eq!(pty.end().0, 0);
}

#[test]
fn a_trace_that_breaks_off_says_where_and_ends_in_an_error_only_without_a_single_step() {
    let place = Place::new();
    let file = place.trace("run").join("trace.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // A step twice: two runs in one file.
    place.file("late", [&lines[..3], &lines[1..2]].concat().join("\n") + "\n");
    let body = lines[1].replacen("\"step\":1", "\"step\":0", 1);
    let body = &body[..body.rfind(",\"crc\":").unwrap()];
    let sealed = format!("{body},\"crc\":{}}}", crc32c::crc32c(body.as_bytes()));
    place.file("early", format!("{}\n{sealed}\n", lines[0]));
    for (trace, words, code) in
        [("late", "late:4: are these two runs", 0), ("early", "early:2: expected a step from", 1)]
    {
        let mut pty = view(&place, &[trace]);
        pty.wait_for(words);
        pty.wait_for("unreadable");
        pty.press("q");
        assert_eq!(pty.end().0, code, "{trace}");
        pty.assert_restored();
    }
}

#[test]
fn a_trace_that_is_removed_while_it_is_looked_at_keeps_its_picture_and_says_so() {
    let place = Place::new();
    let file = place.trace("run").join("trace.jsonl");
    let mut pty = view(&place, &["run"]);
    pty.wait_for("completed");
    fs::remove_file(file).unwrap();
    pty.wait_for("run/trace.jsonl was removed: the part that was read stays");
    pty.wait_for("residual");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    pty.assert_restored();
}

#[test]
fn a_trace_that_cannot_be_read_never_takes_the_terminal() {
    let place = Place::new();
    place.file("diary", "Dear diary\n");
    for (trace, words) in [("diary", "diary is not a trace of nablatop"), ("nowhere", "there is no trace at nowhere")] {
        let mut pty = view(&place, &[trace]);
        assert_eq!(pty.end().0, 1);
        pty.wait_for(words);
        assert!(!pty.bytes().contains(&0x1b), "not one control sequence");
    }
}

#[test]
fn a_restart_writes_beside_the_first_trace_and_leaves_it_as_it_was() {
    let place = Place::new();
    let mut pty = live(place.root(), &["--log", "run"]);
    pty.wait_outside("the first trace grows", || crate::logging::steps_in(&place.path("run")) > 100);
    pty.press("+");
    pty.wait_for("mlp 5×8");
    let first = fs::read(place.path("run/trace.jsonl")).unwrap();
    let last = events(&place.path("run")).pop();
    assert_eq!(last, Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
    pty.wait_outside("the second trace grows", || crate::logging::steps_in(&place.path("run/2")) > 100);
    pty.press("R");
    pty.wait_outside("the third trace grows", || crate::logging::steps_in(&place.path("run/3")) > 100);
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    assert_eq!(fs::read(place.path("run/trace.jsonl")).unwrap(), first);
    let Some(Event::RunStarted(second)) = events(&place.path("run/2")).into_iter().next() else { panic!("a header") };
    assert_eq!(second.lanes[0].layers.len(), 7, "five blocks between stem and head");
}

#[test]
fn a_trace_that_cannot_grow_is_reported_on_the_screen_and_quitting_asks() {
    let place = Place::new();
    // 256 blocks of 512 bytes (of 1024 in some shells).
    let script = "trap '' XFSZ; ulimit -S -f 256; exec \"$@\"";
    let arguments = [&["-c", script, "sh", NABLATOP, "--log", "run"], &SMALL[..], &ENDLESS].concat();
    let mut pty = Pty::start("sh", &arguments, place.root(), USUAL);
    pty.wait_for("the trace is paused");
    pty.press("q");
    pty.wait_for("Quit?");
    pty.press("y");
    assert_eq!(pty.end().0, 1);
    pty.assert_restored();
    pty.wait_for("error: the trace is not complete: the trace is paused: File too large");
    crate::logging::assert_no_step_is_missing(&events(&place.path("run")));
}
