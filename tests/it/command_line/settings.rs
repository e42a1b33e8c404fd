//! Flags, variables and files of settings.

use std::os::unix::ffi::OsStringExt;

use super::{assert_refused, assert_unusable};
use crate::program::{Place, SMALL, Said};

#[test]
fn an_unknown_flag_command_or_word_gets_a_suggestion() {
    let place = Place::new();
    for (arguments, words) in [
        (&["--dpeth", "3"][..], "unexpected argument '--dpeth' found\n\n  tip: a similar argument exists: '--depth'"),
        (&["viev", "run"], "unrecognized subcommand 'viev'\n\n  tip: a similar subcommand exists: 'view'"),
        (
            &["export", "run", "--to", "cvs"],
            "invalid value 'cvs' for '--to <FORMAT>'\n  [possible values: csv, svg, png]",
        ),
        (&["export", "run"], "the following required arguments were not provided:\n  --to <FORMAT>"),
        (&["completions", "fsh"], "invalid value 'fsh' for '<SHELL>'"),
        (&["--steps", "3", "--epochs", "2"], "the argument '--steps <STEPS>' cannot be used with '--epochs <EPOCHS>'"),
        (&["--append"], "the following required arguments were not provided:\n  --log <DIR>"),
        (&["--log", "x", "--append", "--force"], "the argument '--append' cannot be used with '--force'"),
    ] {
        assert_unusable(&place, arguments, words);
    }
}

