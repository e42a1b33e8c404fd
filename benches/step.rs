//! Cost of a training step compared with a plain Burn loop: process CPU time, alternating blocks of steps in one process.
//!
//! `cargo bench --bench step [-- NAME]` prints, per case, the median of the paired ratios with its 95 % interval
//! (distribution-free, by order statistics); the upper end is compared with the bar.

#![allow(clippy::print_stdout, clippy::expect_used)]

#[path = "minimal.rs"]
mod minimal;
#[path = "paired.rs"]
mod paired;

use burn::optim::SgdConfig;
use burn::prelude::Device;
use nablatop::backend;
use nablatop::config::{Backend, Init, LaneConfig, Norm, Optimizer, Wiring};
use nablatop::data::{self, Batches};
use nablatop::probe::Scope;
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;
use nablatop::units::Step;

use mimalloc::MiMalloc;
use paired::{Pair, report};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const WIDTH: usize = 64;
const BATCH: usize = 64;
/// Number of pairs of alternating blocks; the result is their median.
const PAIRS: usize = 60;
const RATE: f64 = 1e-4;

fn main() {
    let device = backend::device(Backend::Flex).autodiff();
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for (name, depth, steps, look, most) in [
        ("bare step, depth 50", 50, 20, Scope::Nothing, 1.10),
        ("grad_norm alone, depth 200", 200, 6, Scope::Gradients, 1.02),
        ("everything, depth 50", 50, 20, Scope::Layers, f64::NAN),
        ("everything, depth 200", 200, 6, Scope::Layers, 1.05),
        ("everything, depth 1000", 1000, 2, Scope::Layers, f64::NAN),
        ("everything and histograms, depth 200", 200, 6, Scope::Histograms, 1.25),
        ("every detail, depth 200", 200, 2, Scope::Costly, f64::NAN),
    ] {
        if name.contains(&wanted) {
            compare(name, depth, steps, look, most, &device);
        }
    }
    for (depth, steps) in [(50, 20), (1000, 2)] {
        if "share".contains(&wanted) {
            share(depth, steps, &device);
        }
    }
    if "backends".contains(&wanted) {
        backends(&device);
    }
    if "norms".contains(&wanted) {
        norms(&device);
    }
    if "scaling".contains(&wanted) {
        scaling(&device);
    }
    if "memory".contains(&wanted) {
        memory(&device);
    }
}

fn compare(name: &str, depth: usize, steps: usize, look: Scope, most: f64, device: &Device) {
    let batch = batch(device);
    let mut ours = stepper(depth, device);
    let mut net = Some(minimal::Net::new(64, WIDTH, depth, 10, device));
    let mut sgd = SgdConfig::new().init();
    let pairs: Vec<Pair> = (0..PAIRS)
        .map(|_| {
            let ours = paired::cpu(|| {
                for _ in 0..steps {
                    let taken = ours.step(&batch, RATE, look);
                    assert!(taken.loss.is_finite(), "{name}: nothing to measure");
                }
            });
            let theirs = paired::cpu(|| {
                for _ in 0..steps {
                    net = net.take().map(|net| net.step(&mut sgd, RATE, &batch.inputs, &batch.classes));
                }
            });
            Pair { ours: ours / steps as f64, theirs: theirs / steps as f64 }
        })
        .collect();
    report(name, &pairs, most);
}

/// The share of a step that measuring takes according to the screen, compared with the share that is missing from the
/// same step without measuring.
fn share(depth: usize, steps: usize, device: &Device) {
    let batch = batch(device);
    let (mut watched, mut alone) = (stepper(depth, device), stepper(depth, device));
    let (mut shown, mut whole) = (0.0, 0.0);
    let pairs: Vec<Pair> = (0..PAIRS)
        .map(|_| {
            let start = std::time::Instant::now();
            let ours = paired::cpu(|| {
                for _ in 0..steps {
                    shown += watched.step(&batch, RATE, Scope::Layers).observation.measuring.as_secs_f64();
                }
            });
            whole += start.elapsed().as_secs_f64();
            let theirs = paired::cpu(|| {
                for _ in 0..steps {
                    let _ = alone.step(&batch, RATE, Scope::Nothing);
                }
            });
            Pair { ours, theirs }
        })
        .collect();
    let mut shares: Vec<f64> = pairs.iter().map(|pair| 100.0 * (1.0 - pair.theirs / pair.ours)).collect();
    shares.sort_by(f64::total_cmp);
    let (measured, shown) = (shares[PAIRS / 2], 100.0 * shown / whole);
    let verdict = if (measured - shown).abs() <= 1.0 { "met" } else { "MISSED" };
    println!(
        "share of measuring, depth {depth}: {measured:.1} % measured, {shown:.1} % shown   bar ± 1 point: {verdict}"
    );
}

