//! A checkpoint whose run does not fit into memory is refused like a new run. Nothing here allocates what is estimated:
//! the scores of attention, which no weight shows, make the run large, and the saved settings of a small run are
//! rewritten.

use std::fs;

use nablatop::train::{Checkpoint, Oversize, TrainError, prepare_sized};

use super::damage::{assert_refused, sealed};
use super::{checkpoint, train};
use crate::program::Place;

/// A run of a transformer, saved at step 2, with a context of 4,096 characters in place of its 16.
fn too_large() -> Place {
    let place = Place::new();
    let run =
        "--model transformer --positions rotary --depth 24 --width 64 --heads 32 --context 16 --batch 1 --steps 2";
    let run: Vec<&str> = run.split(' ').collect();
    train(&place, &[&run[..], &["--detail", "off", "--log", "run", "--save-every", "2"]].concat());
    let folder = checkpoint(&place.path("run"), 2);
    let (settings, manifest) = (folder.join("settings.toml"), folder.join("checkpoint.json"));
    let small = fs::read_to_string(&settings).unwrap();
    let large = small.replace("\ncontext = 16\n", "\ncontext = 4096\n").replace("\nbatch = 1\n", "\nbatch = 12\n");
    assert_eq!(large.len(), small.len() + 3);
    fs::write(&settings, &large).unwrap();
    let sums = [&small, &large]
        .map(|text| format!("\"settings\":{{\"bytes\":{},\"crc\":{}}}", text.len(), crc32c::crc32c(text.as_bytes())));
    let line = fs::read_to_string(&manifest).unwrap();
    assert!(line.contains(&sums[0]), "{line}");
    fs::write(&manifest, sealed(&line.replace(&sums[0], &sums[1]))).unwrap();
    place
}

#[test]
fn a_checkpoint_of_a_run_that_does_not_fit_is_refused_with_its_estimate_and_nothing_is_touched() {
    let place = too_large();
    let before = place.inventory();
    let said = place.say(["--headless", "--resume", "run", "--steps", "4"]);
    let words = "error: --batch: the run would take about ";
    assert!(said.code == 2 && said.err.lines().last().is_some_and(|line| line.starts_with(words)), "{said:?}");
    assert!(said.err.ends_with(", or add --force to start it anyway\n"), "{said:?}");
    assert_eq!(place.inventory(), before);
}

#[test]
fn such_a_checkpoint_is_prepared_where_that_is_forced() {
    let place = too_large();
    let saved = Checkpoint::open(&place.path("run")).unwrap();
    let mut config = saved.config().clone();
    config.length = nablatop::config::Length::Steps(4);
    let judged = |oversize| prepare_sized(config.clone(), Some(&saved), oversize).map(|run| run.footprint().bytes());
    assert!(matches!(judged(Oversize::Refused), Err(TrainError::TooLarge(_))));
    assert!(judged(Oversize::Allowed).unwrap() > 1 << 40, "prepared, and dropped before its first step");
    // On the command line: past the judgement it comes to the folder, which cannot be made.
    place.file("file", "");
    let elsewhere = ["--resume", "run", "--steps", "4", "--log", "file/run", "--save-every", "off"];
    assert_refused(
        &place,
        &[&elsewhere[..], &["--force"]].concat(),
        1,
        "cannot create the folder file/run: Not a directory (os error 20): give --log another one",
    );
    let said = place.say(["--headless"].iter().chain(&elsewhere));
    assert!(said.code == 2 && said.err.contains("--batch: the run would take about "), "{said:?}");
}
