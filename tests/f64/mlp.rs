//! The mlp. The loss of the differences is computed by hand from the blocks' plain form.

use burn::module::Param;
use burn::prelude::Device;
use burn::tensor::{self, Tensor, TensorData};
use nablatop::config::{
    Activation, Backend, Bias, BranchScale, FamilySettings, LaneConfig, Norm, Optimizer, Order, Wiring,
};
use nablatop::probe::Scope;
use nablatop::quantity::Quantity;
use nablatop::stack::mlp::Block;
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;

use super::directions::gradient;
use super::parameters::{self, still};
use super::{RATE, compare, device, host, norm};

const DEPTH: usize = 3;
const WIDTH: usize = 5;
const ROWS: usize = 6;
const TASK: Task = Task::rows(4, 3);
/// No input of a ReLU is nearer to its kink than this, so that no nudge pushes one across.
const MARGIN: f64 = 2e-3;

fn lanes(norm: Norm) -> Vec<LaneConfig> {
    let mut lanes = Vec::new();
    for (wiring, scale) in [(Wiring::Plain, 1.0), (Wiring::Residual, 1.0), (Wiring::Residual, 0.3)] {
        for activation in [
            Activation::Relu,
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Gelu,
            Activation::LeakyRelu,
            Activation::Elu,
            Activation::Selu,
            Activation::Silu,
            Activation::Identity,
        ] {
            for bias in [Bias::On, Bias::Off] {
                lanes.push(LaneConfig {
                    depth: DEPTH,
                    width: WIDTH,
                    activation,
                    norm,
                    family: FamilySettings::Mlp { order: Order::Pre, bias },
                    branch_scale: BranchScale::Constant(scale),
                    optimizer: Optimizer::Sgd,
                    momentum: 0.0,
                    ..LaneConfig::new(wiring)
                });
            }
        }
    }
    lanes
}

fn batch(device: &Device) -> Labelled {
    let inputs: Vec<f64> = (1..=ROWS * TASK.shape.numbers()).map(|index| (index as f64 * 1.7).sin() * 2.0).collect();
    let targets: Vec<usize> = (0..ROWS).map(|row| row % TASK.classes).collect();
    let classes: Vec<i64> = targets.iter().map(|class| i64::try_from(*class).expect("small")).collect();
    Labelled {
        inputs: Tensor::from_data(TensorData::new(inputs, [ROWS, TASK.shape.numbers()]), device),
        classes: Tensor::from_data(TensorData::new(classes, [ROWS]), device),
        targets,
        rng: None,
    }
}

/// Layer of a parameter.
fn layer_of(path: &str) -> usize {
    let parts: Vec<&str> = path.split('.').collect();
    match parts[0] {
        "stem" => 0,
        "head" => DEPTH + 1,
        _ => parts[1].parse::<usize>().expect("a block's number") + 1,
    }
}

/// Loss from the input of `layer` on (1 … D: a block, D + 1: the head).
fn loss_from(model: &Mlp, layer: usize, x: Tensor<2>, batch: &Labelled) -> Tensor<1> {
    let x = model.blocks.iter().skip(layer - 1).fold(x, |x, block| block.forward(x));
    batch.cross_entropy(model.head.forward(x)).mean
}

fn loss(model: &Mlp, batch: &Labelled) -> Tensor<1> {
    loss_from(model, 1, model.stem.forward(batch.inputs.clone()), batch)
}

/// x_l for l = 0 … D + 1.
fn inputs(model: &Mlp, batch: &Labelled) -> Vec<Tensor<2>> {
    let mut inputs = vec![batch.inputs.clone(), model.stem.forward(batch.inputs.clone())];
    for block in &model.blocks {
        inputs.push(block.forward(inputs.last().expect("not empty").clone()));
    }
    inputs
}

/// φ, from Burn's own functions.
fn activate(activation: Activation, x: Tensor<2>) -> Tensor<2> {
    match activation {
        Activation::Relu => tensor::activation::relu(x),
        Activation::Tanh => tensor::activation::tanh(x),
        Activation::Sigmoid => tensor::activation::sigmoid(x),
        Activation::Gelu => x.clone() * (x / 2.0_f64.sqrt()).erf().add_scalar(1.0).mul_scalar(0.5),
        Activation::LeakyRelu => tensor::activation::leaky_relu(x, 0.01),
        Activation::Elu => tensor::activation::elu(x, 1.0),
        Activation::Selu => tensor::activation::elu(x, 1.673_263_242_354_377_2).mul_scalar(1.050_700_987_355_480_5),
        Activation::Silu => tensor::activation::silu(x),
        Activation::Identity => x,
        other => panic!("{other}"),
    }
}

/// What enters N, φ, W and the scale s of a block.
fn boundaries(block: &Block, x: Tensor<2>) -> [Tensor<2>; 4] {
    let normed = block.norm.as_ref().map_or(x.clone(), |norm| norm.forward(x.clone()));
    let hidden = activate(block.activation, normed.clone());
    let output = tensor::module::linear(hidden.clone(), block.weight.val(), block.bias.as_ref().map(Param::val));
    [x, normed, hidden, output]
}

