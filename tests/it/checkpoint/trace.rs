//! The trace of a resumed run: one history, with nothing lost.

use std::fs;

use nablatop::event::Event;
use nablatop::trace;

use super::{as_of, names, small, train};
use crate::logging::{assert_no_step_is_missing, events, steps_in};
use crate::program::{Place, SMALL};

#[test]
fn the_trace_continues_after_the_checkpoint_and_later_lines_stay_beside_it() {
    let place = Place::new();
    small(&place, "run", "10");
    let log = as_of(&place, "run", 8, "resumed");
    let before = fs::read_to_string(log.join("trace.jsonl")).unwrap();
    let said = train(&place, &["--resume", "resumed", "--steps", "12"]);
    assert!(said.err.contains("lines of the trace after step 8 were moved to resumed/trace-cut-1.jsonl"), "{said:?}");
    assert_eq!(assert_no_step_is_missing(&events(&log)), 12);
    let after = fs::read_to_string(log.join("trace.jsonl")).unwrap();
    let cut = fs::read_to_string(log.join("trace-cut-1.jsonl")).unwrap();
    for line in
        before.lines().filter(|line| !line.contains("\"kind\":\"lane_end\"") && !line.contains("\"kind\":\"end\""))
    {
        assert!(after.contains(line) || cut.contains(line), "lost: {line}");
    }
    let step = |event: &Event| if let Event::Step(record) = event { Some(record.step.0) } else { None };
    let cut: Vec<_> = trace::read(&log.join("trace-cut-1.jsonl")).unwrap().map(Result::unwrap).collect();
    assert_eq!(cut.iter().filter_map(step).collect::<std::collections::BTreeSet<_>>(), [9, 10].into());

    // Nothing but ends is cut of a run that came to its end.
    train(&place, &["--resume", "resumed", "--steps", "14"]);
    assert!(!log.join("trace-cut-2.jsonl").exists());
    let events = events(&log);
    assert_eq!(assert_no_step_is_missing(&events), 14);
    let Event::RunStarted(header) = &events[0] else { panic!("no header") };
    assert_eq!(
        (header.steps, events.iter().filter(|event| matches!(event, Event::RunEnded(_))).count()),
        (Some(14), 1)
    );
    let notes =
        events.iter().filter(|event| matches!(event, Event::Note(note) if note.text.starts_with("resumed after")));
    assert_eq!(notes.count(), 2);
}

#[test]
fn a_follower_of_the_trace_follows_the_resumed_run() {
    let place = Place::new();
    // Behind another run: the file begins as before.
    let run = [&["--log", "run", "--steps", "3"], &SMALL[..]].concat();
    train(&place, &run);
    train(&place, &[&run[..], &["--append", "--save-every", "2"]].concat());
    let mut follow = trace::Follow::open(&place.path("run")).unwrap();
    let last = |follow: &mut trace::Follow| {
        let events = std::iter::from_fn(|| follow.poll()).map(Result::unwrap);
        events.filter_map(|event| if let Event::Step(record) = event { Some(record.step.0) } else { None }).last()
    };
    assert_eq!(last(&mut follow), Some(3));
    train(&place, &["--resume", "run", "--steps", "9"]);
    assert_eq!(last(&mut follow), Some(9));
    assert!(follow.warnings().is_empty());
}

#[test]
fn in_another_folder_it_begins_with_what_counts_and_the_first_stays_as_it_was() {
    let place = Place::new();
    small(&place, "run", "8");
    let before: Vec<_> = place.inventory();
    train(
        &place,
        &["--resume", "run/checkpoints/step-000004", "--log", "branch", "--steps", "9", "--save-every", "off"],
    );
    let inventory = place.inventory();
    assert!(before.iter().all(|found| inventory.contains(found)), "the first run was touched");
    assert_eq!(assert_no_step_is_missing(&events(&place.path("branch"))), 9);
    assert!(!place.path("branch/checkpoints").exists());
    // It is there now, and is not replaced without being told so.
    let said = place.say(["--headless", "--resume", "run", "--log", "branch", "--steps", "9"]);
    assert!(said.code == 1 && said.err.contains("branch already holds a trace"), "{said:?}");
    train(&place, &["--resume", "run", "--log", "branch", "--steps", "9", "--force"]);
    assert_eq!(assert_no_step_is_missing(&events(&place.path("branch"))), 9);
}

#[test]
fn a_checkpoint_alone_can_be_resumed_without_the_earlier_trace() {
    let place = Place::new();
    small(&place, "run", "4");
    fs::rename(place.path("run/checkpoints/step-000004"), place.path("mine")).unwrap();
    let said = train(&place, &["--resume", "mine", "--log", "new", "--steps", "6"]);
    assert!(said.err.contains("the trace begins after step 4: there is no trace beside the checkpoint"), "{said:?}");
    assert_eq!(steps_in(&place.path("new")), 4);
    assert_eq!(names(&place.path("new")), ["step-000006"]);
    let said = place.say(["--headless", "--resume", "mine", "--steps", "6"]);
    assert!(said.code == 2 && said.err.contains("--save-every: checkpoints are saved in the folder"), "{said:?}");
}

#[test]
fn a_missing_trace_is_started_again_on_request() {
    let place = Place::new();
    small(&place, "run", "4");
    let trace = place.path("run/trace.jsonl");
    fs::remove_file(&trace).unwrap();
    for _ in 0..2 {
        let said = place.say(["--headless", "--resume", "run", "--steps", "6"]);
        assert!(said.code == 1 && said.err.contains("run.json exists but has no trace: add --force"), "{said:?}");
        assert!(!trace.exists());
    }
    let said = train(&place, &["--resume", "run", "--steps", "6", "--force"]);
    assert!(said.err.contains("the trace begins after step 4"), "{said:?}");
    assert_eq!(steps_in(&place.path("run")), 4);
    // One that is whole goes on all the same.
    train(&place, &["--resume", "run", "--steps", "8", "--force"]);
    assert_eq!(steps_in(&place.path("run")), 8);
}

#[test]
fn earlier_runs_in_the_file_stay_and_another_runs_trace_is_left_alone() {
    let place = Place::new();
    let run = [&["--log", "run", "--steps", "3"], &SMALL[..]].concat();
    train(&place, &run);
    train(&place, &[&run[..], &["--append", "--save-every", "2"]].concat());
    train(&place, &["--resume", "run", "--steps", "5"]);
    let all = trace::read(&place.path("run")).unwrap().map(Result::unwrap);
    assert_eq!(all.filter(|event| matches!(event, Event::RunStarted(_))).count(), 2);
    let last: Vec<_> = trace::read_last(&place.path("run")).unwrap().map(Result::unwrap).collect();
    assert_eq!(assert_no_step_is_missing(&last), 5);

    train(&place, &[&run[..], &["--append"]].concat());
    let before = place.inventory();
    let said = place.say(["--headless", "--resume", "run", "--steps", "7"]);
    let words = "run/trace.jsonl holds the trace of a different run than the checkpoint: give --log another folder\n";
    assert!(said.code == 1 && said.err.ends_with(words), "{said:?}");
    assert_eq!(place.inventory(), before);
}
