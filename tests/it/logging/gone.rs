//! A trace that is removed while it is written: it is reported once, nothing is written to a lost file, and the run's
//! end is an error without advice to resume from a checkpoint that is gone too.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{steps_in, wait_until};
use crate::program::{Place, SMALL};

/// Stands for what is left of a trace that was cut.
const HALF: &str = "half";

/// What is done to the folder of a run, what is said of it, and the trace's content that must stay as it is then.
type Case = (fn(&Path), &'static str, Option<&'static str>);

const CASES: [Case; 6] = [
    (|log| fs::remove_file(log.join("trace.jsonl")).unwrap(), "was removed or moved", None),
    (|log| fs::rename(log, log.with_file_name("taken")).unwrap(), "was removed or moved", None),
    (
        |log| {
            fs::write(log.join("another"), "of another program").unwrap();
            fs::rename(log.join("another"), log.join("trace.jsonl")).unwrap();
        },
        "was replaced by another file",
        Some("of another program"),
    ),
    (
        |log| fs::OpenOptions::new().write(true).open(log.join("trace.jsonl")).unwrap().set_len(0).unwrap(),
        "was emptied: ",
        None,
    ),
    (
        |log| {
            let trace = fs::OpenOptions::new().write(true).open(log.join("trace.jsonl")).unwrap();
            trace.set_len(trace.metadata().unwrap().len() / 2).unwrap();
        },
        "lost its last ",
        Some(HALF),
    ),
    // A checkpoint that is being written meanwhile makes it fail once.
    (|log| while fs::remove_dir_all(log).is_err() && log.exists() {}, "was removed or moved", None),
];

#[test]
fn a_trace_that_is_lost_is_reported_once_and_is_an_error_at_the_end() {
    for (take_away, words, stays) in CASES {
        let place = Place::new();
        let log = place.path("run");
        let arguments = ["--headless", "--steps", "100000000", "--save-every", "50", "--log", "run"];
        let mut command = place.command(SMALL.iter().chain(&arguments));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        wait_until("steps", || steps_in(&log) > 100);
        take_away(&log);
        let is_there = log.exists();
        assert!(said.any(|line| line.starts_with("nablatop: ") && line.contains(words)), "{words}");
        let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        let rest: Vec<String> = said.collect();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{rest:?}");
        let again = rest.iter().filter(|line| line.contains(words)).count();
        assert_eq!(again, 1, "once more, at the end: {rest:?}");
        assert!(
            rest.iter().any(|line| line.contains("error: ") && line.contains("the trace is not complete")),
            "{rest:?}"
        );
        assert!(!rest.iter().any(|line| line.contains("continue with --resume")), "nothing is there: {rest:?}");
        let left = fs::read_to_string(log.join("trace.jsonl")).ok().filter(|text| !text.is_empty());
        let left = left.map(|text| if text.contains("\"kind\":\"step\"") { HALF.to_owned() } else { text });
        assert_eq!(left.as_deref(), stays);
        assert_eq!(log.exists(), is_there, "the folder is not created again");
    }
}
