//! What an update does: clipping by global norm, and warm-up.

use nablatop::backend;
use nablatop::config::{Backend, LaneConfig, Optimizer, Wiring};
use nablatop::data::{self, Batches};
use nablatop::probe::Scope;
use nablatop::quantity::{Moments, Quantity};
use nablatop::stack::{Labelled, Mlp, Task};
use nablatop::train::{StepOutput, Stepper};
use nablatop::units::Step;

use super::recording::{BACKENDS, Recording, row, small};

const RATE: f64 = 0.1;

/// Plain gradient descent: what is applied is rate × gradient.
fn lane(clip: Option<f64>) -> LaneConfig {
    let sgd = LaneConfig { optimizer: Optimizer::Sgd, momentum: 0.0, ..LaneConfig::new(Wiring::Residual) };
    LaneConfig { depth: 5, width: 16, clip, ..sgd }
}

fn first_step(lane: &LaneConfig, backend: Backend) -> StepOutput {
    let digits = data::digits().expect("embedded");
    let device = backend::device(backend).autodiff();
    let mut batches = Batches::new(1, digits.training.rows(), 64);
    let batch = Labelled::of(digits.training.gather(batches.rows(Step::FIRST), digits.shape.numbers()), &device);
    let model = Mlp::new(lane, Task::rows(64, 10), 1, &device);
    Stepper::new(model, lane, &device).step(&batch, RATE, Scope::Layers)
}

/// ‖Δθ‖ over all layers.
fn applied(taken: &StepOutput) -> f64 {
    taken.observation.samples.iter().filter_map(|sample| sample.update).reduce(Moments::and).expect("updated").norm()
}

fn value(taken: &StepOutput, quantity: Quantity, layer: usize) -> f64 {
    (quantity.definition().estimate)(&taken.observation.samples[layer]).expect("measured")
}

#[test]
fn clipping_scales_what_is_applied_and_not_what_is_measured() {
    for backend in BACKENDS {
        let free = first_step(&lane(None), backend);
        let norm = f64::from(free.observation.global_grad_norm.expect("measured"));
        assert!((applied(&free) / (RATE * norm) - 1.0).abs() < 1e-4);
        let most = norm / 8.0;
        let clipped = first_step(&lane(Some(most)), backend);
        assert_eq!(clipped.observation.global_grad_norm, free.observation.global_grad_norm);
        assert_eq!([free.clip_scale, free.clip_rate], [None; 2]);
        let scale = f64::from(clipped.clip_scale.expect("clipped"));
        assert!((scale * norm / most - 1.0).abs() < 1e-6 && clipped.clip_rate == Some(1.0), "{scale}");
        assert!((applied(&clipped) / (RATE * most) - 1.0).abs() < 1e-4, "{backend}");
        for layer in 0..free.observation.samples.len() {
            for quantity in [Quantity::GradNorm, Quantity::SignalNorm, Quantity::WeightNorm] {
                if layer > 0 || quantity != Quantity::SignalNorm {
                    assert_eq!(value(&clipped, quantity, layer), value(&free, quantity, layer));
                }
            }
            // The direction stays: every layer is scaled alike.
            let [ours, theirs] = [&clipped, &free].map(|taken| value(taken, Quantity::UpdateRatio, layer));
            assert!((ours * 8.0 / theirs - 1.0).abs() < 1e-3, "{backend}, layer {layer}: {ours} {theirs}");
        }
    }
}

#[test]
fn a_gradient_below_the_bound_is_left_alone() {
    for backend in BACKENDS {
        let free = first_step(&lane(None), backend);
        let bounded = first_step(&lane(Some(1e3)), backend);
        assert_eq!(bounded.observation.samples, free.observation.samples);
        assert_eq!(bounded.observation.global_grad_norm, free.observation.global_grad_norm);
        assert_eq!([bounded.clip_scale, bounded.clip_rate], [Some(1.0), Some(0.0)]);
    }
}

#[test]
fn warm_up_raises_what_is_applied_step_by_step() {
    for backend in BACKENDS {
        let lanes = vec![LaneConfig { lr: RATE, warmup: 4, ..lane(None) }];
        let run = Recording::of(small(backend, 6, lanes));
        let rates: Vec<f64> = run.steps(0).iter().map(|record| record.learning_rate.expect("a rate")).collect();
        assert_eq!(rates, [0.025, 0.05, 0.075_000_000_000_000_01, 0.1, 0.1, 0.1]);
        for record in run.steps(0) {
            let product = |a: Quantity, b: Quantity, layer: usize| {
                f64::from(row(record, a)[layer].expect("measured"))
                    * f64::from(row(record, b)[layer].expect("measured"))
            };
            for layer in 0..8 {
                let change = product(Quantity::UpdateRatio, Quantity::WeightNorm, layer);
                let gradient = f64::from(row(record, Quantity::GradNorm)[layer].expect("measured"));
                let rate = change / gradient;
                // A bias of 0.1 moves by 1e-4 of itself here: f32 leaves four digits of that.
                assert!(
                    (rate / record.learning_rate.expect("a rate") - 1.0).abs() < 1e-3,
                    "{backend} step {}: {rate}",
                    record.step
                );
            }
        }
    }
}
