//! The flight recorder of a resumed run finds what it finds in the run that never stopped, line by line: its alarms,
//! the steps that it re-runs and its notes.

use std::path::Path;

use nablatop::event::{Event, StepRecord};
use nablatop::trace;

use super::train;
use crate::program::Place;

/// Every line of a trace but for times, the run's identity and the mark where it went on; sorted, for lanes take turns.
fn lines(log: &Path) -> Vec<String> {
    let timeless = |record: &StepRecord| StepRecord { step_ns: 0, measure_ns: 0, ..record.clone() };
    let line = |event: Event| match event {
        Event::RunStarted(_) => None,
        Event::Step(record) => Some(format!("{:?}", timeless(&record))),
        Event::Rerun(record) => Some(format!("re-run {:?}", timeless(&record))),
        Event::Note(note) if note.text.starts_with("resumed after") => None,
        Event::Note(note) => {
            let (before, after) = note.text.split_once(" in detail in ").unwrap_or((&note.text, ""));
            let after = after.split_once("; ").map_or("", |(_, found)| found);
            Some(format!("{:?} {:?} {before} … {after}", note.lane, note.step))
        }
        other => Some(format!("{other:?}")),
    };
    let mut lines: Vec<_> = trace::read_last(log).unwrap().map(Result::unwrap).filter_map(line).collect();
    lines.sort();
    lines
}

/// Whether the flight recorder spoke soon after a step: what it re-ran began before it.
fn is_found_across(lines: &[String], step: u64) -> bool {
    lines.iter().any(|line| {
        let words = line.split_once("re-ran steps ").map(|(_, words)| words.split(' ').collect::<Vec<_>>());
        words.is_some_and(|words| {
            let [first, last] = [words[0], words[2]].map(|word| word.parse::<u64>().unwrap());
            first <= step && step < last
        })
    })
}

fn assert_same_lines(settings: &[&str], every: u64, steps: u64) {
    let place = Place::new();
    let (every_word, last) = (every.to_string(), steps.to_string());
    let run =
        [&["--log", "run", "--steps", &last, "--save-every", &every_word, "--histograms", "3"], settings].concat();
    train(&place, &run);
    let straight = lines(&place.path("run"));
    let mut across = 0;
    for step in (every..steps).step_by(every as usize) {
        // A run that ends there: what a killed one leaves.
        let (log, step_word) = (format!("to-{step}"), step.to_string());
        let short =
            [&["--log", &log, "--steps", &step_word, "--save-every", &every_word, "--histograms", "3"], settings];
        train(&place, &short.concat());
        train(&place, &["--resume", &log, "--steps", &last]);
        let resumed = lines(&place.path(&log));
        let evaluated_at_its_end = |line: &&String| !line.starts_with("Eval(") || straight.contains(line);
        let resumed: Vec<_> = resumed.iter().filter(evaluated_at_its_end).collect();
        for (one, other) in straight.iter().zip(&resumed) {
            assert_eq!(&one, other, "after step {step}");
        }
        assert_eq!(straight.len(), resumed.len(), "after step {step}");
        across += u64::from(is_found_across(&straight, step));
    }
    assert!(across >= 2, "the flight recorder looked across {across} of the points");
}

#[test]
fn every_line_is_the_same_with_findings_before_and_after_the_break() {
    assert_same_lines(
        &[
            "--depth",
            "4",
            "--width",
            "16",
            "--batch",
            "8",
            "--activation",
            "tanh",
            "--flight",
            "8",
            "--lane",
            "residual:name=a,lr=0.5,clip=3",
            "--lane",
            "plain:name=b,optimizer=sgd,lr=3",
            "--lane",
            "residual:name=c,optimizer=rmsprop,lr=0.5,norm=batch,activation=relu",
        ],
        3,
        25,
    );
}