#[test]
fn an_unknown_quantity_is_refused_with_a_suggestion() {
    let place = Place::new();
    let said = place.say(["explain", "grad-nrom"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let words =
        "error: 'grad-nrom' is unknown: did you mean 'grad_norm'? It is one of signal_relative, signal_norm, gain, ";
    assert!(said.err.starts_with(words), "{said:?}");
}

#[test]
fn a_value_that_its_setting_does_not_take_is_named_with_its_place() {
    let place = Place::new();
    place.file("unknown.toml", "# a comment\ndpeth = 3\n");
    place.file("value.toml", "depth = 0\n");
    place.file("lanes.toml", "lanes = \"plain\"\n");
    place.file("broken.toml", "depth = \n");
    assert_refused(
        &place,
        &[
            (&["--depth", "0"], 2, "--depth: '0' is not a whole number from 1 to 10000: write e.g. 50"),
            (&["--depth", "ten"], 2, "--depth: 'ten' is not a whole number from 1 to 10000: write e.g. 50"),
            (
                &["--backend", "flax"],
                2,
                "--backend: 'flax' is unknown: did you mean 'flex'? It is one of flex, ndarray",
            ),
            (
                &["--lanes", "plain,resdual"],
                2,
                "--lanes: 'resdual' is unknown: did you mean 'residual'? It is one of plain, residual, rezero, \
                 skipinit, layerscale, fixup, deepnorm, stochastic-depth, norm-scaling, \
                 hyper-connections, constrained-hyper-connections",
            ),
            (&["--lane", "plain:nrom=layer"], 2, "--lane: a lane has no setting 'nrom': did you mean 'norm'?"),
            (&["--lane", "plain:seed=3"], 2, "--lane: seed: it applies to the whole run: write it outside --lane"),
            (
                &["--lane", "plain:name=x", "--lane", "plain:name=x"],
                2,
                "--lane: two lanes are called 'x': set name= on one of them",
            ),
            (&["--lr", "nan"], 2, "--lr: 'nan' is not a number above 0: write e.g. 1e-3"),
            (&["--seed", "-1"], 2, "--seed: '-1' is not a whole number from 0: write e.g. 1"),
            (&["--steps", ""], 2, "--steps: '' is not a whole number from 1: write e.g. 2000"),
            (&["--threads", "many"], 2, "--threads: 'many' is not a whole number from 1: write e.g. 2 or auto"),
            (
                &["--data", "digit"],
                2,
                "--data: 'digit' is unknown: did you mean 'digits'? It is one of digits, text, csv:FILE, \
                 text:FILE, image-folder:DIR, mnist:DIR, fashion:DIR, cifar10:DIR, cifar100:DIR",
            ),
            (&["--image-size", "1"], 2, "--image-size: '1' is not a whole number from 2 to 1024: write e.g. 32"),
            (&["--context", "0"], 2, "--context: '0' is not a whole number from 1 to 65536: write e.g. 64"),
            (&["--batch", "5000"], 2, "--batch: 5000 is larger than the 1,437 training rows: write 1437 or less"),
            (&["--config", "unknown.toml"], 2, "unknown.toml:2: there is no setting 'dpeth': did you mean 'depth'?"),
            (
                &["--config", "value.toml"],
                2,
                "value.toml:1: depth: '0' is not a whole number from 1 to 10000: write e.g. 50",
            ),
            (
                &["--config", "lanes.toml"],
                2,
                "lanes.toml:1: lanes: write a list, such as lanes = [\"plain\", \"residual:norm=layer\"]",
            ),
            (
                &["--config", "none.toml"],
                1,
                "cannot read the settings file none.toml: No such file or directory (os error 2)",
            ),
        ],
    );
    let said = place.say(["--config", "broken.toml"]);
    assert!(said.code == 2 && said.err.starts_with("error: broken.toml:1: not valid TOML: "), "{said:?}");
}

#[test]
fn variables_of_the_environment_are_checked_and_those_of_others_left_alone() {
    let place = Place::new();
    let with = |name: &str, value: &[u8]| {
        let mut command = place.command(["--headless", "--steps", "1"].iter().chain(&SMALL));
        Said::of(&command.env(name, std::ffi::OsString::from_vec(value.to_vec())).output().unwrap())
    };
    for (name, value, words) in [
        ("NABLATOP_SEED", &b"x"[..], "NABLATOP_SEED: 'x' is not a whole number from 0: write e.g. 1"),
        ("NABLATOP_DEPHT", b"3", "NABLATOP_DEPHT: there is no setting 'depht': did you mean 'depth'?"),
        ("NABLATOP_SEED", b"\xff", "NABLATOP_SEED: '\u{fffd}' is not UTF-8"),
    ] {
        let said = with(name, value);
        assert_eq!((said.code, said.err.as_str()), (2, format!("error: {words}\n").as_str()));
    }
    assert_eq!(with("LS_COLORS", b"\xff").code, 0, "no variable of nablatop");
    let said = with("NABLATOP_COLOR", b"foo");
    assert!(said.code == 2 && said.err.contains("invalid value 'foo' for 'NABLATOP_COLOR'"), "{said:?}");
    for name in ["STEPS", "LANES", "LOG", "CONFIG", "COLOR", "THEME", "ASCII", "DIAGNOSTICS"] {
        let said = with(&format!("NABLATOP_{name}"), b"");
        assert_eq!(said.code, 0, "{name} counts as unset: {said:?}");
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file_and_what_is_printed_reads_back() {
    let place = Place::new();
    place.file("base.toml", "depth = 5\nwidth = 5\nseed = 5\n");
    let mut command = place.command(["--config", "base.toml", "--depth", "7", "--lane", "plain", "--lane"]);
    command.args(["residual:norm=layer,branch-scale=0.1", "--print-config"]);
    let first = Said::of(&command.env("NABLATOP_DEPTH", "6").env("NABLATOP_WIDTH", "6").output().unwrap());
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    for line in ["depth = 7", "width = 6", "seed = 5"] {
        assert!(first.out.lines().any(|found| found == line), "{line}: {}", first.out);
    }
    place.file("printed.toml", &first.out);
    let second = place.say(["--config", "printed.toml", "--print-config"]);
    assert_eq!((second.code, second.err.as_str(), second.out), (0, "", first.out));
}
