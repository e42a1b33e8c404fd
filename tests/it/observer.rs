//! The observer with models that the lab does not know: parameters outside every row, and parameters without a
//! gradient.

use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::prelude::Device;
use burn::tensor::{Distribution, Tensor, activation};
use nablatop::layer::{Layer, LayerKind};
use nablatop::probe::{Observation, Observer, ProbedOptimizer, Scope, Taps};
use nablatop::units::LayerId;

const WIDTH: usize = 6;
const BLOCKS: u32 = 3;
const STEPS: u64 = 4;

/// A stack whose first matrix belongs to no row.
#[derive(Module, Debug)]
struct Net {
    entry: Param<Tensor<2>>,
    blocks: Vec<Param<Tensor<2>>>,
}

impl Net {
    fn new(device: &Device) -> Self {
        device.seed(3);
        let weight = || Param::from_tensor(Tensor::random([WIDTH, WIDTH], Distribution::Uniform(-0.5, 0.5), device));
        Self { entry: weight(), blocks: (0..BLOCKS).map(|_| weight()).collect() }
    }

    fn loss(&self, step: u64, taps: &Taps, device: &Device) -> Tensor<1> {
        device.seed(step);
        let mut x = Tensor::random([5, WIDTH], Distribution::Uniform(-1.0, 1.0), device).matmul(self.entry.val());
        for (row, weight) in (0..BLOCKS).zip(&self.blocks) {
            // Every second step leaves the last block out.
            if row + 1 < BLOCKS || !step.is_multiple_of(2) {
                x = taps.input(LayerId(row), x);
                x = x.clone() + activation::tanh(x).matmul(weight.val());
            }
        }
        x.square().mean()
    }

    fn rows() -> Vec<Layer> {
        (0..BLOCKS).map(|block| Layer::new(format!("blocks.{block}"), LayerKind::Block)).collect()
    }

    fn numbers(&self, block: u32) -> Vec<f64> {
        let data = self.blocks[block as usize].val().inner().into_data();
        data.iter::<f64>().collect()
    }
}

/// Whether the optimizer is wrapped with the observer's probe.
#[derive(Clone, Copy, PartialEq)]
enum Wrapped {
    Yes,
    No,
}

struct Seen {
    losses: Vec<f32>,
    observations: Vec<Observation>,
    /// ‖Δθ‖ of every block and step, from the parameters themselves.
    updates: Vec<Vec<f64>>,
}

fn observed(wrapped: Wrapped, scope: Scope) -> Seen {
    let device = Device::flex().autodiff();
    let mut model = Net::new(&device);
    let mut observer = Observer::new(&model, &Net::rows(), &device);
    let adam = AdamConfig::new().build();
    let mut optimizer: ModuleOptimizer = match wrapped {
        Wrapped::Yes => ProbedOptimizer::new(adam, observer.probe()).into(),
        Wrapped::No => adam.into(),
    };
    let mut seen = Seen { losses: Vec::new(), observations: Vec::new(), updates: Vec::new() };
    for step in 1..=STEPS {
        let mut watched = observer.begin(scope);
        let loss = model.loss(step, watched.taps(), &device);
        seen.losses.push(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        watched.gradients(&observer, &model, &gradients);
        let before: Vec<Vec<f64>> = (0..BLOCKS).map(|block| model.numbers(block)).collect();
        model = optimizer.step(0.01, model, gradients);
        seen.observations.push(observer.finish(watched, &model));
        let moved = |(block, before): (u32, Vec<f64>)| {
            let after = model.numbers(block);
            before.iter().zip(after).map(|(before, after)| (after - before).powi(2)).sum::<f64>().sqrt()
        };
        seen.updates.push((0..BLOCKS).zip(before).map(moved).collect());
    }
    seen
}

#[test]
fn an_update_is_that_of_its_own_row_wrapped_or_not_with_and_without_a_gradient() {
    for wrapped in [Wrapped::Yes, Wrapped::No] {
        for scope in [Scope::Layers, Scope::Histograms] {
            let Seen { observations, updates, .. } = observed(wrapped, scope);
            for (step, (observation, updates)) in (1..).zip(observations.iter().zip(updates)) {
                for (sample, (block, update)) in observation.samples.iter().zip((0..BLOCKS).zip(updates)) {
                    let found = sample.update.expect("every row has parameters").norm();
                    assert!(
                        (found - update).abs() <= 1e-6 * update,
                        "step {step}, block {block}: {found} for {update}"
                    );
                    let is_left_out = block + 1 == BLOCKS && step % 2 == 0;
                    assert_eq!(sample.grad.is_none(), is_left_out, "step {step}, block {block}");
                    assert_eq!(sample.drift.is_some(), scope == Scope::Histograms);
                }
            }
        }
    }
}

#[test]
fn a_model_of_its_own_is_observed_without_changing_a_bit() {
    let device = Device::flex().autodiff();
    let mut model = Net::new(&device);
    let mut optimizer: ModuleOptimizer = AdamConfig::new().build().into();
    let mut losses = Vec::new();
    for step in 1..=STEPS {
        let loss = model.loss(step, &Taps::off(), &device);
        losses.push(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(0.01, model, gradients);
    }
    for wrapped in [Wrapped::Yes, Wrapped::No] {
        for scope in [Scope::Nothing, Scope::Gradients, Scope::Layers, Scope::Histograms] {
            assert_eq!(observed(wrapped, scope).losses, losses, "{scope:?}");
        }
    }
}
