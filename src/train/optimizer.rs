//! The update rule of a lane: Burn's optimizers with the documented settings, and clipping by global norm.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, RmsPropConfig, SgdConfig};
use burn::tensor::Tensor;

use crate::config::{LaneConfig, Optimizer};
use crate::probe::{OptimizerProbe, ProbedOptimizer};

/// Builds the optimizer of a lane. Adam's ε is nablatop's (1e-8 by default; Burn's own default is 1e-5).
pub(super) fn build(lane: &LaneConfig, watch: OptimizerProbe) -> ModuleOptimizer {
    let decay = (lane.weight_decay > 0.0).then(|| WeightDecayConfig::new(lane.weight_decay as f32));
    match lane.optimizer {
        Optimizer::Sgd => {
            // v ← μ v + g: Burn's default dampening would reduce each new gradient by a tenth.
            let momentum =
                (lane.momentum > 0.0).then(|| MomentumConfig::new().with_momentum(lane.momentum).with_dampening(0.0));
            ProbedOptimizer::new(SgdConfig::new().with_momentum(momentum).with_weight_decay(decay).build(), watch)
                .into()
        }
        Optimizer::Adam => {
            let adam = AdamConfig::new().with_epsilon(lane.epsilon as f32).with_weight_decay(decay);
            ProbedOptimizer::new(adam.build(), watch).into()
        }
        Optimizer::RmsProp => {
            // v ← 0.99 v + 0.01 g²,  θ ← θ − lr·g/(√v + ε): without momentum, as published.
            let rmsprop = RmsPropConfig::new().with_alpha(0.99).with_momentum(0.0).with_epsilon(lane.epsilon as f32);
            ProbedOptimizer::new(rmsprop.with_weight_decay(decay).build(), watch).into()
        }
        Optimizer::AdamW => {
            let adamw = AdamWConfig::new().with_epsilon(lane.epsilon as f32);
            ProbedOptimizer::new(adamw.with_weight_decay(lane.weight_decay as f32).build(), watch).into()
        }
    }
}

/// Learning rate of a step, `step` from 1: rises linearly over `warmup` steps, then stays.
pub(super) fn learning_rate(base: f64, warmup: u64, step: u64) -> f64 {
    if step < warmup { base * step as f64 / warmup as f64 } else { base }
}

/// Multiplies every gradient by `factor`, in place.
pub(super) fn scale<M: Module>(model: &M, gradients: &mut GradientsParams, factor: f64) {
    model.visit(&mut Scale { gradients, factor });
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(parameter.id) {
            self.gradients.register::<D>(parameter.id, gradient.mul_scalar(self.factor));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_rises_linearly_to_the_base() {
        assert_eq!(learning_rate(0.1, 0, 1), 0.1);
        assert!((learning_rate(0.1, 4, 1) - 0.025).abs() < 1e-12);
        assert_eq!(learning_rate(0.1, 4, 4), 0.1);
        assert_eq!(learning_rate(0.1, 4, 9), 0.1);
    }
}
