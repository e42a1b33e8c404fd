//! Claims about checkpoints: a resumed run equals the run that never stopped, whatever happens to it.

mod damage;
mod equal;
mod flight;
mod kill;
mod oversize;
mod rate;
mod trace;

use std::fs;
use std::path::{Path, PathBuf};

use nablatop::event::{Event, SnapshotKind, StepRecord};

use crate::logging::events;
use crate::program::{Place, SMALL, Said};

/// Trains without a screen to the end.
fn train(place: &Place, arguments: &[&str]) -> Said {
    let said = place.say(["--headless"].iter().chain(arguments));
    assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
    said
}

/// A small run with a checkpoint every 4 of so many steps.
fn small(place: &Place, log: &str, steps: &str) {
    train(place, &[&["--log", log, "--save-every", "4", "--steps", steps], &SMALL[..]].concat());
}

/// Names of the checkpoints of a run.
fn names(log: &Path) -> Vec<String> {
    let entries = fs::read_dir(log.join("checkpoints")).unwrap().map(Result::unwrap);
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn checkpoint(log: &Path, step: u64) -> PathBuf {
    log.join(format!("checkpoints/step-{step:06}"))
}

/// A copy of a run as it was when it had saved a step: nothing newer is there but the trace.
fn as_of(place: &Place, log: &str, step: u64, copy: &str) -> PathBuf {
    let (from, to) = (place.path(log), place.path(copy));
    copy_folder(&from, &to);
    for name in names(&to) {
        if name > format!("step-{step:06}") {
            fs::remove_dir_all(to.join("checkpoints").join(name)).unwrap();
        }
    }
    to
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.metadata().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What a run told but for times, notes, and what the flight recorder took once more; sorted, for lanes take turns.
fn told(log: &Path, last: u64) -> Vec<String> {
    let timeless = |record: &StepRecord| StepRecord { step_ns: 0, measure_ns: 0, ..record.clone() };
    let told = events(log).into_iter().filter_map(|event| match event {
        Event::Step(record) => Some(format!("{:?}", timeless(&record))),
        // Each run was evaluated at its own end.
        Event::Eval(eval) if eval.step.0 != last => None,
        Event::Snapshot(ref snapshot) if snapshot.payload.kind() == SnapshotKind::Histogram => {
            Some(format!("{event:?}"))
        }
        Event::Eval(_) | Event::LaneEnded(_) | Event::RunEnded(_) => Some(format!("{event:?}")),
        _ => None,
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

/// Both runs told the same, and ended with the same weights, optimizer and all.
fn assert_same_run(one: &Path, other: &Path, step: u64) {
    let (first, second) = (told(one, step), told(other, step));
    assert_eq!(first.len(), second.len(), "{}", other.display());
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first, second, "{}", other.display());
    }
    for entry in fs::read_dir(checkpoint(one, step)).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("lane-") {
            let read = |log| fs::read(checkpoint(log, step).join(&name)).unwrap();
            assert!(read(one) == read(other), "{}: {} differs", other.display(), name.display());
        }
    }
}
