//! `docs/format.md` is correct: its Python example runs, and its fields are those of the program.

use std::path::Path;

use nablatop::event::Event;
use nablatop::quantity::Quantity;

use super::{header, write};
use crate::fixture;
use crate::program::python;

const DOCUMENT: &str = include_str!("../../../docs/format.md");

#[test]
fn the_python_example_prints_the_signal_of_block_1() {
    let folder = tempfile::tempdir().unwrap();
    let events = fixture::run(&header(), 3);
    write(folder.path(), &events);
    let code = DOCUMENT.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(code.lines().count() <= 10, "ten lines");
    let trace = folder.path().join("trace.jsonl");
    let output = python().args(["-c", code]).arg(trace).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let steps = events.iter().filter_map(|event| if let Event::Step(record) = event { Some(record) } else { None });
    let mut lines = printed.lines();
    let row = header().quantities.iter().position(|quantity| *quantity == Quantity::SignalNorm).unwrap();
    for record in steps {
        let fields: Vec<&str> = lines.next().unwrap().split(' ').collect();
        assert_eq!(fields[0], header().lanes[record.lane.index()].name);
        assert_eq!(fields[1], record.step.to_string());
        assert_eq!(fields[2].parse::<f32>().ok(), record.values.row(row)[1].get());
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn every_field_that_is_written_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::run(&header(), 1));
    let text = std::fs::read_to_string(folder.path().join("trace.jsonl")).unwrap();
    let run = std::fs::read_to_string(Path::new(folder.path()).join("run.json")).unwrap();
    for line in text.lines().chain(run.lines()) {
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        for field in fields.keys() {
            let named = [format!("`{field}`"), format!("\"{field}\"")].iter().any(|name| DOCUMENT.contains(name));
            assert!(named, "'{field}' of kind {:?} is not in docs/format.md", fields.get("kind"));
        }
    }
}
