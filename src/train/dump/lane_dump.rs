//! One lane's part of a dump: its parameters, gradients and batch on the host.

use burn::module::Module;
use burn::optim::GradientsParams;

use crate::stack::{Examples, HostTensor};
use crate::train::named::{self, Named};

/// One lane's part of a dump.
#[derive(Debug)]
pub(in crate::train) struct LaneDump {
    pub(in crate::train) parameters: Vec<Named>,
    pub(in crate::train) gradients: Vec<Named>,
    pub(in crate::train) loss: f32,
    pub(in crate::train) batch: Vec<HostTensor>,
}

impl LaneDump {
    /// A stack and its batch before the step.
    pub(in crate::train) fn before<M: Module>(model: &M, batch: &impl Examples) -> Self {
        Self { parameters: named::parameters(model), gradients: Vec::new(), loss: f32::NAN, batch: batch.on_host() }
    }

    /// Adds the results of the backward pass.
    pub(in crate::train) fn see<M: Module>(&mut self, model: &M, gradients: &GradientsParams) {
        self.gradients = named::gradients(model, gradients);
    }
}
