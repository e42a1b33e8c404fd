//! `kill -9` at any moment: the trace opens, and no step that was flushed is lost.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use nablatop::event::{Event, RunHeader};
use nablatop::quantity::Quantity;
use nablatop::trace::{OnExisting, Writer};

use super::read_well;
use crate::fixture;

/// Tells the child where to write.
const DIRECTORY: &str = "NABLATOP_TEST_KILL_DIRECTORY";

/// A line of a step is some 80 KB, so that many kills hit the middle of one.
fn header() -> Arc<RunHeader> {
    fixture::header(vec![fixture::lane("deep", 998)], Quantity::ALL)
}

/// The child: writes and flushes steps until it is killed, and reports each that was flushed.
#[test]
#[ignore = "only the other tests of this file start it, in a process of its own"]
fn child() {
    let Some(folder) = std::env::var_os(DIRECTORY) else { return };
    let header = header();
    let mut writer = Writer::create(Path::new(&folder), &header, OnExisting::Append).unwrap();
    let values = fixture::grid(&header, 0, |row, layer| Some((row + 1) as f32 / (layer + 1) as f32));
    for step in 1_u64.. {
        writer.write(&Event::Step(Arc::new(fixture::record(0, step, values.clone()))));
        writer.flush();
        // Not println!, which the test harness may hold back.
        writeln!(std::io::stdout(), "\nflushed {step}").unwrap();
    }
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "trace::kill::child", "--ignored", "--nocapture"])
        .env(DIRECTORY, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the child after it reported `reports` steps, and returns the last step of which it is known that it was
/// flushed.
fn kill_after(folder: &Path, reports: usize) -> u64 {
    let mut child = start(folder);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut flushed = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("flushed ")?.parse().ok());
    let last = flushed.by_ref().take(reports).last().unwrap();
    child.kill().unwrap();
    // What it reported between the last report and its end.
    let last = flushed.last().unwrap_or(last);
    child.wait().unwrap();
    last
}

fn survive(kills: usize) {
    for kill in 0..kills {
        let folder = tempfile::tempdir().unwrap();
        let flushed = kill_after(folder.path(), 1 + kill * 7919 % 23);
        let (events, warnings) = read_well(folder.path());
        assert_eq!(warnings.damaged, 0, "kill {kill}");
        let steps = events.len() as u64 - 1;
        assert!(steps >= flushed, "kill {kill}: step {flushed} was flushed, {steps} are there");
        drop(Writer::create(folder.path(), &header(), OnExisting::Append).unwrap());
        let (appended, warnings) = read_well(folder.path());
        assert!(warnings.is_empty() && appended.len() == events.len() + 1, "kill {kill}: a clean end, then a new run");
    }
}

#[test]
fn no_flushed_step_is_lost_in_20_kills() {
    survive(20);
}

#[test]
#[ignore = "takes long: the 20 kills above, five times"]
fn no_flushed_step_is_lost_in_100_kills() {
    survive(100);
}
