//! The peak memory of a training step of each family, over depth, with activations kept and recomputed.
//!
//! `cargo bench --bench memory [-- NAME]` counts the bytes that are alive during a step, beyond those alive before it.

#![allow(clippy::print_stdout)]

#[path = "sizes.rs"]
mod sizes;

use burn::prelude::Device;
use nablatop::config::{CheckpointActivations, LaneConfig, Model, Wiring};
use nablatop::probe::Scope;
use nablatop::stack::Stack;
use nablatop::train::Stepper;
use peak_alloc::PeakAlloc;

use sizes::{Question, on};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const RATE: f64 = 1e-4;

/// Depths; each has about twice the blocks of the one before.
const DEPTHS: [(Model, [usize; 3], usize, usize); 8] = [
    (Model::Mlp, [500, 1000, 2000], 64, 64),
    (Model::Highway, [100, 200, 400], 64, 64),
    (Model::Vgg, [19, 37, 73], 4, 8),
    (Model::Resnet, [20, 38, 74], 4, 8),
    (Model::Preresnet, [83, 164, 326], 2, 8),
    (Model::Dense, [40, 76, 148], 4, 8),
    (Model::Transformer, [12, 24, 48], 64, 4),
    (Model::Diffusion, [14, 26, 50], 8, 16),
];

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for (model, depths, width, rows) in
        DEPTHS.into_iter().filter(|(model, ..)| wanted.is_empty() || model.to_string() == wanted)
    {
        let peak = |depth, activations| on((model, depth, width, rows), activations, &Peak);
        let kept = depths.map(|depth| peak(depth, CheckpointActivations::Off));
        let recomputed = depths.map(|depth| peak(depth, CheckpointActivations::On));
        let blocks =
            depths.map(|depth| LaneConfig { depth, ..LaneConfig::of(model, Wiring::Residual) }.blocks() as f64);
        let per_block = |from: usize| (kept[from + 1] - kept[from]) / (blocks[from + 1] - blocks[from]);
        println!(
            "{model} {depths:?}, width {width}, {rows} rows: {kept:.1?} MB kept, {recomputed:.1?} MB recomputed; a block \
             added by the second doubling takes {:.2} times the memory of a block added by the first",
            per_block(1) / per_block(0)
        );
    }
}

/// Largest number of bytes that are alive during a step, in MB, beyond those alive before it.
struct Peak;

impl Question for Peak {
    fn ask<S: Stack>(&self, mut stepper: Stepper<S>, batch: &S::Batch, _: &Device) -> f64 {
        // The first step creates the optimizer's state.
        let _ = stepper.step(batch, RATE, Scope::Nothing);
        let before = MEMORY.current_usage_as_mb();
        MEMORY.reset_peak_usage();
        let _ = stepper.step(batch, RATE, Scope::Nothing);
        f64::from(MEMORY.peak_usage_as_mb() - before)
    }
}
