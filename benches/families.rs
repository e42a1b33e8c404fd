//! The cost of a training step of each family.
//!
//! `cargo bench --bench families [-- NAME]` prints, per family, the process CPU time of a bare step and of a measured step, and
//! the share of the machine's peak rate of matrix products that the bare step reaches. The peak is measured in the same run, in
//! alternation. A step counts as three times the floating-point operations of the forward pass.

#![allow(clippy::print_stdout)]

#[path = "paired.rs"]
mod paired;
#[path = "sizes.rs"]
mod sizes;

use burn::prelude::Device;
use burn::tensor::{Distribution, Tensor};
use mimalloc::MiMalloc;
use nablatop::config::{CheckpointActivations, Model};
use nablatop::probe::Scope;
use nablatop::stack::Stack;
use nablatop::train::Stepper;

use sizes::{Question, Size, on};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Number of alternating steps; the result is their median.
const ROUNDS: usize = 15;
const RATE: f64 = 1e-4;
/// Side of the square matrices whose product measures the peak.
const SIDE: usize = 512;

const SIZES: [Size; 8] = [
    (Model::Mlp, 1000, 64, 64),
    (Model::Highway, 100, 64, 64),
    (Model::Vgg, 19, 4, 32),
    (Model::Resnet, 56, 4, 32),
    (Model::Preresnet, 164, 2, 32),
    (Model::Dense, 40, 4, 32),
    (Model::Transformer, 12, 64, 16),
    (Model::Diffusion, 8, 16, 64),
];

fn main() {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for size in SIZES.into_iter().filter(|(model, ..)| wanted.is_empty() || model.to_string() == wanted) {
        let _ = on(size, CheckpointActivations::Off, &Time(size));
    }
}

/// Time of a step.
struct Time(Size);

impl Question for Time {
    fn ask<S: Stack>(&self, mut stepper: Stepper<S>, batch: &S::Batch, device: &Device) -> f64 {
        let (model, depth, width, rows) = self.0;
        let flops =
            3.0 * rows as f64 * stepper.model().layers().iter().filter_map(|layer| layer.flops).sum::<u64>() as f64;
        let plain = device.clone().inner();
        let matrix = || Tensor::<2>::random([SIDE, SIDE], Distribution::Default, &plain);
        let (left, right) = (matrix(), matrix());
        let (mut bare, mut measured, mut peak) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(paired::cpu(|| drop(stepper.step(batch, RATE, Scope::Nothing))));
            measured.push(paired::cpu(|| drop(stepper.step(batch, RATE, Scope::Layers))));
            peak.push(paired::cpu(|| drop(left.clone().matmul(right.clone()).into_data())));
        }
        let [bare, measured, peak] = [bare, measured, peak].map(median);
        let rate = 2.0 * (SIDE as f64).powi(3) / peak;
        println!(
            "{model} {depth}×{width}, {rows} rows: {:.1} ms a step, {:.3} times as much measured; {:.0} MFLOP are {:.1} % of \
             {:.0} GFLOP/s",
            1e3 * bare,
            measured / bare,
            flops / 1e6,
            100.0 * flops / bare / rate,
            rate / 1e9
        );
        bare
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
