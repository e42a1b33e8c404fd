//! Output of the program: closed pipes, full disks, shell completions.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::program::{Place, SMALL, Said};

/// Everything that prints a lot, or at the end.
fn printers(place: &Place) -> Vec<Vec<&'static str>> {
    place.trace("run");
    vec![
        vec!["export", "run", "--to", "csv"],
        vec!["export", "run", "--to", "svg"],
        vec!["export", "run", "--to", "png"],
        vec!["--print-config"],
        vec!["explain"],
        vec!["explain", "gain"],
        vec!["completions", "bash"],
        vec!["man"],
        vec!["--help"],
        vec!["export", "--help"],
        [&["--headless", "--steps", "3"], &SMALL[..]].concat(),
    ]
}

#[test]
fn a_reader_that_closes_the_output_is_not_an_error() {
    let place = Place::new();
    for arguments in printers(&place) {
        let mut child = place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // As `head -c 1` does.
        let mut out = child.stdout.take().unwrap();
        assert_eq!(out.read(&mut [0]).unwrap(), 1);
        drop(out);
        let said = Said::of(&child.wait_with_output().unwrap());
        assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
        assert!(!said.err.contains("error"), "{arguments:?}: {said:?}");
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error_that_says_so() {
    let place = Place::new();
    for arguments in printers(&place) {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let said = Said::of(&place.command(&arguments).stdout(full).output().unwrap());
        assert_eq!(said.code, 1, "{arguments:?}: {said:?}");
        let last = said.err.lines().last().unwrap();
        assert!(last.starts_with("error: cannot write "), "{arguments:?}: {last}");
        assert!(last.ends_with(": No space left on device (os error 28)"), "{arguments:?}: {last}");
    }
}

#[test]
fn a_run_that_is_piped_is_headless_and_says_so() {
    let place = Place::new();
    let said = place.say(["--steps", "3"].iter().chain(&SMALL));
    let notes = "nablatop: standard output is not a terminal: running headless\n\
                 nablatop: nothing is written: give --log DIR to keep the run\n";
    assert_eq!((said.code, said.err.as_str()), (0, notes));
    let mut lines = said.out.lines();
    let data = lines.next().unwrap();
    assert!(
        data.starts_with("data digits: 1,797 pictures of 8×8 (1,437 training + 360 held out), 10 classes, "),
        "{data}"
    );
    let first = lines.next().unwrap();
    assert_eq!(first, "lane      outcome    step  final loss  held out  per block  theory  first/last block");
    assert_eq!(said.out.lines().count(), 4);
}

#[test]
fn a_long_run_that_is_piped_prints_plain_lines() {
    let place = Place::new();
    let endless = ["--headless", "--steps", "100000000"];
    let mut child =
        place.command(endless.iter().chain(&SMALL)).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("step ") && line.contains(" of 100,000,000 · ") && line.contains(" steps/s · "), "{line}");
    assert!(!line.contains('\x1b') && !line.contains('\r'), "{line:?}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_version_the_manual_and_completions_that_a_shell_takes_are_printed() {
    let place = Place::new();
    assert_eq!(place.say(["--version"]).out, format!("nablatop {}\n", env!("CARGO_PKG_VERSION")));
    let manual = place.say(["man"]);
    assert!(manual.code == 0 && manual.out.contains(".TH nablatop 1"), "{}", &manual.out[..200]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = place.say(["completions", shell]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}");
        assert!(said.out.contains("branch-scale"), "{shell}");
    }
    place.file("completions", place.say(["completions", "bash"]).out);
    let read = Command::new("bash").arg("-n").arg(place.path("completions")).status().unwrap();
    assert!(read.success());
}

#[test]
fn help_groups_the_flags_and_gives_three_examples() {
    let place = Place::new();
    for arguments in [&["--help"][..], &["run", "--help"]] {
        let said = place.say(arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        for heading in ["Lanes:", "Stack:", "Training:", "Run:", "Screen:", "Examples:"] {
            assert!(said.out.contains(heading), "{heading}: {}", said.out);
        }
        let examples = said.out.split("Examples:").nth(1).unwrap();
        assert_eq!(examples.lines().filter(|line| line.starts_with("  nablatop")).count(), 3);
    }
}
