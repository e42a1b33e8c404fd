//! The interface of every architecture to training and to the screen.

use burn::module::Module;
use burn::tensor::Tensor;

use super::{Examples, Loss, Pass};
use crate::event::Samples;
use crate::layer::Layer;
use crate::probe::Taps;

/// A model whose layers can be measured in depth order.
pub trait Stack: Module {
    /// The examples of one step.
    type Batch: Examples;

    /// Every layer in forward order, without its parameters: those are found by its path.
    fn layers(&self) -> Vec<Layer>;

    /// Sum over the rows of one fixed logit, shape `[1]`, with the inputs tracked and each layer's input passing through
    /// its tap.
    fn logit(&self, batch: &Self::Batch, taps: &Taps) -> Tensor<1>;

    /// Mean loss of a batch in a pass, with each layer's input passing through its tap.
    fn loss_in(&self, batch: &Self::Batch, pass: Pass<'_>) -> Loss;

    /// The same in a pass that these taps read.
    fn loss(&self, batch: &Self::Batch, taps: &Taps) -> Loss {
        self.loss_in(batch, Pass::of(taps))
    }

    /// Pictures that the stack samples, as in evaluation; `None` if it is not a generative model.
    fn samples(&self) -> Option<Samples> {
        None
    }
}
