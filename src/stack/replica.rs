//! A replica of a stack: the same values with running statistics of its own, for passes that must not change the stack.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{GradientCheckpointingStrategy, Tensor};

/// A replica of a stack that can be trained, on the same device and with the same checkpointing of activations.
#[must_use]
pub fn replica<M: Module>(model: &M) -> M {
    let mut found = Strategy(None);
    model.visit(&mut found);
    // The conversion to a model without a graph and back makes a copy, but it resets the checkpointing strategy.
    let replica = model.valid().train();
    match found.0 {
        Some(strategy @ GradientCheckpointingStrategy::Balanced) => replica.map(&mut Keeping(strategy)),
        Some(GradientCheckpointingStrategy::Disabled) | None => replica,
    }
}

/// The checkpointing strategy of the parameters' tensors, which all share it.
struct Strategy(Option<GradientCheckpointingStrategy>);

impl ModuleVisitor for Strategy {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        if self.0.is_none() {
            self.0 = parameter.val().gradient_checkpointing_strategy();
        }
    }
}

struct Keeping(GradientCheckpointingStrategy);

impl ModuleMapper for Keeping {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        parameter.map(|tensor| tensor.with_gradient_checkpointing_strategy(self.0))
    }
}
