//! The default stack in plain f64 without any library: forward pass, backward pass and update rules.
//!
//! It starts from the program's own initial weights and uses its batches; everything else is independent.

pub(crate) mod stack;

use burn::optim::LearningRate;
use burn::prelude::Device;
use nablatop::backend;
use nablatop::config::{Backend, Init, LaneConfig, Length, Optimizer, RunConfig, Wiring};
use nablatop::data::{self, Batches, Classified};
use nablatop::probe::Scope;
use nablatop::quantity::Quantity;
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::Stepper;
use nablatop::units::Step;

use super::recording::{BACKENDS, Recording, loss, row};
use stack::{Affine, Gradients, Reference};

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// Below this a value is near where f32 ends.
const LEAST: f64 = 1e-30;

struct Examples {
    digits: Classified,
    batches: Batches,
}

impl Examples {
    fn new(seed: u64) -> Self {
        let digits = data::digits().expect("embedded");
        let batches = Batches::new(seed, digits.training.rows(), RunConfig::default().batch);
        Self { digits, batches }
    }

    /// A step as the stack sees it.
    fn batch(&mut self, step: u64, device: &Device) -> Labelled {
        Labelled::of(self.digits.training.gather(self.batches.rows(Step(step)), self.digits.shape.numbers()), device)
    }

    /// Inputs, row-major, and classes of a step.
    fn at(&mut self, step: u64) -> (Vec<f64>, Vec<usize>) {
        let (features, split) = (self.digits.shape.numbers(), &self.digits.training);
        let rows = self.batches.rows(Step(step));
        let inputs = rows.iter().flat_map(|row| &split.inputs[row * features..(row + 1) * features]);
        (inputs.map(|value| f64::from(*value)).collect(), rows.iter().map(|row| split.targets[*row]).collect())
    }
}

fn reference(lane: &LaneConfig, seed: u64) -> Reference {
    let device = backend::device(Backend::Flex).autodiff();
    Reference::of(&Mlp::new(lane, Task::rows(64, 10), seed, &device), lane.wiring)
}

/// Relative error of a measured row of a quantity, the largest over the layers with a value above [`LEAST`].
#[track_caller]
fn largest_error(found: &[Option<f32>], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let compared = expected.iter().zip(found).filter(|(expected, _)| expected.abs() > LEAST);
    let errors: Vec<f64> =
        compared.map(|(expected, found)| (f64::from(found.expect("measured")) / expected - 1.0).abs()).collect();
    assert!(errors.len() > expected.len() - 2, "only {} values above {LEAST:e}", errors.len());
    errors.into_iter().fold(0.0, f64::max)
}

#[test]
fn the_first_signals_equal_the_reference_and_say_which_stack_dies() {
    for backend in BACKENDS {
        for seed in SEEDS {
            let config = RunConfig { backend, seed, length: Length::Steps(1), ..RunConfig::default() };
            let run = Recording::of(config.clone());
            let (inputs, classes) = Examples::new(seed).at(1);
            let ratios: Vec<f64> = (0..2)
                .map(|index| {
                    let expected = reference(&config.lanes[index], seed).gradients(&inputs, &classes);
                    let step = run.steps(index)[0];
                    let signal = row(step, Quantity::SignalNorm);
                    let error = largest_error(&signal, &expected.signals());
                    let gradient = largest_error(&row(step, Quantity::GradNorm), &expected.norms());
                    println!(
                        "{backend} seed {seed} {}: signal {error:.1e}, gradient {gradient:.1e}",
                        config.lanes[index].name
                    );
                    assert!(error <= 1e-4 && gradient <= 1e-4);
                    assert!((f64::from(loss(step)) / expected.loss - 1.0).abs() < 1e-5);
                    let global = f64::from(step.global_grad_norm.expect("measured"));
                    assert!((global / expected.global_norm() - 1.0).abs() < 1e-4);
                    f64::from(signal[1].expect("block 1")) / f64::from(signal[50].expect("block 50"))
                })
                .collect();
            println!("{backend} seed {seed}: block 1 to block 50 {:.1e}, {:.1}", ratios[0], ratios[1]);
            assert!((1e-22..=1e-17).contains(&ratios[0]), "{ratios:?}");
            assert!((10.0..=500.0).contains(&ratios[1]), "{ratios:?}");
        }
    }
}

