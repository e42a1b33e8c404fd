//! The tensors of a module by their path, such as `blocks.7.weight`, on the host in f32.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::probe::Snapshot;

/// A tensor on the host.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// Path inside the module.
    pub(super) path: String,
    /// Outermost dimension first; a linear weight is [in, out].
    pub(super) shape: Vec<usize>,
    /// Row-major.
    pub(super) values: Vec<f32>,
}

impl Named {
    /// A copy of a tensor.
    pub(super) fn of<const D: usize>(path: String, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims().to_vec();
        Self { path, shape, values: tensor.into_data().convert::<f32>().iter::<f32>().collect() }
    }
}

/// The position of a visitor in a module.
#[derive(Debug, Default)]
pub(super) struct ModulePath(Vec<String>);

impl ModulePath {
    pub(super) fn enter(&mut self, name: &str) {
        self.0.push(name.to_owned());
    }

    pub(super) fn exit(&mut self) {
        self.0.pop();
    }

    /// `blocks.7.weight`.
    pub(super) fn joined(&self) -> String {
        self.0.join(".")
    }
}

/// Every float parameter with its current value, running statistics included.
pub(super) fn parameters<M: Module>(model: &M) -> Vec<Named> {
    // The tensors are copied without the graph; otherwise running statistics would be one update behind.
    visited(&model.valid(), Wanted::Parameters)
}

/// The gradient of every parameter that has one.
pub(super) fn gradients<M: Module>(model: &M, gradients: &GradientsParams) -> Vec<Named> {
    visited(model, Wanted::Gradients(gradients))
}

/// The trained parameters with their values in a snapshot of the model.
pub(super) fn snapshot<M: Module>(model: &M, snapshot: &Snapshot) -> Vec<Named> {
    visited(model, Wanted::Snapshot(snapshot))
}

fn visited<M: Module>(model: &M, wanted: Wanted<'_>) -> Vec<Named> {
    let mut visitor = Visitor { path: ModulePath::default(), wanted, visited: 0, found: Vec::new() };
    model.visit(&mut visitor);
    visitor.found
}

enum Wanted<'a> {
    Parameters,
    Gradients(&'a GradientsParams),
    Snapshot(&'a Snapshot),
}

struct Visitor<'a> {
    path: ModulePath,
    wanted: Wanted<'a>,
    /// Number of parameters visited so far.
    visited: usize,
    found: Vec<Named>,
}

impl ModuleVisitor for Visitor<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.enter(name);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let tensor = match self.wanted {
            Wanted::Parameters => Some(parameter.val()),
            Wanted::Gradients(gradients) => gradients.get::<D>(parameter.id),
            Wanted::Snapshot(snapshot) => {
                snapshot.get::<D>(self.visited).cloned().filter(|_| parameter.is_require_grad())
            }
        };
        self.visited += 1;
        self.found.extend(tensor.map(|tensor| Named::of(self.path.joined(), tensor)));
    }
}
