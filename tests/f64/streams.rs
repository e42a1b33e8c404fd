//! The mlp with several streams, against its equations in plain f64 loops: loss, gradients of all coefficients, what
//! comes back through both channels, and the factors between.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use nablatop::config::{Activation, Backend, LaneConfig, Norm, Optimizer, Wiring};
use nablatop::probe::Scope;
use nablatop::quantity::Quantity;
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;

use super::parameters::{parameters, stirred};
use super::{PROMISED, RATE, device, difference, norm};

const DEPTH: usize = 3;
const WIDTH: usize = 5;
const ROWS: usize = 4;
const STREAMS: usize = 4;
const TASK: Task = Task::rows(4, 3);

/// Numbers of each example.
type Rows = Vec<Vec<f64>>;

/// An element of what enters a layer: by all ways, by what leads around F, or by F.
#[derive(Clone, Copy, Debug)]
struct Nudge {
    layer: usize,
    way: &'static str,
    element: usize,
    by: f64,
}

/// The stack, from its equations and the numbers of its weights by path.
struct Oracle<'a> {
    lane: &'a LaneConfig,
    weights: BTreeMap<String, Vec<f64>>,
}

fn lanes() -> Vec<LaneConfig> {
    let wirings = [Wiring::HyperConnections, Wiring::ConstrainedHyperConnections];
    let lane = |(wiring, norm)| LaneConfig {
        depth: DEPTH,
        width: WIDTH,
        // Smooth: a difference across a kink proves nothing.
        activation: Activation::Tanh,
        norm,
        optimizer: Optimizer::Sgd,
        momentum: 0.0,
        ..LaneConfig::new(wiring)
    };
    wirings.into_iter().flat_map(|wiring| [(wiring, Norm::None), (wiring, Norm::Layer)]).map(lane).collect()
}

fn inputs() -> Rows {
    let numbers = TASK.shape.numbers();
    (0..ROWS).map(|row| (1..=numbers).map(|unit| ((row * numbers + unit) as f64 * 1.7).sin() * 2.0).collect()).collect()
}

fn class(row: usize) -> usize {
    row % TASK.classes
}

fn batch(backend: Backend) -> Labelled {
    let device = device(backend);
    let targets: Vec<usize> = (0..ROWS).map(class).collect();
    let classes: Vec<i64> = targets.iter().map(|class| i64::try_from(*class).expect("small")).collect();
    Labelled {
        inputs: Tensor::from_data(TensorData::new(inputs().concat(), [ROWS, TASK.shape.numbers()]), &device),
        classes: Tensor::from_data(TensorData::new(classes, [ROWS]), &device),
        targets,
        rng: None,
    }
}

fn model(lane: &LaneConfig, backend: Backend) -> Mlp {
    stirred(Mlp::new(lane, TASK, 1, &device(backend)))
}

