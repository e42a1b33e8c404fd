//! Builds any family at a given size, with a batch, for a measurement.

#![allow(clippy::expect_used)]

use burn::prelude::Device;
use nablatop::backend;
use nablatop::config::{Backend, CheckpointActivations, Init, LaneConfig, Model, Optimizer, Wiring};
use nablatop::data::{Batches, Classified, Source, Subset, Text, digits};
use nablatop::random::StepRng;
use nablatop::stack::diffusion::Pictures;
use nablatop::stack::transformer::Language;
use nablatop::stack::{Dense, Diffusion, Examples, Highway, Mlp, Stack, Task, Transformer, preresnet, resnet, vgg};
use nablatop::train::Stepper;
use nablatop::units::Step;

/// Characters per example.
const CONTEXT: usize = 64;

/// A family at one size: model, depth, width, rows per step.
pub(crate) type Size = (Model, usize, usize, usize);

/// A measurement of a family at one size.
pub(crate) trait Question {
    fn ask<S: Stack>(&self, stepper: Stepper<S>, batch: &S::Batch, device: &Device) -> f64;
}

/// Builds the family and measures it, with SGD without momentum, so that the optimizer adds almost nothing to a step.
pub(crate) fn on(
    (model, depth, width, rows): Size,
    activations: CheckpointActivations,
    question: &impl Question,
) -> f64 {
    let device = backend::training_device(Backend::Flex, activations);
    let lane = LaneConfig {
        depth,
        width,
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        // So small that a sum of a thousand branches needs no scale and does not overflow.
        init: if model == Model::Mlp { Init::Normal(0.01) } else { model.defaults().init },
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
            let drowned = Pictures::of(&digits, lane.family.diffusion().unwrap_or_default().noise_schedule);
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
    let build = match lane.model() {
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
    let mut batches = Batches::new(1, source.rows(Subset::Training), rows);
    let draw = StepRng { seed: 1, step: Step::FIRST };
    let batch = S::Batch::gather(source, Subset::Training, batches.rows(Step::FIRST), draw, device);
    question.ask(Stepper::new(model, lane, device), &batch, device)
}
