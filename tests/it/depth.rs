//! Ten thousand blocks: no stack overflow, memory linear in depth and flat over steps. Each run is a process of its own,
//! which tells its peak.

use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use gradtop::config::{Backend, BranchScale, LaneConfig, Length, RunConfig, Wiring};
use gradtop::event::{Event, Outcome};
use gradtop::sink::{Fanout, Sink};
use gradtop::train;

use super::recording::BACKENDS;

/// Tells the child what to run: backend, depth, width, steps.
const RUN: &str = "GRADTOP_TEST_DEPTH_RUN";

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
    writeln!(std::io::stdout(), "\npeak {}", peak().unwrap_or(f64::NAN)).unwrap();
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

/// Most memory that this process ever held, in MiB; `None` where Linux does not tell.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Peak of a run in a process of its own, in MiB.
fn run(backend: Backend, depth: usize, width: usize, steps: u64) -> f64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "depth::child", "--ignored", "--nocapture"])
        // Else each thread may hold memory that another gave back, or not.
        .env("MALLOC_ARENA_MAX", "1")
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
    // The least of three: now and then the system's allocator holds more for a while.
    let least = |depth| (0..3).map(|_| run(backend, depth, width, 2)).fold(f64::INFINITY, f64::min);
    let [quarter, half, whole] = [2_500, 5_000, 10_000].map(least);
    let (first, second) = ((half - quarter) / 2_500.0, (whole - half) / 5_000.0);
    if cfg!(target_os = "linux") {
        assert!((0.6..1.4).contains(&(second / first)), "{backend}: {first} and {second} MiB per block");
    }
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
        let (few, many) = (run(backend, 1_000, 8, 5), run(backend, 1_000, 8, 40));
        if cfg!(target_os = "linux") {
            assert!(many < few * 1.1 + 3.0, "{backend}: {few} MiB after 5 steps, {many} MiB after 40");
        }
    }
}

#[test]
#[ignore = "a minute and 2 GB"]
fn ten_thousand_blocks_of_the_default_width_train_with_memory_linear_in_depth() {
    for backend in BACKENDS {
        assert_linear(backend, 64);
    }
}