/// The block's output when `value` enters at a boundary of its branch; the skip connection still carries `x`.
fn from_boundary(block: &Block, boundary: usize, value: Tensor<2>, x: Tensor<2>) -> Tensor<2> {
    let mut value = value;
    if boundary == 0 {
        value = block.norm.as_ref().map_or(value.clone(), |norm| norm.forward(value.clone()));
    }
    if boundary <= 1 {
        value = activate(block.activation, value);
    }
    if boundary <= 2 {
        value = tensor::module::linear(value, block.weight.val(), block.bias.as_ref().map(Param::val));
    }
    match &block.joint {
        None => value,
        Some(joint) => x + value * joint.scale,
    }
}

/// What the branch of one block should show.
struct Branch {
    /// ∂L/∂ what enters N, φ, W and the scale, with the skip connection held.
    signals: [Vec<f64>; 4],
    /// φ, [B, width].
    hidden: Vec<f64>,
    /// s·F(x).
    output: Vec<f64>,
}

impl Branch {
    fn of(model: &Mlp, layer: usize, x: &Tensor<2>, batch: &Labelled) -> Self {
        let block = &model.blocks[layer - 1];
        let enters = boundaries(block, x.clone());
        let [_, _, hidden, output] = enters.clone();
        let mut boundary = 0;
        let signals = enters.map(|value| {
            let here = boundary;
            boundary += 1;
            let loss = |value| loss_from(model, layer + 1, from_boundary(block, here, value, x.clone()), batch);
            gradient(&value, loss, "a boundary")
        });
        Self {
            signals,
            hidden: host(hidden),
            output: host(output * block.joint.as_ref().map_or(1.0, |joint| joint.scale)),
        }
    }
}

/// What the quantities should be, layer by layer.
struct Oracle {
    lane: LaneConfig,
    /// One entry per block.
    branches: Vec<Branch>,
    /// ∂L/∂θ_l.
    gradients: Vec<Vec<f64>>,
    /// ∂L/∂x_l, empty for the stem.
    signals: Vec<Vec<f64>>,
    /// θ_l.
    weights: Vec<Vec<f64>>,
    /// x_l.
    inputs: Vec<Vec<f64>>,
}

impl Oracle {
    fn of(lane: &LaneConfig, model: &Mlp, batch: &Labelled) -> Self {
        let (mut gradients, mut weights) = (vec![Vec::new(); DEPTH + 2], vec![Vec::new(); DEPTH + 2]);
        for (path, values, gradient) in parameters::gradients(model, |model| loss(model, batch)) {
            gradients[layer_of(&path)].extend(gradient);
            weights[layer_of(&path)].extend(values);
        }
        let still = still(model);
        let inputs = inputs(&still, batch);
        let signals = inputs.iter().enumerate().map(|(layer, x)| signal(&still, layer, x, batch)).collect();
        let branches = (1..=DEPTH).map(|layer| Branch::of(&still, layer, &inputs[layer], batch)).collect();
        Self {
            lane: lane.clone(),
            branches,
            gradients,
            signals,
            weights,
            inputs: inputs.into_iter().map(host).collect(),
        }
    }

    fn expected(&self, quantity: Quantity, layer: usize) -> Option<f64> {
        let is_block = (1..=DEPTH).contains(&layer);
        let gradient = norm(&self.gradients[layer]);
        match quantity {
            Quantity::SignalNorm => (layer > 0).then(|| norm(&self.signals[layer])),
            Quantity::SignalRelative => {
                (layer > 0).then(|| norm(&self.signals[layer]) / norm(&self.signals[DEPTH + 1]))
            }
            Quantity::Gain => is_block.then(|| norm(&self.signals[layer]) / norm(&self.signals[layer + 1])),
            Quantity::GradNorm => Some(gradient),
            Quantity::GradRms => Some(gradient / (self.gradients[layer].len() as f64).sqrt()),
            Quantity::ActRms => Some(norm(&self.inputs[layer]) / (self.inputs[layer].len() as f64).sqrt()),
            Quantity::WeightNorm => Some(norm(&self.weights[layer])),
            // Plain gradient descent: Δθ = −rate·g, and the first step is the whole way.
            Quantity::UpdateRatio | Quantity::Distance => Some(RATE * gradient / norm(&self.weights[layer])),
            other => self.of_branch(other, layer, self.branches.get(layer.wrapping_sub(1))?),
        }
    }

