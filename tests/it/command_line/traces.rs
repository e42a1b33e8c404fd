//! Traces that cannot be read, and exports that would overwrite something.

use std::fs;

use nablatop::quantity::Quantity;
use nablatop::trace::{OnExisting, Writer};

use super::assert_refused;
use crate::fixture;
use crate::program::Place;

/// The first line with a new checksum, as a newer nablatop would write it.
fn newer(header: &str) -> String {
    let newer = header.replacen("\"version\":1", "\"version\":7", 1);
    let body = &newer[..newer.rfind(",\"crc\":").unwrap()];
    format!("{body},\"crc\":{}}}\n", crc32c::crc32c(body.as_bytes()))
}

#[test]
fn a_trace_that_cannot_be_read_says_why() {
    let place = Place::new();
    let good = fs::read_to_string(place.trace("run").join("trace.jsonl")).unwrap();
    let header = good.lines().next().unwrap();
    place.file("empty", "");
    place.file("begun", &header[..200]);
    place.file("foreign.json", "{\"step\":1,\"loss\":2.0}\n");
    place.file("table.csv", "step,loss\n1,2\n");
    place.file("newer", newer(header));
    place.file("damaged", header.replacen("plain", "plein", 1) + "\n");
    fs::create_dir(place.path("folder")).unwrap();
    let cases = [
        ("empty", "empty is empty: the run ended before it wrote its first line"),
        ("begun", "begun ends within its first line: the run was killed when it started, and nothing was recorded"),
        ("foreign.json", "foreign.json is not a trace of nablatop: it looks like JSON of another program"),
        ("table.csv", "table.csv is not a trace of nablatop: it looks like a table of comma-separated values"),
        ("newer", "newer has format version 7, and this nablatop reads up to version 1: update nablatop"),
        ("damaged", "the first line of damaged is damaged, and no other line can be read without it"),
        ("/dev/zero", "cannot read /dev/zero: it is a pipe, a socket or a device, and only regular files are read"),
        ("nowhere", "there is no trace at nowhere: give the folder that a run wrote with --log"),
        ("folder", "there is no trace at folder/trace.jsonl: give the folder that a run wrote with --log"),
    ];
    for (trace, words) in cases {
        for format in ["csv", "svg", "png"] {
            // Nor is an output file begun, or an old one replaced.
            assert_refused(
                &place,
                &[
                    (&["export", trace, "--to", format], 1, words),
                    (&["export", trace, "--to", format, "-o", "out"], 1, words),
                    (&["export", trace, "--to", format, "-o", "run/run.json", "--force"], 1, words),
                ],
            );
        }
    }
}

