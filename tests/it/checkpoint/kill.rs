//! `kill -9` at any moment, also while a checkpoint is being written: the newest is whole, and the run goes on from it.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use gradtop::train::{Checkpoint, CheckpointError};

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

/// Passes time without the system's sleep, which is far coarser.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

fn survive(kills: usize) {
    let (mut most, mut amid) = (0, 0);
    for kill in 0..kills {
        let place = Place::new();
        let log = place.path("run");
        let mut child = start(&place, BACKENDS[kill % 2]);
        wait_until("checkpoints are saved", || log.join("checkpoints").is_dir());
        // From before the first checkpoint to some dozen, never at a round number.
        spin(Duration::from_micros(7_919 * kill as u64 % 211_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let there = names(&log);
        amid += usize::from(there.iter().any(|name| name.starts_with('.')));
        let checkpoint = match Checkpoint::open(&log) {
            Ok(checkpoint) => checkpoint,
            Err(CheckpointError::None(_)) if there.iter().all(|name| name.starts_with('.')) => continue,
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
    assert!(most > 3 && amid > 0, "no kill hit anything: {most} {amid}");
}

#[test]
fn the_newest_checkpoint_is_whole_after_20_kills() {
    survive(20);
}

#[test]
fn a_run_that_is_killed_while_it_goes_on_goes_on_again() {
    let place = Place::new();
    let log = place.path("run");
    let mut child = start(&place, BACKENDS[0]);
    wait_until("a checkpoint", || Checkpoint::open(&log).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    let mut last = Checkpoint::open(&log).unwrap().step();
    for kill in 0..20 {
        let resume = ["--headless", "--resume", "run", "--save-every", "3"];
        let mut command = place.command(resume);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Before the trace is touched, while it is rewritten, and some steps later.
        spin(Duration::from_micros(3_000 + 7_919 * kill % 83_000));
        child.kill().unwrap();
        child.wait().unwrap();
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
