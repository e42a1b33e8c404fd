//! Ten thousand blocks: no stack overflow, memory linear in depth and constant over steps. Each run is a process of its
//! own, which reports its peak.

use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use nablatop::config::{Backend, BranchScale, LaneConfig, Length, RunConfig, Wiring};
use nablatop::event::{Event, Outcome};
use nablatop::sink::{Fanout, Sink};
use nablatop::train;

use super::MEMORY;
use super::recording::BACKENDS;

/// Bytes of a mebibyte.
const MIB: f64 = 1024.0 * 1024.0;
/// Tells the child what to run: backend, depth, width, steps.
const RUN: &str = "NABLATOP_TEST_DEPTH_RUN";

/// The child: trains both lanes in turn and reports its peak.
#[test]
#[ignore = "only the other tests of this file start it, in a process of its own"]
fn child() {
    let Ok(run) = std::env::var(RUN) else { return };
    let words: Vec<&str> = run.split(' ').collect();
    let number = |index: usize| words[index].parse::<usize>().expect("a number");
    let backend = words[0].parse::<Backend>().expect("a backend");
    // At full strength the residual stack of this depth overflows: 1.08 to the 10 000th.
    let branch_scale = BranchScale::InverseDepth;
    let lane = |wiring| LaneConfig { depth: number(1), width: number(2), branch_scale, ..LaneConfig::new(wiring) };
    let told = Told::default();
    let config = RunConfig {
        backend,
        length: Length::Steps(number(3) as u64),
        lanes: vec![lane(Wiring::Plain), lane(Wiring::Residual)],
        threads: Some(1),
        // Passes of their own, on a schedule: their peak would hide that of training.
        detail: None,
        ..RunConfig::default()
    };
    let end = train::start(config, Fanout::new().with(told.clone())).expect("starts").join();
    assert_eq!(end.outcome, Outcome::Completed);
    assert_eq!(told.layers.load(Relaxed), 2 * number(3) * (number(1) + 2));
    // Not println!, which the test harness may hold back.
    writeln!(std::io::stdout(), "\npeak {}", MEMORY.peak_usage() as f64 / MIB).unwrap();
}

/// Counts layers of steps, and keeps nothing.
#[derive(Clone, Default)]
struct Told {
    layers: Arc<AtomicUsize>,
}

impl Sink for Told {
    fn emit(&mut self, event: &Event) {
        if let Event::Step(record) = event {
            self.layers.fetch_add(record.values.layers(), Relaxed);
        }
    }
}

/// Bytes that are alive at once in a run at most, in a process of its own, in MiB.
fn run(backend: Backend, depth: usize, width: usize, steps: u64) -> f64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "depth::child", "--ignored", "--nocapture"])
        .env(RUN, format!("{backend} {depth} {width} {steps}"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let peak = text.lines().find_map(|line| line.strip_prefix("peak ")).expect("reported").parse().unwrap();
    println!("{backend}: {depth} blocks of {width}, {steps} steps: {peak:.0} MiB");
    peak
}

/// The peaks at a quarter, half and all of 10 000 blocks lie on a line.
fn assert_linear(backend: Backend, width: usize) {
    // More steps than a lane may be ahead of the other: neither has ended before the other's largest step.
    let [quarter, half, whole] = [2_500, 5_000, 10_000].map(|depth| run(backend, depth, width, 3));
    let (first, second) = ((half - quarter) / 2_500.0, (whole - half) / 5_000.0);
    assert!((0.95..1.05).contains(&(second / first)), "{backend}: {first} and {second} MiB per block");
}

#[test]
fn ten_thousand_blocks_train_with_memory_linear_in_depth() {
    for backend in BACKENDS {
        assert_linear(backend, 8);
    }
}

#[test]
fn memory_is_flat_over_steps() {
    for backend in BACKENDS {
        let (few, many) = (run(backend, 500, 8, 4), run(backend, 500, 8, 40));
        assert!(many < few * 1.1, "{backend}: {few} MiB after 4 steps, {many} MiB after 40");
    }
}

#[test]
#[ignore = "a minute and 2 GB"]
fn ten_thousand_blocks_of_the_default_width_train_with_memory_linear_in_depth() {
    for backend in BACKENDS {
        assert_linear(backend, 64);
    }
}
