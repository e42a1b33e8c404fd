//! What a training step of each family costs, and the memory it takes at its highest, over its depth, with activations
//! kept and computed anew.
//!
//! `cargo bench --bench families [-- NAME]` prints, per family, process CPU time of a bare step and of a measured one, and
//! which share of the machine's peak of matrix products (measured in the same run, in turn) the bare one uses: three times
//! the forward pass's floating-point operations, over the time. `-- memory` prints the memory alone, `-- time` the time.

#![allow(clippy::print_stdout, clippy::expect_used)]

#[path = "paired.rs"]
mod paired;

use burn::prelude::Device;
use burn::tensor::{Distribution, Tensor};
use gradtop::backend;
use gradtop::config::{Backend, BranchScale, CheckpointActivations, LaneConfig, Model, Wiring};
use gradtop::data::{Batches, Classified, Draw, Part, Source, Text, digits};
use gradtop::stack::diffusion::Pictures;
use gradtop::stack::transformer::Language;
use gradtop::stack::{Dense, Diffusion, Examples, Highway, Mlp, Stack, Task, Transformer, preresnet, resnet, vgg};
use gradtop::train::{Look, Stepper};
use gradtop::units::Step;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Alternating steps of which the median is taken.
const ROUNDS: usize = 15;
const RATE: f64 = 1e-4;
/// Side of the matrices whose product is the peak.
const SIDE: usize = 512;
/// Characters of an example.
const CONTEXT: usize = 64;

/// A family at one size: depth, width, rows of a step.
type Size = (Model, usize, usize, usize);

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

/// Depths of which each has about twice the blocks of the one before.
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
    let is_wanted = |model: Model, what: &str| wanted.is_empty() || wanted == what || model.to_string() == wanted;
    for size in SIZES.into_iter().filter(|(model, ..)| is_wanted(*model, "time")) {
        on(size, CheckpointActivations::Off, &Time(size));
    }
    for (model, depths, width, rows) in DEPTHS.into_iter().filter(|(model, ..)| is_wanted(*model, "memory")) {
        let peak = |depth, activations| on((model, depth, width, rows), activations, &Peak);
        let kept = depths.map(|depth| peak(depth, CheckpointActivations::Off));
        let anew = depths.map(|depth| peak(depth, CheckpointActivations::On));
        let per_block = |peaks: [f64; 3], from: usize| {
            let blocks = |nth: usize| {
                LaneConfig { depth: depths[nth], ..LaneConfig::of(model, Wiring::Residual) }.blocks() as f64
            };
            (peaks[from + 1] - peaks[from]) / (blocks(from + 1) - blocks(from))
        };
        let linear = per_block(kept, 1) / per_block(kept, 0);
        println!(
            "{model} {depths:?}, width {width}, {rows} rows: {kept:.1?} MB kept, {anew:.1?} MB computed anew; a block of the \
             deeper half takes {linear:.2} times the memory of one before"
        );
    }
}

/// What is asked of a family at some size.
trait Question {
    fn ask<S: Stack>(&self, stepper: Stepper<S>, batch: &S::Batch, device: &Device) -> f64;
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
            bare.push(paired::cpu(|| drop(stepper.step(batch, RATE, Look::Away))));
            measured.push(paired::cpu(|| drop(stepper.step(batch, RATE, Look::Everything))));
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

/// The largest number of bytes that are alive during a step, in MB, beyond those alive before it.
struct Peak;

impl Question for Peak {
    fn ask<S: Stack>(&self, mut stepper: Stepper<S>, batch: &S::Batch, _: &Device) -> f64 {
        // The first step makes the optimiser's memory.
        let _ = stepper.step(batch, RATE, Look::Away);
        let before = MEMORY.current_usage_as_mb();
        MEMORY.reset_peak_usage();
        let _ = stepper.step(batch, RATE, Look::Away);
        f64::from(MEMORY.peak_usage_as_mb() - before)
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn on((model, depth, width, rows): Size, activations: CheckpointActivations, question: &impl Question) -> f64 {
    let device = backend::training_device(Backend::Flex, activations);
    let lane = LaneConfig {
        depth,
        width,
        branch_scale: if model == Model::Mlp { BranchScale::InverseSqrtDepth } else { BranchScale::Constant(1.0) },
        ..LaneConfig::of(model, if model == Model::Vgg { Wiring::Plain } else { Wiring::Residual })
    };
    let digits = digits().expect("embedded");
    let pictures = digits.resized(32, 32);
    match model {
        Model::Mlp => asked(Mlp::new(&lane, Task::of(&digits), 1, &device), &lane, &digits, rows, &device, question),
        Model::Highway => {
            asked(Highway::new(&lane, Task::of(&digits), 1, &device), &lane, &digits, rows, &device, question)
        }
        Model::Dense => {
            asked(Dense::new(&lane, Task::of(&pictures), 1, &device), &lane, &pictures, rows, &device, question)
        }
        Model::Transformer => {
            let text = Text::load(None, CONTEXT).expect("embedded");
            asked(Transformer::new(&lane, Language::of(&text), 1, &device), &lane, &text, rows, &device, question)
        }
        Model::Diffusion => {
            let drowned = Pictures::of(&digits, lane.noise_schedule);
            asked(Diffusion::new(&lane, drowned.shape(), 1, &device), &lane, &drowned, rows, &device, question)
        }
        _ => convolutional(&lane, &pictures, rows, &device, question),
    }
}

fn convolutional(
    lane: &LaneConfig,
    pictures: &Classified,
    rows: usize,
    device: &Device,
    question: &impl Question,
) -> f64 {
    let build = match lane.model {
        Model::Vgg => vgg,
        Model::Preresnet => preresnet,
        _ => resnet,
    };
    asked(build(lane, Task::of(pictures), 1, device), lane, pictures, rows, device, question)
}

fn asked<S: Stack>(
    model: S,
    lane: &LaneConfig,
    source: &<S::Batch as Examples>::Source,
    rows: usize,
    device: &Device,
    question: &impl Question,
) -> f64 {
    let mut batches = Batches::new(1, source.rows(Part::Training), rows);
    let draw = Draw { seed: 1, step: Step::FIRST };
    let batch = S::Batch::gather(source, Part::Training, batches.rows(Step::FIRST), draw, device);
    question.ask(Stepper::new(model, lane, device), &batch, device)
}
