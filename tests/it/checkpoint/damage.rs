//! What cannot be used is refused before anything is touched: the file, what is wrong with it, what to do.

use std::fs;
use std::path::Path;

use super::{checkpoint, events, names, small, train};
use crate::program::{Place, SMALL};

/// A file, what is done to it, and what is said of it then.
type Case<'a> = (&'a Path, &'a dyn Fn(&Path), String);

/// The run in a place of its own with checkpoints of steps 4 and 8.
fn saved() -> Place {
    let place = Place::new();
    small(&place, "run", "8");
    assert_eq!(names(&place.path("run")), ["step-000004", "step-000008"]);
    place
}

/// Refused with these words, with nothing touched.
pub(super) fn assert_refused(place: &Place, arguments: &[&str], code: i32, words: &str) {
    let before = place.inventory();
    let said = place.say(["--headless"].iter().chain(arguments));
    let last = said.err.lines().last().unwrap_or_default().to_owned();
    assert_eq!((said.code, last.as_str()), (code, format!("error: {words}").as_str()), "{arguments:?}: {said:?}");
    assert!(!said.err.contains("continuing after"), "it does not go on: {said:?}");
    assert_eq!(place.inventory(), before, "{arguments:?} left something behind");
}

const NEWEST: &str = "run/checkpoints/step-000008";
/// `18,234`, of a number below a million.
fn in_thousands(number: u64) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

const OLDER: &str = ": an older checkpoint is complete: give --resume run/checkpoints/step-000004";

#[test]
fn a_damaged_file_is_named_with_the_checkpoint_to_take_instead() {
    let place = saved();
    let lane = place.path(NEWEST).join("lane-2.safetensors");
    let settings = place.path(NEWEST).join("settings.toml");
    let manifest = place.path(NEWEST).join("checkpoint.json");
    let length = fs::metadata(&lane).unwrap().len();
    let bit = |path: &Path| {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(path, bytes).unwrap();
    };
    let cut = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 9]).unwrap();
    };
    let remove = |path: &Path| fs::remove_file(path).unwrap();
    let empty = |path: &Path| fs::write(path, "").unwrap();
    let foreign = |path: &Path| fs::write(path, "{\"loss\":1}\n").unwrap();
    let broken = "it is damaged: its checksum does not match";
    let missing = "it cannot be read: No such file or directory (os error 2)";
    let cases: [Case<'_>; 9] = [
        (&lane, &bit, broken.to_owned()),
        (&lane, &cut, format!("it has {} bytes instead of {}", in_thousands(length - 9), in_thousands(length))),
        (&lane, &remove, missing.to_owned()),
        (&settings, &bit, broken.to_owned()),
        (&manifest, &bit, "it is cut short or damaged".to_owned()),
        (&manifest, &cut, "it is cut short or damaged".to_owned()),
        (&manifest, &empty, "it is empty".to_owned()),
        (&manifest, &foreign, "it is not a checkpoint of nablatop".to_owned()),
        (&manifest, &remove, missing.to_owned()),
    ];
    for (file, damage, problem) in cases {
        let whole = fs::read(file).unwrap();
        damage(file);
        let name = file.strip_prefix(place.root()).unwrap().display();
        assert_refused(&place, &["--resume", NEWEST, "--steps", "12"], 1, &format!("{name}: {problem}{OLDER}"));
        fs::write(file, whole).unwrap();
    }
    // The run itself goes on from the older one, says why, and leaves the damaged one there.
    bit(&lane);
    let said = train(&place, &["--resume", "run", "--steps", "12"]);
    assert!(said.err.contains("skipped a newer checkpoint: run/checkpoints/step-000008/lane-2"), "{said:?}");
    assert!(said.err.contains("continuing after step 4 of run/checkpoints/step-000004\n"), "{said:?}");
    assert_eq!(names(&place.path("run")), ["step-000008", "step-000008.damaged-1", "step-000012"]);
}

#[test]
fn if_every_checkpoint_is_damaged_the_newest_problem_is_reported() {
    let place = saved();
    for step in [4, 8] {
        fs::write(checkpoint(&place.path("run"), step).join("checkpoint.json"), "").unwrap();
    }
    let words =
        format!("{NEWEST}/checkpoint.json: it is empty: no older checkpoint is complete: start a run without --resume");
    assert_refused(&place, &["--resume", "run", "--steps", "12"], 1, &words);
    assert_refused(&place, &["--resume", NEWEST, "--steps", "12"], 1, &words);
}

