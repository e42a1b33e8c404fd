//! A step that cannot be dumped is refused before anything starts; a full disk is reported at the end.

use std::fs;
use std::process::Command;

use super::assert_refused;
use crate::program::{NABLATOP, Place, SMALL, Said, environment};

/// The flags of a small run.
fn small<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--headless", "--steps", "3"], &SMALL[..], more].concat()
}

#[test]
fn a_dump_that_makes_no_sense_is_refused_before_the_run() {
    let place = Place::new();
    place.file("there", "x");
    place.file("file", "x");
    fs::create_dir(place.path("folder")).unwrap();
    let example = "write STEP:FILE, such as 1:first.safetensors";
    let cases = [
        ("x", 2, format!("--dump: 'x' does not name a step and a file: {example}")),
        ("x:y", 2, format!("--dump: 'x:y': 'x' is not a whole number from 1: {example}")),
        ("0:x", 2, format!("--dump: '0:x': steps count from 1: {example}")),
        ("1:", 2, format!("--dump: '1:' does not name a file: {example}")),
        ("1:new/", 2, format!("--dump: '1:new/' does not name a file: {example}")),
        ("4:x", 2, "--dump 4:x: the run ends at step 3: write a step from 1 to 3".to_owned()),
        ("1:there", 1, "there already exists: write --force to replace it, or give --dump another file".to_owned()),
        ("1:folder", 1, "cannot write folder: Is a directory (os error 21): give --dump another file".to_owned()),
        (
            "1:none/x",
            1,
            "cannot write none/x: No such file or directory (os error 2): give --dump another file".to_owned(),
        ),
        ("1:file/x", 1, "cannot write file/x: Not a directory (os error 20): give --dump another file".to_owned()),
    ];
    for (dump, code, words) in &cases {
        // Nothing is created for a run that cannot start.
        assert_refused(&place, &[(&small(&["--dump", dump, "--log", "run"]), *code, words)]);
    }
    assert_refused(
        &place,
        &[
            (
                &small(&["--dump", "1:./x", "--dump", "2:x"]),
                2,
                "--dump x: two steps cannot be written to the same file: give each a file of its own",
            ),
            (
                &small(&["--force"]),
                2,
                "--force has no effect, since nothing is written: give --log DIR or --dump STEP:FILE too",
            ),
        ],
    );
    // Not even root may write here.
    let said = place.say(small(&["--dump", "1:/proc/x"]));
    assert!(said.code == 1 && said.err.starts_with("error: cannot write /proc/x: "), "{said:?}");
}

#[test]
fn a_file_is_replaced_only_with_force() {
    let place = Place::new();
    place.file("x", "mine");
    let said = place.say(small(&["--dump", "3:x", "--force"]));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.ends_with("nablatop: wrote step 3 to x\n"), "{said:?}");
    assert!(fs::read(place.path("x")).unwrap().len() > 1000);
    assert_eq!(place.inventory().len(), 1, "something was left beside it");
}

#[test]
fn a_dump_may_go_into_the_folder_of_the_trace() {
    let place = Place::new();
    for _ in 0..2 {
        let said = place.say(small(&["--log", "new/run", "--dump", "1:new/run/1.safetensors", "--force"]));
        assert_eq!(said.code, 0, "{said:?}");
        assert!(place.path("new/run/1.safetensors").exists() && place.path("new/run/trace.jsonl").exists());
    }
}

#[test]
fn a_full_disk_does_not_stop_the_run_and_is_reported() {
    let place = Place::new();
    let said = place.say(small(&["--dump", "1:/dev/full", "--dump", "2:x"]));
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("completed"), "{said:?}");
    assert!(said.err.contains("nablatop: wrote step 2 to x\n"), "{said:?}");
    let words = "error: the dump of step 1 is lost: cannot write /dev/full: No space left on device (os error 28)\n";
    assert!(said.err.ends_with(words), "{said:?}");

    // A file of its own that cannot grow: 8 blocks of 512 bytes (of 1024 in some shells).
    let script = "trap '' XFSZ; ulimit -S -f 8; exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", NABLATOP]).args(small(&["--dump", "1:large"])).current_dir(place.root());
    let said = Said::of(&command.env_clear().envs(environment()).output().unwrap());
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("error: the dump of step 1 is lost: cannot write large: File too large"), "{said:?}");
    let names: Vec<_> = place.inventory().into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, [place.path("x")], "something was left behind");
}