/// Compares the same measured step on both backends.
fn backends(flex: &Device) {
    let ndarray = backend::device(Backend::Ndarray).autodiff();
    let (batch_flex, batch_ndarray) = (batch(flex), batch(&ndarray));
    let (mut on_flex, mut on_ndarray) = (stepper(50, flex), stepper(50, &ndarray));
    let pairs: Vec<Pair> = (0..PAIRS)
        .map(|_| Pair {
            ours: paired::cpu(|| drop(on_flex.step(&batch_flex, RATE, Scope::Layers))),
            theirs: paired::cpu(|| drop(on_ndarray.step(&batch_ndarray, RATE, Scope::Layers))),
        })
        .collect();
    report("flex against ndarray, depth 50", &pairs, f64::NAN);
}

/// Compares the measured step with a normalization in every block to the one without.
fn norms(device: &Device) {
    let batch = batch(device);
    for norm in [Norm::Layer, Norm::Batch] {
        let (mut with, mut without) = (normalized(norm, 200, device), stepper(200, device));
        let pairs: Vec<Pair> = (0..PAIRS)
            .map(|_| Pair {
                ours: paired::cpu(|| drop(with.step(&batch, RATE, Scope::Layers))),
                theirs: paired::cpu(|| drop(without.step(&batch, RATE, Scope::Layers))),
            })
            .collect();
        report(&format!("{norm} norm against none, depth 200"), &pairs, f64::NAN);
    }
}

fn scaling(device: &Device) {
    let batch = batch(device);
    let mut per_block = Vec::new();
    for (depth, steps) in [(200, 10), (1000, 4), (10_000, 2)] {
        let mut ours = stepper(depth, device);
        let _ = ours.step(&batch, RATE, Scope::Layers);
        let mut times: Vec<f64> =
            (0..steps).map(|_| paired::cpu(|| drop(ours.step(&batch, RATE, Scope::Layers)))).collect();
        times.sort_by(f64::total_cmp);
        per_block.push(times[steps / 2] / depth as f64 * 1e6);
        println!(
            "depth {depth}: {:.1} µs per block, {:.0} MiB resident",
            per_block[per_block.len() - 1],
            paired::resident()
        );
    }
    println!(
        "    1000 ÷ 200: {:.2} (≤ 1.3)   10 000 ÷ 200: {:.2} (≤ 3)",
        per_block[1] / per_block[0],
        per_block[2] / per_block[0]
    );
}

/// Resident memory after more and more steps.
fn memory(device: &Device) {
    let batch = batch(device);
    let mut ours = stepper(50, device);
    let mut taken = 0;
    for steps in [100, 1000, 5000] {
        while taken < steps {
            let _ = ours.step(&batch, RATE, Scope::Layers);
            taken += 1;
        }
        println!("depth 50, after {steps} steps: {:.0} MiB resident", paired::resident());
    }
}

fn stepper(depth: usize, device: &Device) -> Stepper<Mlp> {
    normalized(Norm::None, depth, device)
}

fn normalized(norm: Norm, depth: usize, device: &Device) -> Stepper<Mlp> {
    let settings = LaneConfig {
        depth,
        norm,
        width: WIDTH,
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        // As small as the weights of the plain loop: with NaN everywhere the costs would not be those of real use.
        init: Init::Normal(0.006),
        ..LaneConfig::new(Wiring::Residual)
    };
    Stepper::new(Mlp::new(&settings, Task::rows(64, 10), 1, device), &settings, device)
}

fn batch(device: &Device) -> Labelled {
    let digits = data::digits().expect("embedded");
    let mut batches = Batches::new(1, digits.training.rows(), BATCH);
    Labelled::of(digits.training.gather(batches.rows(Step(1)), digits.shape.numbers()), device)
}
