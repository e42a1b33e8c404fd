//! Measuring changes nothing, and the same settings give the same run, bit by bit.

use burn::module::{Module, ModuleVisitor, Param};
use burn::prelude::Device;
use burn::tensor::Tensor;
use nablatop::backend;
use nablatop::config::{Activation, Backend, LaneConfig, Measure, Norm, Optimizer, RunConfig, Wiring};
use nablatop::data::{self, Batches};
use nablatop::layer::Layer;
use nablatop::probe::{Scope, Taps};
use nablatop::quantity::Quantity;
use nablatop::stack::{Labelled, Loss, Mlp, Pass, Stack, Task};
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::recording::{BACKENDS, Recording, row, small};

const TASK: Task = Task::rows(64, 10);
const STEPS: u64 = 9;

/// All float parameters, running statistics included, as f32.
#[derive(Default)]
struct Numbers(Vec<f32>);

impl ModuleVisitor for Numbers {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let values = parameter.val().inner().into_data().try_into_vec::<f32>();
        self.0.extend(values.expect("f32"));
    }
}

fn numbers<M: Module>(model: &M) -> Vec<f32> {
    let mut numbers = Numbers::default();
    model.visit(&mut numbers);
    numbers.0
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// A few steps on the digits: losses and final numbers.
fn train<S>(model: S, lane: &LaneConfig, device: &Device, look: impl Fn(u64) -> Scope) -> (Vec<f32>, Vec<f32>)
where
    S: Stack<Batch = Labelled>,
{
    let digits = data::digits().expect("embedded");
    let mut batches = Batches::new(1, digits.training.rows(), 32);
    let mut stepper = Stepper::new(model, lane, device);
    let before = numbers(stepper.model());
    let losses = (1..=STEPS)
        .map(|step| {
            let batch = Labelled::of(digits.training.gather(batches.rows(Step(step)), digits.shape.numbers()), device);
            stepper.step(&batch, lane.lr, look(step)).loss
        })
        .collect();
    // Running statistics take their newest update in when they are asked for.
    drop(stepper.model().valid());
    let after = numbers(stepper.model());
    assert!(before.iter().zip(&after).filter(|(before, after)| before != after).count() > before.len() / 4);
    (losses, after)
}

fn lane(wiring: Wiring) -> LaneConfig {
    LaneConfig { depth: 4, width: 12, lr: 0.01, ..LaneConfig::new(wiring) }
}

#[test]
fn losses_and_weights_are_the_same_whether_watched_or_not() {
    let every =
        |steps: u64| move |step: u64| if (step - 1).is_multiple_of(steps) { Scope::Layers } else { Scope::Nothing };
    for backend in BACKENDS {
        let device = backend::device(backend).autodiff();
        for optimizer in [Optimizer::Sgd, Optimizer::Adam, Optimizer::AdamW] {
            for (clip, norm) in [(None, Norm::None), (Some(0.05), Norm::None), (Some(0.05), Norm::Batch)] {
                for wiring in [Wiring::Plain, Wiring::Residual] {
                    let lane = LaneConfig { optimizer, clip, norm, weight_decay: 0.01, ..lane(wiring) };
                    let model = || Mlp::new(&lane, TASK, 1, &device);
                    let (losses, weights) = train(model(), &lane, &device, |_| Scope::Nothing);
                    let looks: [&dyn Fn(u64) -> Scope; 4] =
                        [&every(1), &every(7), &|_| Scope::Gradients, &|_| Scope::Costly];
                    for look in looks {
                        let (watched_losses, watched_weights) = train(model(), &lane, &device, look);
                        assert_eq!(bits(&watched_losses), bits(&losses), "{backend} {lane:?}");
                        assert_eq!(bits(&watched_weights), bits(&weights), "{backend} {lane:?}");
                    }
                }
            }
        }
    }
}

fn both_lanes(backend: Backend) -> RunConfig {
    small(backend, 20, vec![LaneConfig::new(Wiring::Plain), LaneConfig::new(Wiring::Residual)])
}

#[test]
fn a_run_is_the_same_however_often_it_is_measured() {
    for backend in BACKENDS {
        let [each, seventh, first] = [1, 7, u64::MAX]
            .map(Measure::Every)
            .map(|measure| Recording::of(RunConfig { measure, ..both_lanes(backend) }));
        let measured = |run: &Recording| run.steps(1).iter().filter(|record| record.is_measured()).count();
        assert_eq!([&each, &seventh, &first].map(measured), [20, 4, 2], "and the last");
        for other in [seventh, first] {
            for lane in [0, 1] {
                assert_eq!(other.losses(lane), each.losses(lane), "{backend}");
                assert_eq!(other.evaluations(lane), each.evaluations(lane), "{backend}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run_with_one_thread_and_with_two() {
    for backend in BACKENDS {
        let run = |threads| Recording::of(RunConfig { threads: Some(threads), ..both_lanes(backend) });
        let first = run(1);
        for again in [run(1), run(2), run(2)] {
            for lane in [0, 1] {
                assert_eq!(again.losses(lane), first.losses(lane), "{backend}");
                let (values, before) = (again.steps(lane), first.steps(lane));
                assert!(values.iter().zip(&before).all(|(value, before)| value.values == before.values), "{backend}");
            }
        }
    }
}

#[test]
fn another_seed_gives_other_weights_and_other_batches() {
    for backend in BACKENDS {
        let [one, two] = [1, 2].map(|seed| Recording::of(RunConfig { seed, ..both_lanes(backend) }));
        assert!(one.losses(0).iter().zip(two.losses(0)).all(|(one, two)| *one != two));
        for quantity in [Quantity::ActRms, Quantity::WeightNorm] {
            assert_ne!(row(one.steps(0)[0], quantity)[0], row(two.steps(0)[0], quantity)[0], "{quantity}");
        }
    }
}

#[test]
fn lanes_see_the_same_batches_and_start_from_the_same_weights() {
    for backend in BACKENDS {
        let run = Recording::of(both_lanes(backend));
        let stem_inputs =
            |lane| run.steps(lane).into_iter().map(|record| row(record, Quantity::ActRms)[0]).collect::<Vec<_>>();
        let inputs = stem_inputs(0);
        assert_eq!(inputs, stem_inputs(1));
        assert!(inputs.iter().all(Option::is_some) && inputs.windows(2).all(|pair| pair[0] != pair[1]));
        let weights = |lane| row(run.steps(lane)[0], Quantity::WeightNorm);
        assert_eq!(weights(0), weights(1));

        let device = backend::device(backend).autodiff();
        let [plain, residual] = [Wiring::Plain, Wiring::Residual]
            .map(|wiring| numbers(&Mlp::new(&LaneConfig::new(wiring), TASK, 1, &device)));
        assert_eq!(bits(&plain), bits(&residual));
    }
    let [flex, ndarray] = BACKENDS.map(|backend| {
        numbers(&Mlp::new(&LaneConfig::new(Wiring::Plain), TASK, 1, &backend::device(backend).autodiff()))
    });
    assert_eq!(bits(&flex), bits(&ndarray));
}

/// The same stack in Burn's own operations, one by one.
#[derive(Module, Debug)]
struct Unfused {
    mlp: Mlp,
}

impl Stack for Unfused {
    type Batch = Labelled;

    fn layers(&self) -> Vec<Layer> {
        self.mlp.layers().into_iter().map(|layer| Layer { path: format!("mlp.{}", layer.path), ..layer }).collect()
    }

    fn logit(&self, batch: &Labelled, taps: &Taps) -> Tensor<1> {
        self.mlp.logit(batch, taps)
    }

    fn loss_in(&self, batch: &Labelled, _: Pass<'_>) -> Loss {
        let x = self.mlp.stem.forward(batch.inputs.clone());
        let x = self.mlp.blocks.iter().fold(x, |x, block| block.forward(x));
        batch.cross_entropy(self.mlp.head.forward(x))
    }
}

#[test]
fn the_fused_block_trains_like_the_plain_one() {
    use Activation::{Gelu, Identity, Relu, Sigmoid, Tanh};
    for backend in BACKENDS {
        let device = backend::device(backend).autodiff();
        for activation in [Relu, Tanh, Sigmoid, Gelu, Identity] {
            for wiring in [Wiring::Plain, Wiring::Residual] {
                // Plain descent: Adam divides by the size of a gradient, and so makes much of rounding.
                let lane = LaneConfig { activation, optimizer: Optimizer::Sgd, ..lane(wiring) };
                let model = || Mlp::new(&lane, TASK, 1, &device);
                let fused = train(model(), &lane, &device, |_| Scope::Nothing);
                let plain = train(Unfused { mlp: model() }, &lane, &device, |_| Scope::Nothing);
                let is_near = |(fused, plain): (&f32, &f32)| (fused - plain).abs() <= 1e-5 * plain.abs().max(0.1);
                assert!(fused.0.iter().zip(&plain.0).all(is_near), "{backend} {activation} {wiring}");
                assert!(fused.1.iter().zip(&plain.1).all(is_near), "{backend} {activation} {wiring}");
            }
        }
    }
}