impl Oracle<'_> {
    fn loss(&self, nudge: Option<Nudge>) -> f64 {
        let stem = self.affine("stem", &inputs());
        let mut streams = vec![stem; STREAMS];
        for layer in 1..=DEPTH {
            streams = self.block(layer, streams, nudge);
        }
        let streams = moved(streams, DEPTH + 1, "whole", nudge);
        let sum = (0..ROWS).map(|row| (0..WIDTH).map(|unit| streams.iter().map(|x| x[row][unit]).sum()).collect());
        let logits = self.affine("head", &sum.collect());
        let loss = |(row, logits): (usize, &Vec<f64>)| {
            logits.iter().map(|logit| logit.exp()).sum::<f64>().ln() - logits[class(row)]
        };
        logits.iter().enumerate().map(loss).sum::<f64>() / ROWS as f64
    }

    /// H ← A H + b ⊗ F(aᵀ H).
    fn block(&self, layer: usize, streams: Vec<Rows>, nudge: Option<Nudge>) -> Vec<Rows> {
        let streams = moved(streams, layer, "whole", nudge);
        let around = moved(streams.clone(), layer, "around", nudge);
        let through = moved(streams, layer, "through", nudge);
        let path = |end: &str| format!("blocks.{}.{end}", layer - 1);
        let of = |name: &str| self.weights[&path(&format!("joint.streams.{name}"))].clone();
        let (mut mixing, mut reading, mut writing) = (of("mixing"), of("reading"), of("writing"));
        if self.lane.wiring == Wiring::ConstrainedHyperConnections {
            let sigmoid = |x: &f64| 1.0 / (1.0 + (-x).exp());
            mixing = doubly_stochastic(&mixing);
            reading = reading.iter().map(sigmoid).collect();
            writing = writing.iter().map(|x| 2.0 * sigmoid(x)).collect();
        }
        let mix = |shares: &[f64], streams: &[Rows], row: usize, unit: usize| {
            shares.iter().zip(streams).map(|(share, x)| share * x[row][unit]).sum::<f64>()
        };
        let each = |value: &dyn Fn(usize, usize) -> f64| -> Rows {
            (0..ROWS).map(|row| (0..WIDTH).map(|unit| value(row, unit)).collect()).collect()
        };
        let branch = self.branch(&path(""), each(&|row, unit| mix(&reading, &through, row, unit)));
        let stream = |index: usize| {
            let shares = &mixing[index * STREAMS..(index + 1) * STREAMS];
            each(&|row, unit| mix(shares, &around, row, unit) + writing[index] * branch[row][unit])
        };
        (0..STREAMS).map(stream).collect()
    }

    /// W tanh(N(x)) + b.
    fn branch(&self, path: &str, mut x: Rows) -> Rows {
        if self.lane.norm == Norm::Layer {
            let find = |end: &str| {
                let mut found = self.weights.iter().filter(|(name, _)| name.starts_with(path) && name.ends_with(end));
                found.next().expect("a norm").1
            };
            let (gamma, beta) = (find("gamma"), find("beta"));
            for row in &mut x {
                let mean = row.iter().sum::<f64>() / WIDTH as f64;
                let square = row.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / WIDTH as f64;
                for (unit, value) in row.iter_mut().enumerate() {
                    *value = (*value - mean) / (square + 1e-5).sqrt() * gamma[unit] + beta[unit];
                }
            }
        }
        x.iter_mut().flatten().for_each(|value| *value = value.tanh());
        self.affine(path.trim_end_matches('.'), &x)
    }

    fn affine(&self, path: &str, x: &Rows) -> Rows {
        let (weight, bias) = (&self.weights[&format!("{path}.weight")], &self.weights[&format!("{path}.bias")]);
        let unit = |row: &Vec<f64>, unit: usize| {
            let terms = row.iter().enumerate().map(|(input, value)| value * weight[input * bias.len() + unit]);
            terms.sum::<f64>() + bias[unit]
        };
        x.iter().map(|row| (0..bias.len()).map(|output| unit(row, output)).collect()).collect()
    }

    /// ‖∂L/∂ what enters a layer by that way‖, element by element.
    fn signal(&self, layer: usize, way: &'static str) -> Vec<f64> {
        let of = |element| difference(|by| self.loss(Some(Nudge { layer, way, element, by })));
        (0..STREAMS * ROWS * WIDTH).map(of).collect()
    }

    /// ‖∂L/∂θ‖ of a layer.
    fn grad_norm(&mut self, layer: usize) -> f64 {
        let of_layer = match layer {
            0 => "stem.".to_owned(),
            layer if layer > DEPTH => "head.".to_owned(),
            layer => format!("blocks.{}.", layer - 1),
        };
        let paths: Vec<String> = self.weights.keys().filter(|path| path.starts_with(&of_layer)).cloned().collect();
        let mut gradient = Vec::new();
        for path in paths {
            for element in 0..self.weights[&path].len() {
                let value = self.weights[&path][element];
                let oracle = std::cell::RefCell::new(&mut *self);
                gradient.push(difference(|by| {
                    let mut oracle = oracle.borrow_mut();
                    oracle.weights.get_mut(&path).expect("there")[element] = value + by;
                    oracle.loss(None)
                }));
                self.weights.get_mut(&path).expect("there")[element] = value;
            }
        }
        norm(&gradient)
    }
}

