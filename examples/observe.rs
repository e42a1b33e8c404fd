//! A training loop of its own, observed: a plain Burn loop with a model that nablatop does not know writes a trace.
//!
//! ```sh
//! cargo run --release --no-default-features --features watch --example observe -- run
//! nablatop view run
//! ```
//!
//! The model has eight blocks, of which the last is left out of every second step: its parameters have no gradient then.
//! The loop runs twice, observed and not, and ends with an error where a loss differs by a single bit.

#![allow(clippy::print_stdout)] // it reports to the shell

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::Device;
use burn::tensor::{Distribution, Tensor, activation};
use nablatop::event::{Event, LaneHeader, RunHeader, Snapshot, StepRecord};
use nablatop::layer::{Layer, LayerKind};
use nablatop::probe::{Observer, ProbedOptimizer, Scope, Taps};
use nablatop::recorder::Recorder;
use nablatop::sink::Fanout;
use nablatop::sink::trace::TraceSink;
use nablatop::trace::OnExisting;
use nablatop::units::{LaneId, LayerId, Step};

const STEPS: u64 = 100;
const BLOCKS: usize = 8;
const WIDTH: usize = 16;
const LEARNING_RATE: f64 = 1e-3;

/// x ← x + W tanh(x), a stack of these, and one number for each row at its end.
#[derive(Module, Debug)]
struct Net {
    blocks: Vec<Param<Tensor<2>>>,
    head: Param<Tensor<2>>,
}

impl Net {
    fn new(device: &Device) -> Self {
        let weight = |columns| {
            let uniform = Distribution::Uniform(-0.2, 0.2);
            Param::from_tensor(Tensor::random([WIDTH, columns], uniform, device))
        };
        Self { blocks: (0..BLOCKS).map(|_| weight(WIDTH)).collect(), head: weight(1) }
    }

    /// The mean squared error over a batch; x [B, WIDTH], y [B, 1].
    fn loss(&self, x: Tensor<2>, y: Tensor<2>, blocks: usize, taps: &Taps) -> Tensor<1> {
        let mut x = x;
        for (row, weight) in (0..).zip(&self.blocks).take(blocks) {
            x = taps.input(LayerId(row), x);
            x = x.clone() + activation::tanh(x).matmul(weight.val());
        }
        let x = taps.input(LayerId(BLOCKS as u32), x);
        (x.matmul(self.head.val()) - y).square().mean()
    }

    /// The rows of the heatmap, each with the path of its parameters.
    fn layers() -> Vec<Layer> {
        let blocks = (0..BLOCKS).map(|block| Layer::new(format!("blocks.{block}"), LayerKind::Block));
        blocks.chain([Layer::new("head", LayerKind::Head)]).collect()
    }
}

/// Rows with the mean of their squares, the same in both runs.
fn batch(step: u64, device: &Device) -> (Tensor<2>, Tensor<2>) {
    device.seed(step);
    let x = Tensor::<2>::random([32, WIDTH], Distribution::Uniform(-1.0, 1.0), device);
    let y = x.clone().square().mean_dim(1);
    (x, y)
}

/// Every second step leaves the last block out.
fn blocks_of(step: u64) -> usize {
    BLOCKS - usize::from(step.is_multiple_of(2))
}

fn plain(device: &Device) -> Vec<f32> {
    device.seed(1);
    let mut model = Net::new(device);
    let mut optimizer: ModuleOptimizer = AdamConfig::new().build().into();
    let mut losses = Vec::new();
    for step in 1..=STEPS {
        let (x, y) = batch(step, device);
        let loss = model.loss(x, y, blocks_of(step), &Taps::off());
        losses.push(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(LEARNING_RATE, model, gradients);
    }
    losses
}

fn observed(device: &Device, log: &Path) -> Result<Vec<f32>, Box<dyn Error>> {
    device.seed(1);
    let mut model = Net::new(device);
    let mut observer = Observer::new(&model, &Net::layers(), device);
    let mut optimizer: ModuleOptimizer = ProbedOptimizer::new(AdamConfig::new().build(), observer.probe()).into();
    let mut lane = LaneHeader::new("net", "a net of its own", observer.layers().clone());
    lane.settings = [("optimizer", "adam"), ("batch", "32")].map(|(key, value)| (key.into(), value.into())).into();
    let header = Arc::new(RunHeader::new(vec![lane]));
    let trace = TraceSink::open(log, &header, OnExisting::Refuse)?;
    let recorder = Recorder::start(header, Fanout::new().with(trace))?;
    let mut losses = Vec::new();
    for step in 1..=STEPS {
        let start = Instant::now();
        let (x, y) = batch(step, device);
        let mut seen = observer.begin(if step % 10 == 1 { Scope::Histograms } else { Scope::Layers });
        let loss = model.loss(x, y, blocks_of(step), seen.taps());
        losses.push(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        seen.gradients(&observer, &model, &gradients);
        model = optimizer.step(LEARNING_RATE, model, gradients);
        let mut observation = observer.finish(seen, &model);

        let (lane, step) = (LaneId(0), Step(step));
        let payloads = observation.take_payloads();
        recorder.record(Event::Step(Arc::new(StepRecord {
            lane,
            step,
            epoch: 1,
            loss: losses.last().copied(),
            accuracy: None,
            learning_rate: Some(LEARNING_RATE),
            global_grad_norm: observation.global_grad_norm,
            clip_scale: None,
            clip_rate: None,
            step_ns: start.elapsed().as_nanos() as u64,
            measure_ns: observation.measuring.as_nanos() as u64,
            values: observation.values,
        })));
        for payload in payloads {
            recorder.record(Event::Snapshot(Arc::new(Snapshot { lane, step, payload })));
        }
    }
    let _ = recorder.finish();
    Ok(losses)
}

fn main() -> Result<(), Box<dyn Error>> {
    let log = std::env::args().nth(1).ok_or("write the folder of the trace, such as: observe run")?;
    let device = Device::flex().autodiff();
    let (with, without) = (observed(&device, Path::new(&log))?, plain(&device));
    let differing = with.iter().zip(&without).filter(|(with, without)| with.to_bits() != without.to_bits()).count();
    if differing > 0 {
        return Err(format!("{differing} of {STEPS} losses differ").into());
    }
    let (first, last) = (with[0], with[with.len() - 1]);
    println!("{STEPS} steps, loss {first} to {last}, the same bits with and without; the trace is in {log}");
    Ok(())
}