/// The losses of a few steps of a lane, measured and by the reference with `update`: (θ, g, state, step).
fn follows(lane: &LaneConfig, update: impl Fn(&mut f64, f64, &mut [f64; 2], i32)) {
    const STEPS: u64 = 25;
    let mut examples = Examples::new(1);
    let mut reference = reference(lane, 1);
    let mut state: Vec<[f64; 2]> = vec![[0.0; 2]; reference.parameters().count()];
    let expected: Vec<f64> = (1..=STEPS)
        .map(|step| {
            let (inputs, classes) = examples.at(step);
            let Gradients { loss, layers, .. } = reference.gradients(&inputs, &classes);
            let gradients: Vec<f64> = layers.iter().flat_map(Affine::numbers).copied().collect();
            assert_eq!(gradients.len(), state.len());
            for ((value, gradient), state) in reference.parameters().zip(gradients).zip(&mut state) {
                update(value, gradient, state, step as i32);
            }
            loss
        })
        .collect();
    assert!(expected[STEPS as usize - 1] < 0.97 * expected[0], "nothing was learned: {expected:?}");
    for backend in BACKENDS {
        let lanes = vec![lane.clone()];
        let run = Recording::of(RunConfig { backend, lanes, length: Length::Steps(STEPS), ..RunConfig::default() });
        for (record, expected) in run.steps(0).iter().zip(&expected) {
            let error = (f64::from(loss(record)) / expected - 1.0).abs();
            assert!(error < 1e-3, "{backend}, step {}: {} instead of {expected}", record.step, loss(record));
        }
    }
}

fn shallow(optimizer: Optimizer, lr: f64) -> LaneConfig {
    LaneConfig { depth: 8, width: 16, optimizer, lr, init: Init::Default, ..LaneConfig::new(Wiring::Residual) }
}

#[test]
fn sgd_with_momentum_is_v_from_mu_v_plus_g() {
    const RATE: LearningRate = 0.02;
    follows(&LaneConfig { momentum: 0.9, ..shallow(Optimizer::Sgd, RATE) }, |value, gradient, [velocity, _], _| {
        *velocity = 0.9 * *velocity + gradient;
        *value -= RATE * *velocity;
    });
}

#[test]
fn sgd_decays_weights_through_the_gradient() {
    const RATE: LearningRate = 0.1;
    let lane = LaneConfig { momentum: 0.0, weight_decay: 0.3, ..shallow(Optimizer::Sgd, RATE) };
    follows(&lane, |value, gradient, _, _| *value -= RATE * (gradient + 0.3 * *value));
}

fn adam(gradient: f64, [first, second]: &mut [f64; 2], step: i32) -> f64 {
    *first = 0.9 * *first + 0.1 * gradient;
    *second = 0.999 * *second + 0.001 * gradient * gradient;
    let (first, second) = (*first / (1.0 - 0.9_f64.powi(step)), *second / (1.0 - 0.999_f64.powi(step)));
    first / (second.sqrt() + 1e-8)
}

#[test]
fn adam_is_as_published() {
    follows(&shallow(Optimizer::Adam, 1e-3), |value, gradient, state, step| {
        *value -= 1e-3 * adam(gradient, state, step);
    });
}

#[test]
fn adamw_decays_weights_apart_from_the_gradient() {
    let lane = LaneConfig { weight_decay: 5.0, ..shallow(Optimizer::AdamW, 1e-3) };
    follows(&lane, |value, gradient, state, step| {
        *value -= 1e-3 * (5.0 * *value + adam(gradient, state, step));
    });
}

