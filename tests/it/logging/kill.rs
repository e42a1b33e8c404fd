//! `kill -9` at any moment: the trace opens, and no step that was flushed is lost.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use nablatop::trace;

use super::{assert_no_step_is_missing, events, wait_until};
use crate::program::{BACKENDS, Place, SMALL};

fn start(place: &Place, backend: &str) -> Child {
    let arguments = ["--headless", "--log", "run", "--steps", "100000000", "--backend", backend];
    let mut command = place.command(arguments.iter().chain(&SMALL));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// What stands in the file, up to its last whole line.
fn whole_lines(file: &Path) -> Vec<u8> {
    let mut bytes = fs::read(file).unwrap_or_default();
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    bytes.truncate(whole);
    bytes
}

fn survive(kills: usize) {
    let mut most = 0;
    for kill in 0..kills {
        let place = Place::new();
        let file = place.path("run/trace.jsonl");
        let mut child = start(&place, BACKENDS[kill % 2]);
        // From the header alone to some hundred steps, never at a round number.
        let moment = 1 + kill * 104_729 % 400_000;
        wait_until("the trace grows", || whole_lines(&file).len() >= moment);
        let flushed = whole_lines(&file);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(fs::read(&file).unwrap().starts_with(&flushed), "kill {kill}: lines were lost");
        most = most.max(assert_no_step_is_missing(&events(&place.path("run"))));
        let said = place.say(["export", "run", "--to", "csv"]);
        assert!(said.code == 0 && said.err.lines().count() <= 1, "kill {kill}: {}", said.err);
        let more = ["--headless", "--log", "run", "--append", "--steps", "2", "--backend", BACKENDS[kill % 2]];
        let said = place.say(more.iter().chain(&SMALL));
        assert_eq!(said.code, 0, "kill {kill}: {said:?}");
        let appended: Vec<_> = trace::read_last(&place.path("run")).unwrap().map(Result::unwrap).collect();
        assert_eq!(assert_no_step_is_missing(&appended), 2, "kill {kill}");
    }
    assert!(most > 10, "every kill came before the run was under way");
}

#[test]
fn no_flushed_step_is_lost_in_20_kills() {
    survive(20);
}

#[test]
#[ignore = "takes long: the 20 kills above, five times"]
fn no_flushed_step_is_lost_in_100_kills() {
    survive(100);
}
