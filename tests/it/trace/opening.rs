//! Where a trace may be written, and how an existing one is handled.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nablatop::event::Event;
use nablatop::quantity::Quantity;
use nablatop::sink::Sink;
use nablatop::sink::trace::TraceSink;
use nablatop::trace::{self, LogError, OnExisting, Writer};

use super::{header, read_well, write};
use crate::fixture;

fn refusal(directory: &Path, on_existing: OnExisting) -> String {
    Writer::create(directory, &header(), on_existing).unwrap_err().to_string()
}

#[test]
fn a_trace_that_is_there_is_left_alone_and_the_error_names_the_ways_out() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &fixture::run(&header(), 3));
    let before = fs::read(directory.path().join("trace.jsonl")).unwrap();
    let message = refusal(directory.path(), OnExisting::Refuse);
    for remedy in ["--append", "--force", "another directory"] {
        assert!(message.contains(remedy), "{message}");
    }
    assert_eq!(fs::read(directory.path().join("trace.jsonl")).unwrap(), before);
}

#[test]
fn force_replaces_it() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &fixture::run(&header(), 3));
    let mut sink = TraceSink::open(directory.path(), &header(), OnExisting::Force).unwrap();
    let new = fixture::run(&header(), 1);
    for event in &new {
        sink.emit(event);
    }
    sink.flush();
    assert_eq!(read_well(directory.path()).0, new);
}

#[test]
fn appending_cuts_the_torn_tail_and_adds_a_second_run() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trace.jsonl");
    let first = fixture::run(&header(), 3);
    write(directory.path(), &first[..5]);
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend_from_slice(b"{\"kind\":\"step\",\"lane\":0,\"st");
    fs::write(&file, bytes).unwrap();
    let second = fixture::run(&header(), 2);
    let mut writer = Writer::create(directory.path(), &header(), OnExisting::Append).unwrap();
    second.iter().skip(1).for_each(|event| writer.write(event));
    drop(writer);
    let (events, warnings) = read_well(directory.path());
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(events, [&first[..5], &second].concat());
    let last: Result<Vec<Event>, _> = trace::read_last(directory.path()).unwrap().collect();
    assert_eq!(last.unwrap(), second);
}

#[test]
fn appending_to_nothing_is_beginning() {
    let directory = tempfile::tempdir().unwrap();
    drop(Writer::create(&directory.path().join("new/deep"), &header(), OnExisting::Append).unwrap());
    assert_eq!(read_well(&directory.path().join("new/deep")).0.len(), 1);
}

#[test]
fn appending_to_other_stacks_is_refused_with_the_difference() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &fixture::run(&header(), 1));
    let lanes = |names: &[(&str, usize)]| names.iter().map(|(name, blocks)| fixture::lane(name, *blocks)).collect();
    let other = |lanes, quantities: &[Quantity]| {
        let header = fixture::header(lanes, quantities);
        Writer::create(directory.path(), &header, OnExisting::Append).unwrap_err().to_string()
    };
    let all = Quantity::ALL;
    assert!(other(lanes(&[("plain", 5)]), all).contains("2 lanes, this run has 1"));
    assert!(other(lanes(&[("plain", 5), ("other", 3)]), all).contains("lane 'residual' is called 'other'"));
    assert!(other(lanes(&[("plain", 5), ("residual", 4)]), all).contains("lane 'residual' has different layers"));
    assert!(other(lanes(&[("plain", 5), ("residual", 3)]), &[Quantity::Gain]).contains("different quantities"));
    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("trace.jsonl"), "a,b\n1,2\n").unwrap();
    assert!(refusal(foreign.path(), OnExisting::Append).contains("comma-separated"));
}

#[test]
fn a_directory_that_cannot_be_used_is_named_with_the_cause() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(refusal(&file, OnExisting::Refuse).contains("is a file"));
    assert!(refusal(&file.join("below"), OnExisting::Refuse).contains("cannot create the directory"));
    fs::create_dir_all(directory.path().join("taken/trace.jsonl")).unwrap();
    assert!(refusal(&directory.path().join("taken"), OnExisting::Force).contains("cannot write"));
}

#[test]
fn two_runs_do_not_write_into_one_directory_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let writer = Writer::create(directory.path(), &header(), OnExisting::Refuse).unwrap();
    let second = Writer::create(directory.path(), &header(), OnExisting::Force);
    assert!(matches!(second, Err(LogError::InUse { .. })));
    drop(writer);
    // A process that another test is just starting holds a copy of the file until it runs its own program.
    let deadline = Instant::now() + Duration::from_secs(10);
    while Writer::create(directory.path(), &header(), OnExisting::Force).is_err() {
        assert!(Instant::now() < deadline, "the directory is free again");
        std::thread::yield_now();
    }
}

#[test]
fn a_restart_takes_the_first_free_number() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(trace::restart_directory(directory.path()), directory.path().join("2"));
    fs::create_dir(directory.path().join("2")).unwrap();
    assert_eq!(trace::restart_directory(directory.path()), directory.path().join("3"));
}
