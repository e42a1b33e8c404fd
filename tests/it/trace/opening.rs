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

fn refusal(folder: &Path, on_existing: OnExisting) -> String {
    Writer::create(folder, &header(), on_existing).unwrap_err().to_string()
}

#[test]
fn a_trace_that_is_there_is_left_alone_and_the_error_names_the_ways_out() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 3));
    let before = fs::read(folder.path().join("trace.jsonl")).unwrap();
    let message = refusal(folder.path(), OnExisting::Refuse);
    for remedy in ["--append", "--force", "another folder"] {
        assert!(message.contains(remedy), "{message}");
    }
    assert_eq!(fs::read(folder.path().join("trace.jsonl")).unwrap(), before);
}

#[test]
fn force_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 3));
    let mut sink = TraceSink::open(folder.path(), &header(), OnExisting::Force).unwrap();
    let new = fixture::run(&header(), 1);
    for event in &new {
        sink.emit(event);
    }
    sink.flush();
    assert_eq!(read_well(folder.path()).0, new);
}

#[test]
fn appending_cuts_the_torn_tail_and_adds_a_second_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.jsonl");
    let first = fixture::run(&header(), 3);
    write(folder.path(), &first[..5]);
    let mut bytes = fs::read(&file).unwrap();
    bytes.extend_from_slice(b"{\"kind\":\"step\",\"lane\":0,\"st");
    fs::write(&file, bytes).unwrap();
    let second = fixture::run(&header(), 2);
    let mut writer = Writer::create(folder.path(), &header(), OnExisting::Append).unwrap();
    second.iter().skip(1).for_each(|event| writer.write(event));
    drop(writer);
    let (events, warnings) = read_well(folder.path());
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(events, [&first[..5], &second].concat());
    let last: Result<Vec<Event>, _> = trace::read_last(folder.path()).unwrap().collect();
    assert_eq!(last.unwrap(), second);
}

#[test]
fn appending_to_nothing_is_beginning() {
    let folder = tempfile::tempdir().unwrap();
    drop(Writer::create(&folder.path().join("new/deep"), &header(), OnExisting::Append).unwrap());
    assert_eq!(read_well(&folder.path().join("new/deep")).0.len(), 1);
}

#[test]
fn appending_to_other_stacks_is_refused_with_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 1));
    let lanes = |names: &[(&str, usize)]| names.iter().map(|(name, blocks)| fixture::lane(name, *blocks)).collect();
    let other = |lanes, quantities: &[Quantity]| {
        let header = fixture::header(lanes, quantities);
        Writer::create(folder.path(), &header, OnExisting::Append).unwrap_err().to_string()
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
fn a_folder_that_cannot_be_used_is_named_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(refusal(&file, OnExisting::Refuse).contains("is a file"));
    assert!(refusal(&file.join("below"), OnExisting::Refuse).contains("cannot create the folder"));
    fs::create_dir_all(folder.path().join("taken/trace.jsonl")).unwrap();
    assert!(refusal(&folder.path().join("taken"), OnExisting::Force).contains("cannot write"));
}

#[test]
fn two_runs_do_not_write_into_one_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::create(folder.path(), &header(), OnExisting::Refuse).unwrap();
    let second = Writer::create(folder.path(), &header(), OnExisting::Force);
    assert!(matches!(second, Err(LogError::InUse { .. })));
    drop(writer);
    // A process that another test is just starting holds a copy of the file until it runs its own program.
    let deadline = Instant::now() + Duration::from_secs(10);
    while Writer::create(folder.path(), &header(), OnExisting::Force).is_err() {
        assert!(Instant::now() < deadline, "the folder is free again");
        std::thread::yield_now();
    }
}

#[test]
fn a_restart_takes_the_first_free_number() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(trace::restart_folder(folder.path()), folder.path().join("2"));
    fs::create_dir(folder.path().join("2")).unwrap();
    assert_eq!(trace::restart_folder(folder.path()), folder.path().join("3"));
}