    fn of_branch(&self, quantity: Quantity, layer: usize, branch: &Branch) -> Option<f64> {
        let [channel, normed, hidden, output] = branch.signals.each_ref().map(|signal| norm(signal));
        let (identity, is_residual) = (&self.signals[layer + 1], self.lane.wiring == Wiring::Residual);
        let arriving = norm(identity);
        let activation = self.lane.activation;
        let share = |is: &dyn Fn(f64) -> bool| {
            branch.hidden.iter().filter(|value| is(**value)).count() as f64 / branch.hidden.len() as f64
        };
        match quantity {
            Quantity::IdentityNorm => is_residual.then_some(arriving),
            Quantity::BranchNorm => Some(channel),
            Quantity::ChannelCosine => {
                let product: f64 = identity.iter().zip(&branch.signals[0]).map(|(a, b)| a * b).sum();
                is_residual.then(|| product / arriving / channel)
            }
            Quantity::BranchRatio => is_residual.then(|| norm(&branch.output) / norm(&self.inputs[layer])),
            Quantity::GainNorm => (self.lane.norm != Norm::None).then(|| channel / normed),
            Quantity::GainActivation => (activation != Activation::Identity).then(|| normed / hidden),
            Quantity::GainWeight => Some(hidden / output),
            Quantity::GainOther => (self.lane.branch_scale.at(DEPTH) != 1.0).then(|| output / arriving),
            Quantity::DeadFraction => (activation == Activation::Relu).then(|| {
                let is_dead = |unit: &usize| branch.hidden.iter().skip(*unit).step_by(WIDTH).all(|value| *value == 0.0);
                (0..WIDTH).filter(is_dead).count() as f64 / WIDTH as f64
            }),
            Quantity::Saturation => match activation {
                Activation::Tanh => Some(share(&|value| value.abs() > 0.97)),
                Activation::Sigmoid => Some(share(&|value| !(0.03..=0.97).contains(&value))),
                _ => None,
            },
            // Of U-Nets (tests/f64/diffusion.rs), and on a schedule, with passes of their own (tests/it/detail.rs). What
            // has no oracle must have no value: `compare` fails otherwise.
            _ => None,
        }
    }
}

fn signal(model: &Mlp, layer: usize, x: &Tensor<2>, batch: &Labelled) -> Vec<f64> {
    if layer == 0 {
        return Vec::new();
    }
    gradient(x, |x| loss_from(model, layer, x, batch), "a signal")
}

/// A seed whose ReLUs, if there are any, are all clear of their kinks.
fn seed(lane: &LaneConfig) -> u64 {
    let has_kink =
        matches!(lane.activation, Activation::Relu | Activation::LeakyRelu | Activation::Elu | Activation::Selu);
    let (device, is_smooth) = (device(Backend::Flex), !has_kink);
    (1..1000)
        .find(|seed| is_smooth || clearance(&Mlp::new(lane, TASK, *seed, &device), &batch(&device)) > MARGIN)
        .expect("one of a thousand seeds")
}

/// Least |N(x)| before any φ.
fn clearance(model: &Mlp, batch: &Labelled) -> f64 {
    let still = still(model);
    let inputs = inputs(&still, batch);
    let before = still.blocks.iter().zip(&inputs[1..]).flat_map(|(block, x)| match &block.norm {
        Some(norm) => host(norm.forward(x.clone())),
        None => host(x.clone()),
    });
    before.map(f64::abs).fold(f64::INFINITY, f64::min)
}

/// Compares the values of a step on `backend` with the oracle and returns the largest relative error.
fn worst(lane: &LaneConfig, seed: u64, oracle: &Oracle, backend: Backend) -> f64 {
    let device = device(backend);
    let model = Mlp::new(lane, TASK, seed, &device);
    let taken = Stepper::new(model, lane, &device).step(&batch(&device), RATE, Scope::Histograms);
    assert_eq!(taken.observation.samples.len(), DEPTH + 2);

    let case = format!("{backend} {lane:?}");
    compare(&taken, |quantity, layer| oracle.expected(quantity, layer), norm(&oracle.gradients.concat()), &case)
}

/// The loss is differenced on flex alone: ndarray's sigmoid rounds to f32 on its way, which no difference survives,
/// while its gradient does.
fn agrees(norm: Norm) {
    let oracles: Vec<(LaneConfig, u64, Oracle)> = lanes(norm)
        .into_iter()
        .map(|lane| {
            let (device, seed) = (device(Backend::Flex), seed(&lane));
            let oracle = Oracle::of(&lane, &Mlp::new(&lane, TASK, seed, &device), &batch(&device));
            (lane, seed, oracle)
        })
        .collect();
    for backend in [Backend::Flex, Backend::Ndarray] {
        let errors = oracles.iter().map(|(lane, seed, oracle)| worst(lane, *seed, oracle, backend));
        println!("{backend}, norm {norm}: largest relative error {:.1e}", errors.fold(0.0, f64::max));
    }
}

#[test]
fn quantities_agree_with_finite_differences() {
    agrees(Norm::None);
}

#[test]
fn quantities_agree_with_finite_differences_under_layer_norm() {
    agrees(Norm::Layer);
}

#[test]
fn quantities_agree_with_finite_differences_under_batch_norm() {
    agrees(Norm::Batch);
}
