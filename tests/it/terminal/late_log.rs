//! A run that is logged after it has started: the trace has what the screen holds of it, and everything after that.

use nablatop::event::{Event, Outcome, RunEnd};
use nablatop::trace;
use nablatop::units::LaneId;

use super::live;
use crate::logging::{events, steps_in};
use crate::program::{Place, SMALL};

/// Step and loss, as bits, of every step of a lane.
fn losses(events: &[Event], lane: u16) -> Vec<(u64, u32)> {
    let steps = events.iter().filter_map(|event| if let Event::Step(record) = event { Some(record) } else { None });
    let lane = steps.filter(|record| record.lane == LaneId(lane));
    lane.map(|record| (record.step.0, record.loss.expect("a loss").to_bits())).collect()
}

#[test]
fn what_is_held_of_a_run_and_all_that_comes_is_in_a_trace_that_was_asked_for_late() {
    let place = Place::new();
    let straight = ["--headless", "--log", "straight", "--steps", "300"];
    assert_eq!(place.say(straight.iter().chain(&SMALL)).code, 0);
    let mut pty = live(place.root(), &[]);
    pty.wait("it is under way", |screen| super::step(screen) > 4_300);
    pty.press(":log run\r");
    pty.wait("its answer", |screen| screen.contents().contains("run"));
    let before = steps_in(&place.path("run"));
    pty.wait_outside("the trace grows", || steps_in(&place.path("run")) > before + 500);
    // What is logged is quit unasked.
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    let late = events(&place.path("run"));
    assert_eq!(late.last(), Some(&Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
    assert!(late.iter().any(|event| matches!(event, Event::Gap(gap) if gap.steps() > 1)), "it was begun late");
    let mut trace = trace::read(&place.path("run")).unwrap();
    assert!(trace.by_ref().all(|event| event.is_ok()));
    assert_eq!(trace.warnings().sentences(), Vec::<String>::new(), "what it never had is not missing");
    let straight = events(&place.path("straight"));
    for lane in 0..2 {
        let (late, straight) = (losses(&late, lane), losses(&straight, lane));
        assert!(late.is_sorted_by_key(|(step, _)| *step) && late[0].0 == 1);
        let newest = late[late.len() - 200..].iter().map(|(step, _)| *step);
        assert!(newest.clone().is_sorted_by(|before, after| *after == before + 1), "none is missing from then on");
        let in_both = late.iter().filter(|(step, _)| *step <= 300);
        assert!(in_both.clone().all(|step| straight.contains(step)) && in_both.count() > 0);
    }
}

#[test]
fn a_trace_that_is_there_is_left_alone_and_a_run_is_logged_once() {
    let place = Place::new();
    assert_eq!(place.say(["--headless", "--log", "there", "--steps", "5"].iter().chain(&SMALL)).code, 0);
    let there = std::fs::read(place.path("there/trace.jsonl")).unwrap();
    let mut pty = live(place.root(), &[]);
    pty.press(":log there\r");
    pty.wait_for("there already holds a trace: name another folder");
    std::fs::write(place.path("file"), "").unwrap();
    pty.press(":log file\r");
    pty.wait_for("file is a file: name a folder");
    pty.press(":log here\r");
    pty.wait_for("here");
    pty.press(":log elsewhere\r");
    pty.wait_for("the run is already logged");
    assert!(!place.path("elsewhere").exists());
    // A restarted run is written beside it without a request.
    pty.press("R");
    pty.wait_outside("the second run is logged", || steps_in(&place.path("here/2")) > 10);
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    assert_eq!(std::fs::read(place.path("there/trace.jsonl")).unwrap(), there);
}

#[test]
fn a_run_that_is_over_is_written_with_its_end() {
    let place = Place::new();
    let arguments = [&SMALL[..], &["--steps", "60"]].concat();
    let mut pty = super::Pty::start(crate::program::NABLATOP, &arguments, place.root(), super::USUAL);
    pty.wait_for("completed");
    pty.press(":log run\r");
    pty.wait_for("the whole run is in run now");
    pty.press("q");
    assert_eq!(pty.end().0, 0);
    let late = events(&place.path("run"));
    assert_eq!(late.last(), Some(&Event::RunEnded(RunEnd { outcome: Outcome::Completed })));
    assert_eq!(crate::logging::assert_no_step_is_missing(&late), 60);
}
