//! Convolutional nets in their smallest forms: three blocks, one per stage, in f64.

use burn::prelude::Device;
use burn::tensor::{Tensor, TensorData};
use nablatop::config::{Activation, Backend, BranchScale, LaneConfig, Model, Norm, Optimizer, Wiring};
use nablatop::data::Shape;
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::Quantity;
use nablatop::stack::residual_connection::BlockMode;
use nablatop::stack::streams::{copied, summed};
use nablatop::stack::{ConvNet, Labelled, Pass, Stack, Task, preresnet, resnet, vgg};
use nablatop::train::Stepper;
use nablatop::units::LayerId;

use super::directions::gradient;
use super::parameters::{gradients, still};
use super::{PROMISED, norm};

const SHAPE: Shape = Shape { channels: 1, height: 8, width: 8 };
const TASK: Task = Task { shape: SHAPE, classes: 3 };
const ROWS: usize = 2;

fn lanes(model: Model, depth: usize) -> Vec<LaneConfig> {
    let both = [(Wiring::Plain, Norm::Batch, 1.0), (Wiring::Residual, Norm::Group, 0.5)];
    let once = [
        (Wiring::HyperConnections, Norm::Batch, 1.0),
        (Wiring::Residual, Norm::Batch, 1.0),
        (Wiring::SkipInit, Norm::Rms, 1.0),
        (Wiring::LayerScale, Norm::None, 1.0),
        (Wiring::NormScaling, Norm::Layer, 1.0),
        (Wiring::DeepNorm, Norm::Group, 1.0),
        (Wiring::ConstrainedHyperConnections, Norm::Group, 1.0),
    ];
    let once = if model == Model::Resnet { &once[1..] } else { &once[..2] };
    let lane = |&(wiring, norm, scale): &(Wiring, Norm, f64)| LaneConfig {
        depth,
        width: 2,
        norm,
        // Smooth: a difference across a kink proves nothing.
        activation: Activation::Tanh,
        branch_scale: BranchScale::Constant(scale),
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        ..LaneConfig::of(model, wiring)
    };
    both.iter().chain(once).map(lane).collect()
}

fn build(lane: &LaneConfig, device: &Device) -> ConvNet {
    let build = match lane.model() {
        Model::Resnet => resnet,
        Model::Vgg => vgg,
        _ => preresnet,
    };
    build(lane, TASK, 1, device)
}

fn batch(device: &Device) -> Labelled {
    let numbers = SHAPE.numbers();
    let inputs: Vec<f64> = (1..=ROWS * numbers).map(|index| (index as f64 * 1.7).sin()).collect();
    let targets: Vec<usize> = (0..ROWS).map(|row| row % TASK.classes).collect();
    let classes: Vec<i64> = targets.iter().map(|class| i64::try_from(*class).expect("small")).collect();
    Labelled {
        inputs: Tensor::from_data(TensorData::new(inputs, [ROWS, numbers]), device),
        classes: Tensor::from_data(TensorData::new(classes, [ROWS]), device),
        targets,
        rng: None,
    }
}

fn loss_from(model: &ConvNet, layer: usize, x: Tensor<4>, batch: &Labelled) -> Tensor<1> {
    let (taps, row) = (Taps::off(), LayerId(0));
    let pass = Pass::of(&taps);
    let x = model.blocks.iter().skip(layer - 1).fold(x, |x, block| block.forward(x, pass, row, BlockMode::Kept));
    batch.cross_entropy(model.head.forward(summed(x, model.streams), pass, row)).mean
}

/// ‖∂L/∂θ‖ of every layer.
pub(super) fn grad_norms<S: Stack>(model: &S, batch: &S::Batch) -> Vec<f64> {
    let layers: Vec<String> = model.layers().into_iter().map(|layer| layer.path).collect();
    let mut squares = vec![0.0; layers.len()];
    for (path, _, gradient) in gradients(model, |model| model.loss(batch, &Taps::off()).mean) {
        let layer = layers.iter().position(|layer| path.starts_with(&format!("{layer}."))).expect("a layer");
        squares[layer] += norm(&gradient).powi(2);
    }
    squares.into_iter().map(f64::sqrt).collect()
}

/// ∂L/∂x_l, and both channels of it where there are two.
struct Signals {
    whole: Vec<f64>,
    channels: Option<[Vec<f64>; 2]>,
}

