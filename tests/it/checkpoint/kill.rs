//! `kill -9` at any moment, also while a checkpoint is being written: the newest one is undamaged, and the run can be
//! resumed from it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nablatop::train::{Checkpoint, CheckpointError};

use super::names;
use crate::logging::{assert_no_step_is_missing, events, wait_until};
use crate::program::{BACKENDS, Place};

fn start(place: &Place, backend: &str) -> Child {
    let arguments = ["--headless", "--log", "run", "--steps", "100000000", "--save-every", "1", "--backend", backend];
    // Large enough that writing takes a good part of the time.
    let size = ["--depth", "8", "--width", "64", "--batch", "4"];
    let mut command = place.command(arguments.iter().chain(&size));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let said = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(said.success(), "{name}");
}

/// Kills the process in a moment that is told by what lies on the disk: it is held, looked at, and let go on until it is
/// time.
fn kill_when(mut child: Child, wish: &str, is_time: impl Fn() -> bool) {
    wait_until(wish, || {
        signal(&child, "-STOP");
        let is_time = is_time();
        signal(&child, if is_time { "-KILL" } else { "-CONT" });
        is_time
    });
    child.wait().unwrap();
}

/// Names of what lies beside the trace; nothing where there is nothing yet.
fn there(log: &Path) -> Vec<String> {
    if log.join("checkpoints").is_dir() { names(log) } else { Vec::new() }
}

fn is_unfinished(name: impl AsRef<str>) -> bool {
    name.as_ref().starts_with('.')
}

fn survive(kills: usize) {
    let (mut most, mut amid) = (0, 0);
    for kill in 0..kills {
        let place = Place::new();
        let log = place.path("run");
        // From before the first checkpoint to some twenty; every second kill while one is being written.
        let least = kill as u64 * 7 % 20;
        kill_when(start(&place, BACKENDS[kill % 2]), "checkpoints are saved", || {
            let there = there(&log);
            let newest = there.iter().filter_map(|name| name.strip_prefix("step-")?.parse::<u64>().ok()).max();
            let is_amid = there.iter().any(is_unfinished);
            !there.is_empty() && newest.unwrap_or(0) >= least && (is_amid || kill % 4 >= 2)
        });
        let there = names(&log);
        amid += usize::from(there.iter().any(is_unfinished));
        let checkpoint = match Checkpoint::open(&log) {
            Ok(checkpoint) => checkpoint,
            Err(CheckpointError::None(_)) if there.iter().all(is_unfinished) => continue,
            Err(error) => panic!("kill {kill}: {error}: {there:?}"),
        };
        assert_eq!(checkpoint.passed_over(), None, "kill {kill}");
        let step = checkpoint.step().0;
        most = most.max(step);
        let further = (step + 2).to_string();
        let said = place.say(["--headless", "--resume", "run", "--steps", &further]);
        assert_eq!(said.code, 0, "kill {kill}: {said:?}");
        assert_eq!(assert_no_step_is_missing(&events(&log)), step + 2, "kill {kill}");
        let newest = [step + 1, step + 2].map(|step| format!("step-{step:06}"));
        assert_eq!(names(&log), newest, "kill {kill}: nothing unfinished stays");
    }
    assert!(most > 3 && amid >= kills / 4, "too few kills hit anything: {most} {amid}");
}

#[test]
fn the_newest_checkpoint_is_whole_after_20_kills() {
    survive(20);
}

#[test]
fn a_resumed_run_that_is_killed_can_be_resumed_again() {
    let place = Place::new();
    let log = place.path("run");
    kill_when(start(&place, BACKENDS[0]), "a checkpoint", || Checkpoint::open(&log).is_ok());
    let mut last = Checkpoint::open(&log).unwrap().step();
    for kill in 0..21 {
        let trace = log.join("trace.jsonl");
        let rewritten = trace.with_extension("jsonl.new");
        let length = fs::metadata(&trace).unwrap().len();
        let resume = ["--headless", "--resume", "run", "--save-every", "3"];
        let mut command = place.command(resume);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Before the trace is touched; while it is rewritten, or just after; and some steps later.
        kill_when(child, "the run goes on", || match kill % 3 {
            0 => true,
            1 => rewritten.exists() || fs::metadata(&trace).unwrap().len() != length,
            _ => Checkpoint::open(&log).is_ok_and(|checkpoint| checkpoint.step() > last),
        });
        let checkpoint = Checkpoint::open(&log).unwrap();
        assert!(checkpoint.passed_over().is_none() && checkpoint.step() >= last, "kill {kill}");
        last = checkpoint.step();
        let _ = events(&log);
    }
    let further = (last.0 + 2).to_string();
    let said = place.say(["--headless", "--resume", "run", "--steps", &further]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(assert_no_step_is_missing(&events(&log)), last.0 + 2);
}

#[test]
#[ignore = "takes long: the 20 kills above, ten times"]
fn the_newest_checkpoint_is_whole_after_200_kills() {
    survive(200);
}
