//! A trace on standard input, and a system with a small stack.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use crate::program::{NABLATOP, Place, SMALL, Said, environment};

fn with_input(place: &Place, arguments: &[&str], input: impl Into<Stdio>) -> Said {
    Said::of(&place.command(arguments).stdin(input).output().unwrap())
}

#[test]
fn export_reads_a_trace_from_standard_input_and_of_several_runs_the_last() {
    let place = Place::new();
    place.trace("run");
    place.say(["--headless", "--steps", "4", "--log", "run", "--append"].iter().chain(&SMALL));
    let file = place.path("run/trace.jsonl");
    let from_file = place.say(["export", "run", "--to", "csv"]);
    let arguments = ["export", "-", "--to", "csv"];
    let redirected = with_input(&place, &arguments, File::open(&file).unwrap());
    assert_eq!((redirected.code, &redirected.out), (0, &from_file.out), "{}", redirected.err);
    let mut cat = Command::new("cat").arg(&file).stdout(Stdio::piped()).spawn().unwrap();
    let piped = with_input(&place, &arguments, cat.stdout.take().unwrap());
    assert!(cat.wait().unwrap().success());
    assert_eq!((piped.code, &piped.out), (0, &from_file.out), "{}", piped.err);
    assert!(piped.err.contains("the last of 2 runs is exported"), "{piped:?}");
}

#[test]
fn what_is_not_a_trace_on_standard_input_is_refused_though_it_has_no_end() {
    let place = Place::new();
    let words = "error: standard input does not begin like a trace: write nablatop export - < trace.jsonl\n";
    for file in ["/dev/zero", "/dev/null"] {
        let said = with_input(&place, &["export", "-", "--to", "csv"], File::open(file).unwrap());
        assert_eq!((said.code, said.err.as_str()), (2, words), "{file}");
    }
    let folder = with_input(&place, &["export", "-", "--to", "csv"], File::open(place.root()).unwrap());
    assert!(folder.err.starts_with("error: cannot read standard input: Is a directory"), "{folder:?}");
    place.trace("run");
    let beginning = fs::read(place.path("run/trace.jsonl")).unwrap()[..60].to_vec();
    fs::write(place.path("torn"), beginning).unwrap();
    let torn = with_input(&place, &["export", "-", "--to", "csv"], File::open(place.path("torn")).unwrap());
    assert!(torn.err.starts_with("error: standard input ends within its first line"), "{torn:?}");
    let said = place.say(["view", "-"]);
    assert!(said.code == 2 && said.err.contains("write it into a file first, or nablatop export -"), "{said:?}");
}

#[test]
fn a_stack_of_64_kib_is_enough_to_run_to_read_and_to_refuse() {
    let place = Place::new();
    let small_stack = |words: &str| {
        let script = format!("ulimit -s 64; exec {NABLATOP} {words}");
        let mut command = Command::new("bash");
        command.args(["-c", &script]).current_dir(place.root()).env_clear().envs(environment());
        Said::of(&command.output().unwrap())
    };
    let run = small_stack("--headless --steps 3 --depth 200 --width 8 --batch 8 --log run");
    assert!(run.code == 0 && run.out.contains("completed"), "{run:?}");
    assert_eq!(small_stack("export run --to csv").code, 0);
    assert_eq!(small_stack("explain gain").code, 0);
    assert_eq!(small_stack("--depth 0").code, 2);
}

#[test]
fn a_log_folder_whose_name_is_not_utf_8_is_used_as_it_is() {
    let place = Place::new();
    let name = std::ffi::OsStr::from_bytes(b"run-\xff\xfe");
    let words = ["--headless", "--steps", "4", "--save-every", "2"].iter().chain(&SMALL).map(std::ffi::OsStr::new);
    let said = place.say(words.chain([std::ffi::OsStr::new("--log"), name]));
    assert_eq!(said.code, 0, "{said:?}");
    let there: Vec<_> = std::fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there, [name], "no other folder");
    assert!(place.root().join(name).join("trace.jsonl").exists());
    let resumed =
        place.say(["--headless", "--steps", "6", "--resume"].map(std::ffi::OsStr::new).into_iter().chain([name]));
    assert_eq!(resumed.code, 0, "{resumed:?}");
    let there: Vec<_> = std::fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there, [name], "no other folder after a resume");
}