#[test]
fn a_folder_without_a_checkpoint_is_refused_with_a_reason() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).unwrap();
    place.file("file", "x");
    train(&place, &[&["--log", "unsaved", "--steps", "2"], &SMALL[..]].concat());
    let remedy = "holds no checkpoint: give --resume the folder of a run that was logged with --save-every";
    assert_refused(&place, &["--resume", "empty"], 1, &format!("empty {remedy}"));
    assert_refused(&place, &["--resume", "unsaved"], 1, &format!("unsaved {remedy}"));
    let remedy = ": give --resume the folder of a run, or one of its checkpoints";
    let nothing = format!("cannot read none: No such file or directory (os error 2){remedy}");
    assert_refused(&place, &["--resume", "none"], 1, &nothing);
    let file = format!("cannot read file: Not a directory (os error 20){remedy}");
    assert_refused(&place, &["--resume", "file"], 1, &file);
}

#[test]
fn a_newer_version_and_other_data_are_refused() {
    let place = saved();
    let manifest = place.path(NEWEST).join("checkpoint.json");
    let whole = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, sealed(&whole.replace("\"version\":1", "\"version\":2"))).unwrap();
    let words =
        format!("{NEWEST}/checkpoint.json has version 2, and this nablatop reads up to version 1: update nablatop");
    assert_refused(&place, &["--resume", "run", "--steps", "12"], 1, &words);

    let rows: Vec<_> = (0..40).map(|row| format!("{row},{},{}\n", row * row % 7, ["a", "b"][row % 2])).collect();
    let table = rows.concat();
    place.file("mine.csv", &table);
    train(
        &place,
        &[&["--data", "csv:mine.csv", "--log", "mine", "--save-every", "4", "--steps", "4"], &SMALL[..]].concat(),
    );
    place.file("mine.csv", table.replace("39,", "38,"));
    let words = "the data of csv:mine.csv differ from those of the checkpoint: a resumed run needs the same files";
    assert_refused(&place, &["--resume", "mine", "--steps", "8"], 1, words);
}

