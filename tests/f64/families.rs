//! Families without an oracle of their own: the gradient of every parameter against central differences, and the
//! factors of every block against its input and output, in their smallest forms and in f64.

use burn::tensor::{Tensor, TensorData};
use nablatop::config::{
    Activation, Backend, DiffusionSettings, LaneConfig, LongSkips, Model, NoiseSchedule, Norm, Optimizer, Wiring,
};
use nablatop::data::Shape;
use nablatop::probe::Scope;
use nablatop::quantity::Quantity;
use nablatop::stack::diffusion::{Noised, Noising};
use nablatop::stack::{Dense, Diffusion, Highway, Labelled, Stack, Task, vgg};
use nablatop::train::Stepper;

use super::conv_net::{agree, grad_norms};

const ROWS: usize = 2;
const CLASSES: usize = 3;
const PICTURE: Shape = Shape { channels: 1, height: 8, width: 8 };

/// Smooth, and learning by nothing but the gradient.
fn lane(model: Model, depth: usize, width: usize, wiring: Wiring, norm: Norm) -> LaneConfig {
    LaneConfig {
        depth,
        width,
        norm,
        activation: Activation::Tanh,
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        ..LaneConfig::of(model, wiring)
    }
}

fn numbers<const D: usize>(shape: [usize; D], pace: f64) -> Tensor<D> {
    let values: Vec<f64> = (1..=shape.iter().product()).map(|index| (index as f64 * pace).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), &super::device(Backend::Flex))
}

fn labelled(features: usize) -> Labelled {
    let targets: Vec<usize> = (0..ROWS).map(|row| row % CLASSES).collect();
    let classes: Vec<i64> = targets.iter().map(|class| i64::try_from(*class).expect("small")).collect();
    let classes = Tensor::from_data(TensorData::new(classes, [ROWS]), &super::device(Backend::Flex));
    Labelled { inputs: numbers([ROWS, features], 1.7), classes, targets, rng: None }
}

/// The largest relative error of ‖∂L/∂θ‖ of a layer; the factors of its branch multiply to what comes back through it.
fn worst<S: Stack>(model: S, lane: &LaneConfig, batch: &S::Batch) -> f64 {
    let expected = grad_norms(&model, batch);
    let device = super::device(Backend::Flex);
    let taken = Stepper::new(model, lane, &device).step(batch, 1e-3, Scope::Histograms);
    let value = |quantity: Quantity, layer: usize| (quantity.definition().estimate)(&taken.observation.samples[layer]);
    let mut worst = 0.0_f64;
    for (layer, expected) in expected.iter().enumerate() {
        worst = worst.max(agree(value(Quantity::GradNorm, layer), *expected, &format!("grad_norm {layer} {lane:?}")));
    }
    for layer in 1..expected.len() - 1 {
        let through = value(Quantity::BranchNorm, layer).expect("a branch");
        let next = value(Quantity::SignalNorm, layer + 1).expect("a signal");
        let factors = [Quantity::GainNorm, Quantity::GainActivation, Quantity::GainWeight, Quantity::GainOther];
        let product: f64 = factors.into_iter().filter_map(|factor| value(factor, layer)).product();
        worst = worst.max(agree(Some(product), through / next, &format!("factors of {layer} {lane:?}")));
    }
    worst
}

#[test]
fn highways_agree_with_finite_differences() {
    for (wiring, norm) in [(Wiring::Plain, Norm::None), (Wiring::Residual, Norm::None), (Wiring::Residual, Norm::Layer)]
    {
        let lane = lane(Model::Highway, 3, 4, wiring, norm);
        let model = Highway::new(&lane, Task::rows(6, CLASSES), 1, &super::device(Backend::Flex));
        println!("highway: largest relative error {:.1e}", worst(model, &lane, &labelled(6)));
    }
}

#[test]
fn dense_nets_agree_with_finite_differences() {
    for (wiring, norm) in
        [(Wiring::Plain, Norm::Batch), (Wiring::Residual, Norm::Batch), (Wiring::Residual, Norm::Group)]
    {
        let lane = lane(Model::Dense, 7, 2, wiring, norm);
        let task = Task { shape: PICTURE, classes: CLASSES };
        let model = Dense::new(&lane, task, 1, &super::device(Backend::Flex));
        println!("dense: largest relative error {:.1e}", worst(model, &lane, &labelled(PICTURE.numbers())));
    }
}

#[test]
fn vggs_agree_with_finite_differences() {
    // Five times halved.
    let shape = Shape { channels: 1, height: 32, width: 32 };
    for norm in [Norm::None, Norm::Batch] {
        let lane = lane(Model::Vgg, 11, 1, Wiring::Plain, norm);
        let model = vgg(&lane, Task { shape, classes: CLASSES }, 1, &super::device(Backend::Flex));
        println!("vgg: largest relative error {:.1e}", worst(model, &lane, &labelled(shape.numbers())));
    }
}

#[test]
fn diffusion_models_agree_with_finite_differences() {
    let Shape { channels, height, width } = PICTURE;
    let shape = [ROWS, channels, height, width];
    for (wiring, long_skips, norm, schedule) in [
        (Wiring::Residual, LongSkips::On, Norm::Group, NoiseSchedule::Linear),
        (Wiring::Residual, LongSkips::Off, Norm::None, NoiseSchedule::Cosine),
        (Wiring::Plain, LongSkips::On, Norm::Layer, NoiseSchedule::Cosine),
        (Wiring::Plain, LongSkips::Off, Norm::Batch, NoiseSchedule::Linear),
    ] {
        let family = DiffusionSettings { long_skips, noise_schedule: schedule }.into();
        let lane = LaneConfig { family, ..lane(Model::Diffusion, 8, 2, wiring, norm) };
        let batch = Noised::new(numbers(shape, 1.7), numbers(shape, 2.3), vec![150, 700], Noising::of(schedule));
        let model = Diffusion::new(&lane, PICTURE, 1, &super::device(Backend::Flex));
        println!("diffusion: largest relative error {:.1e}", worst(model, &lane, &batch));
    }
}
