//! Where a trace may be written, known before the first step; and how a run ends.

use std::fs;
use std::process::{Command, Stdio};

use nablatop::event::{Event, Outcome, RunEnd};

use super::assert_refused;
use crate::logging::{events, steps_in, wait_until};
use crate::program::{BACKENDS, Place, SMALL, Said};

/// The flags of a small run.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--headless", "--steps", "3"], &SMALL[..], more].concat()
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_cause_and_remedy() {
    let place = Place::new();
    place.file("file", "x");
    assert_refused(
        &place,
        &[
            (&small(&["--log", "file"]), 1, "file is a file: give --log a folder"),
            (
                &small(&["--log", "file/run"]),
                1,
                "cannot create the folder file/run: Not a directory (os error 20): give --log another one",
            ),
            (
                &small(&["--log", "run", "--diagnostics", "none/x"]),
                1,
                "cannot write diagnostics to none/x: give --diagnostics another file: No such file or directory (os error 2)",
            ),
        ],
    );
    // Not even root may write here.
    let said = place.say(small(&["--log", "/proc"]));
    assert_eq!(said.code, 1);
    assert!(said.err.starts_with("error: cannot write /proc/trace.jsonl: "), "{said:?}");
    assert!(said.err.ends_with(": give --log a writable folder\n"), "{said:?}");
}

#[test]
fn a_folder_that_holds_a_trace_is_kept_unless_a_flag_says_otherwise() {
    let place = Place::new();
    place.trace("run");
    assert_refused(
        &place,
        &[
            (
                &small(&["--log", "run"]),
                1,
                "run already holds a trace: add --append to add a run to it, --force to replace it, or give --log another \
             folder",
            ),
            (
                &small(&["--log", "run", "--append", "--lanes", "plain"]),
                1,
                "cannot append to run: it has 2 lanes, this run has 1: use --force to replace it, or give --log another \
             folder",
            ),
            (
                &small(&["--log", "run", "--append", "--lanes", "residual,plain"]),
                1,
                "cannot append to run: its lane 'plain' is called 'residual' in this run: use --force to replace it, or give --log \
             another folder",
            ),
            (
                &small(&["--log", "run", "--append", "--lane", "plain", "--lane", "residual:depth=4"]),
                1,
                "cannot append to run: its lane 'residual' has different layers in this run: use --force to replace it, or \
             give --log another folder",
            ),
            (
                &small(&["--log", "run", "--force", "--backend", "flax"]),
                2,
                "--backend: 'flax' is unknown: did you mean 'flex'? It is one of flex, ndarray",
            ),
        ],
    );
    let before = fs::read(place.path("run/trace.jsonl")).unwrap();
    assert_eq!(place.say(small(&["--log", "run", "--append"])).code, 0);
    let appended = fs::read(place.path("run/trace.jsonl")).unwrap();
    assert!(appended.starts_with(&before) && appended.len() > before.len());
    assert_eq!(steps_in(&place.path("run")), 2 * (5 + 3));
    assert_eq!(place.say(small(&["--log", "run", "--force"])).code, 0);
    assert_eq!(steps_in(&place.path("run")), 2 * 3);
}

#[test]
fn two_runs_do_not_write_into_one_folder_at_once() {
    let place = Place::new();
    let endless = ["--headless", "--log", "run", "--steps", "100000000"];
    let mut first =
        place.command(endless.iter().chain(&SMALL)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the first run", || steps_in(&place.path("run")) > 10);
    for more in ["--append", "--force"] {
        let said = place.say(small(&["--log", "run", more]));
        let words = "another nablatop is writing into run: wait for its end, or give --log another folder";
        assert_eq!((said.code, said.err), (1, format!("error: {words}\n")));
    }
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn the_exit_code_says_how_a_run_ended() {
    for backend in BACKENDS {
        let place = Place::new();
        let run = |more: &[&str]| place.say(small(&[&["--backend", backend], more].concat()));
        let said = run(&[]);
        assert_eq!(
            (said.code, said.err.as_str()),
            (0, "nablatop: nothing is written: give --log DIR to keep the run\n")
        );
        let wild = ["--lanes", "plain,plain", "--optimizer", "sgd", "--lr", "1e30"];
        let said = run(&[&wild[..], &["--log", "diverged"]].concat());
        assert_eq!((said.code, said.out.matches("diverged").count()), (3, 2), "{said:?}");
        assert_eq!(events(&place.path("diverged")).pop(), Some(Event::RunEnded(RunEnd { outcome: Outcome::Diverged })));
        let half = run(&["--optimizer", "sgd", "--lane", "plain", "--lane", "residual:lr=1e30", "--log", "half"]);
        assert_eq!(half.code, 0, "one lane came through: {half:?}");
    }
}

#[test]
fn a_signal_closes_the_trace_in_order_and_the_exit_code_names_it() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let place = Place::new();
        let endless = ["--headless", "--log", "run", "--steps", "100000000"];
        let mut command = place.command(endless.iter().chain(&SMALL));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until("some steps", || steps_in(&place.path("run")) > 100);
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap().success()
        );
        let said = Said::of(&child.wait_with_output().unwrap());
        assert_eq!((said.code, said.out.matches("stopped").count()), (code, 2), "{said:?}");
        assert_eq!(events(&place.path("run")).pop(), Some(Event::RunEnded(RunEnd { outcome: Outcome::Stopped })));
        let summary = fs::read_to_string(place.path("run/run.json")).unwrap();
        assert!(summary.contains("\"outcome\":\"stopped\""), "{summary}");
    }
}