fn signals(model: &ConvNet, batch: &Labelled) -> Vec<Signals> {
    let (taps, row) = (Taps::off(), LayerId(0));
    let pass = Pass::of(&taps);
    let [colours, height, width] = [SHAPE.channels, SHAPE.height, SHAPE.width];
    let x = model.stem.forward(batch.inputs.clone().reshape([ROWS, colours, height, width]), pass);
    let mut x = copied(x, model.streams);
    let mut found = Vec::new();
    for layer in 1..=model.blocks.len() + 1 {
        let whole = gradient(&x, |x| loss_from(model, layer, x, batch), "whole");
        let Some(block) = model.blocks.get(layer - 1) else {
            found.push(Signals { whole, channels: None });
            break;
        };
        let channels = block.shortcut.as_ref().zip(block.joint.as_ref()).map(|(shortcut, joint)| {
            let both = |around: Tensor<4>, through: Tensor<4>| {
                let branch = block.branch(joint.read(through, &taps, row), pass, row);
                let branch = joint.scaled(branch, BlockMode::Kept, &taps, row);
                let sum = joint.after(joint.around(shortcut.forward(around, pass)) + branch, &taps, row);
                loss_from(model, layer + 1, block.after(sum, pass, row), batch)
            };
            [
                gradient(&x, |around| both(around, x.clone()), "around"),
                gradient(&x, |through| both(x.clone(), through), "through"),
            ]
        });
        found.push(Signals { whole, channels });
        x = block.forward(x, pass, row, BlockMode::Kept);
    }
    found
}

pub(super) fn agree(found: Option<f64>, expected: f64, what: &str) -> f64 {
    let found = found.unwrap_or_else(|| panic!("{what} is absent"));
    assert!(expected.abs() > 1e-9, "{what} proves nothing at {expected:e}");
    let error = (found - expected).abs() / expected.abs();
    assert!(error <= PROMISED, "{what}: {found:e} instead of {expected:e}, off by {error:e}");
    error
}

fn worst(lane: &LaneConfig) -> f64 {
    let device = super::device(Backend::Flex);
    let model = build(lane, &device);
    let batch = batch(&device);
    let (gradients, signals) = (grad_norms(&model, &batch), signals(&still(&model), &batch));
    let taken = Stepper::new(model, lane, &device).step(&batch, 1e-3, Scope::Histograms);

    let value = |quantity: Quantity, layer: usize| (quantity.definition().estimate)(&taken.observation.samples[layer]);
    let mut worst = 0.0_f64;
    for (layer, expected) in gradients.iter().enumerate() {
        worst = worst.max(agree(value(Quantity::GradNorm, layer), *expected, &format!("grad_norm {layer} {lane:?}")));
    }
    for (layer, signal) in (1..).zip(&signals) {
        let name = |what: &str| format!("{what} {layer} {lane:?}");
        worst = worst.max(agree(value(Quantity::SignalNorm, layer), norm(&signal.whole), &name("signal")));
        let Some(next) = signals.get(layer) else { continue };
        let through = match &signal.channels {
            Some([around, through]) => {
                let product: f64 = around.iter().zip(through).map(|(a, b)| a * b).sum();
                worst = worst.max(agree(value(Quantity::IdentityNorm, layer), norm(around), &name("identity")));
                worst = worst.max(agree(value(Quantity::BranchNorm, layer), norm(through), &name("branch")));
                let cosine = product / norm(around) / norm(through);
                let found = value(Quantity::ChannelCosine, layer).expect("two channels");
                assert!((found - cosine).abs() < PROMISED, "{found} {cosine}");
                norm(through)
            }
            None => norm(&signal.whole),
        };
        // The factors telescope to what comes back through the branch.
        let factors = [Quantity::GainNorm, Quantity::GainActivation, Quantity::GainWeight, Quantity::GainOther];
        let product: f64 = factors.into_iter().filter_map(|factor| value(factor, layer)).product();
        worst = worst.max(agree(Some(product), through / norm(&next.whole), &name("product of the factors")));
    }
    worst
}

#[test]
fn residual_nets_agree_with_finite_differences() {
    let errors = lanes(Model::Resnet, 8).iter().map(worst).fold(0.0, f64::max);
    println!("residual nets: largest relative error {errors:.1e}");
}

#[test]
fn residual_nets_with_full_pre_activation_agree_with_finite_differences() {
    let errors = lanes(Model::Preresnet, 11).iter().map(worst).fold(0.0, f64::max);
    println!("residual nets with full pre-activation: largest relative error {errors:.1e}");
}