/// diag(u) K diag(v) with K = exp P: 20 times v ← 1/Kᵀu, u ← 1/Kv.
fn doubly_stochastic(logits: &[f64]) -> Vec<f64> {
    let kernel = |row: usize, column: usize| logits[row * STREAMS + column].exp();
    let (mut u, mut v) = ([1.0; STREAMS], [1.0; STREAMS]);
    for _ in 0..20 {
        v = std::array::from_fn(|column| 1.0 / (0..STREAMS).map(|row| kernel(row, column) * u[row]).sum::<f64>());
        u = std::array::from_fn(|row| 1.0 / (0..STREAMS).map(|column| kernel(row, column) * v[column]).sum::<f64>());
    }
    let at = |index: usize| u[index / STREAMS] * kernel(index / STREAMS, index % STREAMS) * v[index % STREAMS];
    (0..STREAMS * STREAMS).map(at).collect()
}

fn moved(mut streams: Vec<Rows>, layer: usize, way: &str, nudge: Option<Nudge>) -> Vec<Rows> {
    if let Some(nudge) = nudge.filter(|nudge| nudge.layer == layer && nudge.way == way) {
        *streams.iter_mut().flatten().flatten().nth(nudge.element).expect("an element") += nudge.by;
    }
    streams
}

fn agree(found: Option<f64>, expected: f64, what: &str) -> f64 {
    let found = found.unwrap_or_else(|| panic!("{what} is absent"));
    assert!(expected.abs() > 1e-9, "{what} proves nothing at {expected:e}");
    let error = (found - expected).abs() / expected.abs();
    assert!(error <= PROMISED, "{what}: {found:e} instead of {expected:e}, off by {error:e}");
    error
}

fn worst(lane: &LaneConfig, backend: Backend) -> f64 {
    let weights = parameters(&model(lane, Backend::Flex)).into_iter().collect();
    let mut oracle = Oracle { lane, weights };
    let taken =
        Stepper::new(model(lane, backend), lane, &device(backend)).step(&batch(backend), RATE, Scope::Histograms);
    assert!((f64::from(taken.loss) - oracle.loss(None)).abs() < 1e-6, "{} {lane:?}", taken.loss);

    let value = |quantity: Quantity, layer: usize| (quantity.definition().estimate)(&taken.observation.samples[layer]);
    let mut worst = 0.0_f64;
    for layer in 0..=DEPTH + 1 {
        let mut check = |quantity: Quantity, expected: f64| {
            let found = value(quantity, layer);
            worst = worst.max(agree(found, expected, &format!("{quantity} {layer} {backend} {lane:?}")));
        };
        check(Quantity::GradNorm, oracle.grad_norm(layer));
        if layer == 0 {
            continue;
        }
        check(Quantity::SignalNorm, norm(&oracle.signal(layer, "whole")));
        if layer > DEPTH {
            continue;
        }
        let [around, through] = ["around", "through"].map(|way| oracle.signal(layer, way));
        check(Quantity::IdentityNorm, norm(&around));
        check(Quantity::BranchNorm, norm(&through));
        let product: f64 = around.iter().zip(&through).map(|(a, b)| a * b).sum();
        let cosine = value(Quantity::ChannelCosine, layer).expect("two channels");
        assert!((cosine - product / norm(&around) / norm(&through)).abs() < PROMISED, "{cosine}");
        // The factors telescope to what comes back through the branch.
        let factors = [Quantity::GainNorm, Quantity::GainActivation, Quantity::GainWeight, Quantity::GainOther];
        let product: f64 = factors.into_iter().filter_map(|factor| value(factor, layer)).product();
        let next = norm(&oracle.signal(layer + 1, "whole"));
        worst = worst.max(agree(Some(product), norm(&through) / next, "product of the factors"));
    }
    worst
}

#[test]
fn quantities_of_several_streams_agree_with_finite_differences() {
    for backend in [Backend::Flex, Backend::Ndarray] {
        let errors = lanes().iter().map(|lane| worst(lane, backend)).fold(0.0, f64::max);
        println!("{backend}, streams: largest relative error {errors:.1e}");
    }
}
