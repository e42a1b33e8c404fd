//! Layer-sequential unit variance: orthogonal weights, each divided by the standard deviation of its output, from the
//! first layer to the last. Each layer gets the data as the scaled layers before it transform them.
//!
//! ```text
//! for W in forward order:   z = W x,   W ← W/std(z),   and the pass continues with z/std(z) + b
//! ```
//!
//! z is proportional to the weight, so that one pass is enough for all weights. Stochastic depth skips nothing in this
//! pass. A weight whose output is 0 or not finite is unchanged.
//!
//! Mishkin & Matas 2015, All you need is a good init (arXiv 1511.06422).

use std::cell::RefCell;

use burn::module::{ModuleMapper, Param};
use burn::tensor::Tensor;

use super::pass::Deviations;
use super::{Pass, Stack, replica};
use crate::probe::Taps;

/// The stack with every weight scaled by its effect on these examples.
#[must_use]
pub(crate) fn scaled<S: Stack>(model: S, batch: &S::Batch) -> S {
    let deviations = RefCell::new(Deviations::new());
    // The pass uses a replica, so that running statistics stay unchanged.
    drop(replica(&model).loss_in(batch, Pass::scaling(&Taps::off(), &deviations)));
    model.map(&mut Divided(deviations.into_inner()))
}

/// Divides weights by these deviations.
struct Divided(Deviations);

impl ModuleMapper for Divided {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(deviation) = self.0.get(&parameter.id).copied() else { return parameter };
        parameter.map(|tensor| {
            let is_trained = tensor.is_require_grad();
            tensor.div_scalar(deviation).detach().set_require_grad(is_trained)
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::activation::relu;

    use super::*;
    use crate::backend::device;
    use crate::config::{Backend, Init, LaneConfig, Model, Norm, Wiring};
    use crate::data::{Subset, digits};
    use crate::random::StepRng;
    use crate::stack::{Examples, Highway, Labelled, Mlp, Task, resnet};
    use crate::units::Step;

    fn batch(backend: Backend) -> Labelled {
        let draw = StepRng { seed: 1, step: Step(1) };
        let rows: Vec<usize> = (0..64).collect();
        Labelled::gather(&digits().expect("embedded"), Subset::Training, &rows, draw, &device(backend))
    }

    fn deviation<const D: usize>(z: &Tensor<D>) -> f64 {
        let mean = z.clone().mean().unsqueeze();
        (z.clone() - mean).square().mean().into_scalar::<f64>().sqrt()
    }

    #[test]
    fn every_layer_puts_out_a_variance_of_one() {
        for backend in [Backend::Flex, Backend::Ndarray] {
            let device = device(backend).autodiff();
            let lane = LaneConfig { depth: 60, width: 32, init: Init::Lsuv, ..LaneConfig::new(Wiring::Plain) };
            let batch = batch(backend);
            let net = scaled(Mlp::new(&lane, Task::rows(64, 10), 1, &device), &batch).valid();
            let mut x = net.stem.forward(batch.inputs.clone());
            for (index, block) in net.blocks.iter().enumerate() {
                assert!((deviation(&x) - 1.0).abs() < 1e-3, "{backend} block {index}: {}", deviation(&x));
                x = block.forward(x);
            }
            assert!((deviation(&net.head.forward(x)) - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn blocks_that_a_step_leaves_out_and_gates_with_a_bias_are_measured_like_all() {
        let device = device(Backend::Flex).autodiff();
        let batch = Labelled { rng: Some(StepRng { seed: 1, step: Step(1) }), ..batch(Backend::Flex) };
        let lane = LaneConfig { depth: 20, width: 32, init: Init::Lsuv, ..LaneConfig::new(Wiring::StochasticDepth) };
        let net = scaled(Mlp::new(&lane, Task::rows(64, 10), 1, &device), &batch).valid();
        let mut x = net.stem.forward(batch.inputs.clone());
        for block in &net.blocks {
            let branch = relu(x.clone()).matmul(block.weight.val());
            assert!((deviation(&branch) - 1.0).abs() < 1e-3, "{}", deviation(&branch));
            x = x + branch;
        }
        let lane =
            LaneConfig { depth: 4, width: 32, init: Init::Lsuv, ..LaneConfig::of(Model::Highway, Wiring::Residual) };
        let net = scaled(Highway::new(&lane, Task::rows(64, 10), 1, &device), &batch).valid();
        let x = net.stem.forward(batch.inputs);
        let gate = net.blocks[0].gate.as_ref().expect("a gate");
        assert!((deviation(&x.matmul(gate.weight.val())) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn weights_keep_their_direction_and_a_weight_that_puts_out_nothing_its_size() {
        let device = device(Backend::Flex).autodiff();
        let lane =
            LaneConfig { depth: 8, width: 4, norm: Norm::None, ..LaneConfig::of(Model::Resnet, Wiring::Residual) };
        let task = Task { shape: crate::data::Shape { channels: 1, height: 8, width: 8 }, classes: 10 };
        let before = resnet(&LaneConfig { init: Init::Lsuv, ..lane.clone() }, task, 1, &device);
        let after = scaled(before.clone(), &batch(Backend::Flex));
        let weight = |net: &crate::stack::ConvNet| net.blocks[1].steps[0].convolution.weight.val();
        let ratio = weight(&after) / weight(&before);
        let [least, most]: [f32; 2] = [ratio.clone().min().into_scalar(), ratio.max().into_scalar()];
        assert!((least / most - 1.0).abs() < 1e-4 && (least - 1.0).abs() > 1e-3, "{least} {most}");
        assert!(weight(&after).is_require_grad());
        // Fixup starts branches at 0.
        let still = LaneConfig { wiring: Wiring::Fixup, ..lane };
        let net = scaled(resnet(&still, task, 1, &device), &batch(Backend::Flex));
        assert_eq!(net.blocks[1].steps[1].convolution.weight.val().abs().max().into_scalar::<f32>(), 0.0);
    }
}
