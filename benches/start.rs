//! The time that the user waits: from the start of the program to a drawn frame, in a pseudo-terminal of 200×60.
//!
//! `cargo bench --bench start` takes the median elapsed time of several starts; CPU time would not show what the user waits for.

#![allow(clippy::print_stdout, clippy::expect_used)]

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const STARTS: usize = 9;
const NABLATOP: &str = env!("CARGO_BIN_EXE_nablatop");
const WHOLE: PtySize = PtySize { rows: 60, cols: 200, pixel_width: 0, pixel_height: 0 };

fn main() {
    let place = tempfile::tempdir().expect("temporary folder");
    let run = ["--headless", "--steps", "1000", "--log", "run"];
    let status = std::process::Command::new(NABLATOP).args(run).current_dir(place.path()).output();
    assert!(status.expect("starts").status.success(), "the run writes a trace");
    let trace = place.path().join("run/trace.jsonl").metadata().map_or(0, |found| found.len() >> 20);
    // A terminal that reports its background does so within a millisecond; this one does not, and is waited for.
    report("start to a frame with both lanes, in a terminal that does not answer", &["run"], place.path(), 150);
    let themed = |name: &str, arguments: &[&str], most| {
        report(name, &[arguments, &["--theme", "dark"]].concat(), place.path(), most);
    };
    themed("start to a frame with both lanes, with a theme", &["run"], 150);
    themed(&format!("start to a frame of a trace of {trace} MB, with a theme"), &["view", "run"], 100);
}

fn report(name: &str, arguments: &[&str], place: &Path, most: u128) {
    let mut times: Vec<Duration> = (0..STARTS).map(|_| first_frame(arguments, place)).collect();
    times.sort_unstable();
    let (median, last) = (times[STARTS / 2].as_millis(), times[STARTS - 1].as_millis());
    let verdict = if median <= most { "met" } else { "MISSED" };
    println!("{name}: {median} ms, at most {last}   bar ≤ {most} ms: {verdict}");
}

/// Time until a finished frame shows the names of both lanes.
fn first_frame(arguments: &[&str], place: &Path) -> Duration {
    let pair = native_pty_system().openpty(WHOLE).expect("pseudo-terminal");
    let mut reader = pair.master.try_clone_reader().expect("reader");
    let mut command = CommandBuilder::new(NABLATOP);
    command.args(arguments);
    command.cwd(place);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    let start = Instant::now();
    let mut child = pair.slave.spawn_command(command).expect("starts");
    // With this end open, a program that ends early would never end the reading.
    drop(pair.slave);
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 1 << 16]);
    while !is_drawn(&bytes) {
        let read = reader.read(&mut piece).expect("readable");
        assert!(read > 0, "the program ended before its first frame");
        bytes.extend_from_slice(&piece[..read]);
    }
    let elapsed = start.elapsed();
    child.kill().expect("ends");
    child.wait().expect("ended");
    elapsed
}

/// Whether a frame that names the second lane is complete: each frame ends with the end of a synchronized update.
fn is_drawn(bytes: &[u8]) -> bool {
    let find = |from: &[u8], what: &[u8]| from.windows(what.len()).position(|window| window == what);
    find(bytes, b"residual").is_some_and(|at| find(&bytes[at..], b"\x1b[?2026l").is_some())
}