#[test]
fn settings_that_make_another_run_are_refused_by_their_flag() {
    let place = saved();
    let keeps = "and a resumed run keeps it: leave it out, or start a run without --resume";
    let lanes = "a resumed run keeps the lanes of its checkpoint: leave it out, or start a run without --resume";
    let resume = |more: &[&'static str]| [&["--resume", "run", "--steps", "12"], more].concat();
    assert_refused(&place, &resume(&["--depth", "4"]), 2, &format!("--depth: the checkpoint has 3, {keeps}"));
    assert_refused(&place, &resume(&["--lr", "1"]), 2, &format!("--lr: the checkpoint has 0.001, {keeps}"));
    assert_refused(&place, &resume(&["--seed", "2"]), 2, &format!("--seed: the checkpoint has 1, {keeps}"));
    assert_refused(&place, &resume(&["--lanes", "plain"]), 2, &format!("--lanes: {lanes}"));
    let over = "--steps: the run ends at step 8, but the checkpoint is already at step 8: write more to continue";
    assert_refused(&place, &["--resume", "run"], 2, over);
    assert_refused(&place, &["--resume", "run", "--steps", "8"], 2, over);
    let dump = "--dump 8:x: the run goes on after step 8: write a later step";
    assert_refused(&place, &resume(&["--dump", "8:x"]), 2, dump);
    let words = "run/checkpoints/step-000008 is newer than step 4: to continue from step 4 anyway, give --log \
                 another folder";
    assert_refused(&place, &["--resume", "run/checkpoints/step-000004"], 1, words);
    // The command line of the first run, once more.
    let again = [&["--resume", "run", "--save-every", "4", "--steps", "9"], &SMALL[..]].concat();
    train(&place, &again);
}

#[test]
fn checkpoints_need_a_folder_that_is_not_another_runs() {
    let place = saved();
    let words =
        "--save-every: checkpoints are saved in the folder of the trace: give --log DIR too, or --save-every off";
    assert_refused(&place, &[&["--save-every", "4"], &SMALL[..]].concat(), 2, words);
    fs::remove_file(place.path("run/trace.jsonl")).unwrap();
    fs::remove_file(place.path("run/run.json")).unwrap();
    let words = "run/checkpoints holds checkpoints of another run: add --force to replace them, or give --log another \
                 folder";
    let run = [&["--save-every", "3", "--steps", "3", "--log", "run"], &SMALL[..]].concat();
    assert_refused(&place, &run, 1, words);
    train(&place, &[&run[..], &["--force"]].concat());
    assert_eq!(names(&place.path("run")), ["step-000003"]);
}

#[test]
fn a_run_that_replaces_another_leaves_no_checkpoint_of_it_though_it_saves_none() {
    let place = saved();
    let other = place.path("run/checkpoints/step-000099");
    fs::create_dir(&other).unwrap();
    train(&place, &[&["--steps", "3", "--log", "run", "--force"], &SMALL[..]].concat());
    assert_eq!(names(&place.path("run")), ["step-000099"], "what only has such a name stays");
    fs::remove_dir(other).unwrap();
    let words = "run holds no checkpoint: give --resume the folder of a run that was logged with --save-every";
    assert_refused(&place, &["--resume", "run"], 1, words);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_a_checkpoint_does_not_stop_the_run_and_is_reported() {
    let place = Place::new();
    fs::create_dir_all(place.path("run/checkpoints")).unwrap();
    // Where a folder is to be made: not even root may then.
    for step in [2, 4, 5] {
        place.file(&format!("run/checkpoints/.step-00000{step}"), "in the way");
    }
    let run = ["--headless", "--log", "run", "--steps", "5", "--save-every", "2"];
    let said = place.say(run.iter().chain(&SMALL));
    assert!(said.code == 1 && said.out.contains("completed"), "{said:?}");
    let words = "error: the last checkpoint is lost: cannot write run/checkpoints: ";
    assert!(said.err.lines().last().is_some_and(|line| line.starts_with(words)), "{said:?}");
    assert_eq!(
        events(&place.path("run")).len(),
        1 + 2 * 5 + 2 + 2 + 2 + 2 + 1,
        "header, steps, histograms, tensors, ends"
    );

    fs::create_dir(place.path("linked")).unwrap();
    std::os::unix::fs::symlink("/proc", place.path("linked/checkpoints")).unwrap();
    let said = place.say(["--headless", "--log", "linked", "--steps", "5", "--save-every", "2"].iter().chain(&SMALL));
    assert!(said.code == 1 && said.err.contains("it is a symbolic link"), "{said:?}");

    place.file("file", "");
    fs::create_dir(place.path("other")).unwrap();
    place.file("other/checkpoints", "");
    let run = ["--headless", "--log", "other", "--steps", "5", "--save-every", "2"];
    let said = place.say(run.iter().chain(&SMALL));
    assert!(said.code == 1 && said.err.contains("error: cannot write other/checkpoints: File exists"), "{said:?}");
}

#[test]
fn a_lane_of_another_shape_or_another_optimizer_does_not_fit_however_well_it_is_sealed() {
    let place = saved();
    let others = [
        (&["--width", "9", "--depth", "3"][..], "initial/stem.weight is [64, 9], expected [64, 8]"),
        (&["--depth", "2", "--width", "8"], "initial/blocks.2."),
        (&["--depth", "4", "--width", "8"], "initial/blocks.3."),
        (
            &["--depth", "3", "--width", "8", "--optimizer", "sgd"],
            "the optimizer's state is incomplete, or it belongs to another optimizer: was it written by another",
        ),
    ];
    let manifest = place.path(NEWEST).join("checkpoint.json");
    let lane = place.path(NEWEST).join("lane-1.safetensors");
    for (settings, problem) in others {
        let common = ["--log", "other", "--batch", "8", "--steps", "8", "--save-every", "8", "--force"];
        train(&place, &[&common[..], settings].concat());
        let sum = |manifest: &str| {
            let (_, rest) = manifest.split_once("\"name\":\"plain\",\"file\":").unwrap();
            rest.split_once('}').unwrap().0.to_owned()
        };
        let [ours, theirs] = ["run", "other"]
            .map(|log| fs::read_to_string(checkpoint(&place.path(log), 8).join("checkpoint.json")).unwrap());
        fs::write(&manifest, sealed(&ours.replace(&sum(&ours), &sum(&theirs)))).unwrap();
        fs::copy(checkpoint(&place.path("other"), 8).join("lane-1.safetensors"), &lane).unwrap();
        let before = place.inventory();
        let said = place.say(["--headless", "--resume", "run", "--steps", "12"]);
        let words = format!("error: {NEWEST}/lane-1.safetensors does not fit lane 'plain': {problem}");
        assert!(said.code == 1 && said.err.contains(&words), "{words}: {said:?}");
        assert_eq!(place.inventory(), before);
    }
}

/// A line with a seal that holds.
pub(super) fn sealed(line: &str) -> String {
    let body = line.rsplit_once(",\"crc\":").unwrap().0;
    format!("{body},\"crc\":{}}}\n", crc32c::crc32c(body.as_bytes()))
}