/// As Hinton's lecture has it: no momentum, no correction of the first steps.
fn rmsprop(gradient: f64, [square, _]: &mut [f64; 2], _: i32) -> f64 {
    *square = 0.99 * *square + 0.01 * gradient * gradient;
    gradient / (square.sqrt() + 1e-8)
}

#[test]
fn rmsprop_divides_by_the_root_of_a_running_square() {
    follows(&shallow(Optimizer::RmsProp, 3e-4), |value, gradient, state, step| {
        *value -= 3e-4 * rmsprop(gradient, state, step);
    });
}

/// The residual lane of an optimizer, update by update: each starts from the program's own weights, so that what is compared is
/// one update and not what rounding made of all before it. Prints, and judges, per layer ‖Δθ − Δθ_ref‖/‖Δθ_ref‖.
fn every_update_is(
    lane: &LaneConfig,
    rule: impl Fn(f64, &mut [f64; 2], i32) -> f64,
    (backend, seed, steps): (Backend, u64, u64),
) {
    let device = backend::device(backend).autodiff();
    let model = Mlp::new(lane, Task::rows(64, 10), seed, &device);
    let mut stepper = Stepper::new(model, lane, &device);
    let mut examples = Examples::new(seed);
    let mut before = Reference::of(stepper.model(), lane.wiring);
    let mut state: Vec<[f64; 2]> = vec![[0.0; 2]; before.parameters().count()];
    let mut medians = Vec::new();
    let mut worst = 0.0_f64;
    for step in 1..=steps {
        let (inputs, classes) = examples.at(step);
        let gradients = before.gradients(&inputs, &classes);
        let _ = stepper.step(&examples.batch(step, &device), lane.lr, Scope::Nothing);
        let after = Reference::of(stepper.model(), lane.wiring);
        let mut state = state.iter_mut();
        let mut errors: Vec<f64> = before
            .layers()
            .zip(after.layers())
            .zip(&gradients.layers)
            .map(|((before, after), gradient)| {
                let (mut off, mut whole) = (0.0, 0.0);
                for ((before, after), gradient) in before.numbers().zip(after.numbers()).zip(gradient.numbers()) {
                    let update = lane.lr * rule(*gradient, state.next().expect("one each"), step as i32);
                    off += (before - after - update).powi(2);
                    whole += update * update;
                }
                (off / whole).sqrt()
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        medians.push(errors[errors.len() / 2]);
        worst = worst.max(errors[errors.len() - 1]);
        before = after;
    }
    medians.sort_by(f64::total_cmp);
    let (median, largest) = (medians[medians.len() / 2], medians[medians.len() - 1]);
    println!(
        "{backend} {} seed {seed}, {steps} updates: typically {median:.1e}, a step {largest:.1e}, a layer {worst:.1e}",
        lane.optimizer
    );
    // A sum of f32 may fall on the other side of a relu's zero, and once the loss is 1e-5 little is left of a gradient
    // but rounding: Adam scales both up.
    assert!(median < 1e-4 && largest < 0.02 && worst < 0.2, "{median:e} {largest:e} {worst:e}");
}

#[test]
fn the_default_run_takes_the_updates_of_an_independent_adam() {
    for backend in BACKENDS {
        every_update_is(&LaneConfig::new(Wiring::Residual), adam, (backend, 1, 60));
    }
}

#[test]
fn rmsprop_takes_the_updates_of_an_independent_one() {
    for backend in BACKENDS {
        every_update_is(&shallow(Optimizer::RmsProp, 3e-4), rmsprop, (backend, 1, 60));
    }
}

/// Seed 3 on flex is the run that ends in a spike ([`super::training`]).
#[test]
#[ignore = "a minute per backend: all updates of the run"]
fn a_run_that_ends_in_a_spike_takes_the_updates_of_an_independent_adam() {
    for backend in BACKENDS {
        every_update_is(&LaneConfig::new(Wiring::Residual), adam, (backend, 3, 1000));
    }
}