#[test]
fn an_export_replaces_a_file_only_with_force_and_never_the_trace() {
    let place = Place::new();
    place.trace("run");
    place.file("out.csv", "mine\n");
    assert_refused(
        &place,
        &[
            (
                &["export", "run", "--to", "csv", "-o", "out.csv"],
                1,
                "out.csv already exists: write --force to replace it",
            ),
            (
                &["export", "run", "--to", "svg", "-o", "out.csv", "--force"],
                2,
                "out.csv has the name of another format: write --to csv, or -o FILE.svg",
            ),
            (
                &["export", "run", "--to", "csv", "-o", "none/out.csv"],
                1,
                "cannot write none/out.csv: No such file or directory (os error 2): give -o another file",
            ),
            (
                &["export", "run", "--to", "csv", "-o", "./run/trace.jsonl", "--force"],
                1,
                "./run/trace.jsonl is the trace itself: give -o another file",
            ),
        ],
    );
    assert_eq!(fs::read_to_string(place.path("out.csv")).unwrap(), "mine\n");
    let said = place.say(["export", "run", "--to", "csv", "-o", "out.csv", "--force"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(fs::read_to_string(place.path("out.csv")).unwrap().starts_with("lane,step,layer,path,quantity,value\n"));
}

#[test]
fn an_export_says_which_of_several_runs_it_takes() {
    let place = Place::new();
    let header = fixture::header(vec![fixture::lane("plain", 2)], &[Quantity::Gain]);
    for run in 1..=3 {
        drop(Writer::create(&place.path("run"), &header, OnExisting::Append).unwrap());
        let said = place.say(["export", "run", "--to", "csv"]);
        let words = format!(
            "nablatop: the last of {run} runs is exported, and the earlier ones are left out: nablatop view plays all of them\n"
        );
        let words = if run == 1 { String::new() } else { words };
        assert_eq!((said.code, said.err), (0, format!("{NO_STEP}{words}")));
    }
}

/// What is said of a trace without a step.
const NO_STEP: &str =
    "nablatop: run/trace.jsonl has no step: the run has not finished its first step, or it ended before\n";

#[test]
fn an_export_of_a_trace_without_a_step_says_so_whatever_the_format() {
    let place = Place::new();
    let header = fixture::header(vec![fixture::lane("plain", 2)], &[Quantity::Gain]);
    drop(Writer::create(&place.path("run"), &header, OnExisting::Refuse).unwrap());
    for format in ["csv", "svg", "png"] {
        let said = place.say(["export", "run", "--to", format, "-o", &format!("out.{format}")]);
        assert_eq!((said.code, said.err.as_str()), (0, NO_STEP), "{format}");
    }
}

#[test]
fn a_table_of_what_has_no_layer_is_written_and_a_picture_of_it_refused() {
    let place = Place::new();
    place.trace("run");
    let said = place.say(["export", "run", "--to", "csv", "--quantity", "loss"]);
    let rows: Vec<&str> = said.out.lines().skip(1).collect();
    assert!(said.code == 0 && !rows.is_empty() && rows.iter().all(|row| row.contains(",,,loss,")), "{said:?}");
    let said = place.say(["export", "run", "--to", "csv", "--quantity", "clip_scale"]);
    let words = "nablatop: run/trace.jsonl has no clip_scale: nablatop explain clip_scale says when it is absent\n";
    assert_eq!((said.code, said.err.as_str()), (0, words));
    let header = fixture::header(vec![fixture::lane("plain", 2)], &[Quantity::Gain, Quantity::GradNorm]);
    drop(Writer::create(&place.path("made"), &header, OnExisting::Refuse).unwrap());
    let words = "loss has one value per step, but a picture shows one per layer: write --to csv, or --quantity one of \
                 gain, grad_norm";
    for format in ["svg", "png"] {
        assert_refused(&place, &[(&["export", "made", "--to", format, "--quantity", "loss", "-o", "x"], 2, words)]);
    }
    let said = place.say(["export", "run", "--to", "csv", "--quantity", "zzz"]);
    assert!(said.code == 2 && ["gain", "loss", "rho"].iter().all(|name| said.err.contains(name)), "{said:?}");
}

#[test]
fn a_quantity_that_the_trace_does_not_hold_is_refused_with_those_it_holds() {
    let place = Place::new();
    let header = fixture::header(vec![fixture::lane("plain", 2)], &[Quantity::Gain, Quantity::GradNorm]);
    drop(Writer::create(&place.path("run"), &header, OnExisting::Refuse).unwrap());
    let words = "run/trace.jsonl has no act_rms: give --quantity one of gain, grad_norm";
    for format in ["csv", "svg", "png"] {
        assert_refused(&place, &[(&["export", "run", "--to", format, "--quantity", "act_rms"], 1, words)]);
    }
    let said = place.say(["export", "run", "--to", "csv", "--quantity", "gain"]);
    assert_eq!((said.code, said.out.as_str()), (0, "lane,step,layer,path,quantity,value\n"));
}

#[test]
fn view_without_a_terminal_says_what_to_do_instead() {
    let place = Place::new();
    place.trace("run");
    let words = "view needs a terminal: to get a table or a picture, write nablatop export TRACE --to csv|svg|png";
    assert_refused(&place, &[(&["view", "run"], 2, words)]);
}
