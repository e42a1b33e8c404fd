//! The cost of writing and opening traces.
//!
//! `cargo bench --bench trace`. Bars: ≤ 0.35 ms per step of 1000 layers × 7 quantities and ≤ 14 bytes per value;
//! 1000 layers × 1000 steps × 3 quantities open within 250 ms, and the first picture appears within 100 ms.
#![allow(clippy::print_stdout, clippy::expect_used)]

#[path = "paired.rs"]
mod paired;
#[path = "synthetic.rs"]
mod synthetic;

use std::time::Instant;

use nablatop::event::Event;
use nablatop::quantity::Quantity;
use nablatop::sink::Sink;
use nablatop::sink::trace::TraceSink;
use nablatop::trace::{self, Follow, OnExisting};

const LAYERS: usize = 1000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (milliseconds, bytes) = write(&folder.path().join("seven"), &Quantity::ALL[..7], 300);
    println!(
        "write, 7 quantities: {milliseconds:.3} ms per lane and step (bar ≤ 0.35), {bytes:.2} bytes per value (bar ≤ 14)"
    );

    let three = folder.path().join("three");
    write(&three, &Quantity::ALL[..3], 500);
    let mut times: Vec<(f64, f64)> = (0..9).map(|_| open(&three)).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("open, 1000 records × 3 quantities: {:.0} ms (bar ≤ 250)", times[4].0);
    times.sort_by(|a, b| a.1.total_cmp(&b.1));
    println!("first step from a follower: {:.2} ms (bar for the first picture ≤ 100)", times[4].1);
}

/// Milliseconds per record and bytes per value.
fn write(folder: &std::path::Path, quantities: &[Quantity], steps: u64) -> (f64, f64) {
    let header = synthetic::header(LAYERS, quantities);
    let grids = [0, 1].map(|lane| synthetic::grids(LAYERS, quantities.len(), lane));
    let events: Vec<Event> = (1..=steps).flat_map(|step| synthetic::step(step, &grids)).collect();
    let mut sink = TraceSink::open(folder, &header, OnExisting::Refuse).expect("an empty folder");
    sink.emit(&Event::RunStarted(header));
    let seconds = paired::cpu(|| {
        for (index, event) in events.iter().enumerate() {
            sink.emit(event);
            // The recorder flushes every 200 ms: about every 40 steps of this size.
            if index % 40 == 39 {
                sink.flush();
            }
        }
        sink.flush();
    });
    let values = events.len() * LAYERS * quantities.len();
    (seconds * 1e3 / events.len() as f64, sink.status().bytes() as f64 / values as f64)
}

/// Milliseconds to read the whole trace, and to read its first step.
fn open(folder: &std::path::Path) -> (f64, f64) {
    let start = Instant::now();
    let mut follow = Follow::open(folder).expect("a trace");
    while let Some(event) = follow.poll() {
        if matches!(event, Ok(Event::Step(_))) {
            break;
        }
    }
    let first = start.elapsed().as_secs_f64() * 1e3;
    let whole = paired::cpu(|| {
        let events = trace::read(folder).expect("a trace");
        assert!(events.flatten().count() > 1000);
    });
    (whole * 1e3, first)
}
