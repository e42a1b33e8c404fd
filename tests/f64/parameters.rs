//! The parameters of a model, running statistics among them, in the order in which it visits them: their numbers, all
//! moved a little, one of them moved, and the gradients of those that are trained.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};

use super::directions::proven;
use super::{host, plain};

/// Path and numbers of each.
pub(crate) fn parameters<M: Module>(model: &M) -> Vec<(String, Vec<f64>)> {
    let mut census = Census::default();
    model.visit(&mut census);
    census.found
}

/// The model with every number moved: no bias is 0, no γ is 1, no two streams are alike.
pub(crate) fn stirred<M: Module>(model: M) -> M {
    model.map(&mut Stirred(0))
}

/// The model without a graph, still normalizing as in training.
pub(crate) fn still<M: Module>(model: &M) -> M {
    model.clone().map(&mut Still)
}

/// Path, numbers and ∂L/∂θ of every trained parameter. The gradient is that of the graph behind `loss`, proven by
/// differences of `loss` itself.
pub(crate) fn gradients<M: Module>(model: &M, loss: impl Fn(&M) -> Tensor<1>) -> Vec<(String, Vec<f64>, Vec<f64>)> {
    let mut trained = Trained { graph: &loss(model).backward(), census: Census::default(), gradients: Vec::new() };
    model.visit(&mut trained);
    let (still, Trained { census, gradients, .. }) = (still(model), trained);
    let mut proofs = Vec::new();
    for (index, ((path, values), gradient)) in census.found.into_iter().zip(gradients).enumerate() {
        let Some(gradient) = gradient else { continue };
        let moved = |values: &[f64]| loss(&with(&still, index, values)).into_scalar::<f64>();
        let gradient = proven(gradient, &values, moved, &path);
        proofs.push((path, values, gradient));
    }
    proofs
}

/// A model without a graph, with other numbers in the parameter of this number.
fn with<M: Module>(still: &M, parameter: usize, values: &[f64]) -> M {
    still.clone().map(&mut Replaced { parameter, values, visited: 0 })
}

#[derive(Default)]
struct Census {
    path: Vec<String>,
    found: Vec<(String, Vec<f64>)>,
}

impl ModuleVisitor for Census {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.found.push((self.path.join("."), host(parameter.val())));
    }
}

struct Stirred(usize);

impl ModuleMapper for Stirred {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        changed(&parameter, |values| {
            for value in values {
                self.0 += 1;
                *value += 0.2 * (self.0 as f64 * 1.3).sin();
            }
        })
        .map(Tensor::require_grad)
    }
}

struct Trained<'a> {
    graph: &'a Gradients,
    census: Census,
    gradients: Vec<Option<Vec<f64>>>,
}

impl ModuleVisitor for Trained<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.census.enter_module(name, container);
    }

    fn exit_module(&mut self, container: &str, name: &str) {
        self.census.exit_module(container, name);
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.census.visit_float(parameter);
        let gradient = parameter.val().grad(self.graph);
        let is_trained = !self.census.found.last().is_some_and(|(path, _)| path.contains("running"));
        assert_eq!(gradient.is_some(), is_trained, "{:?}", self.census.path);
        self.gradients.push(gradient.map(plain));
    }
}

struct Still;

impl ModuleMapper for Still {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        changed(&parameter, |_| ())
    }
}

struct Replaced<'a> {
    parameter: usize,
    values: &'a [f64],
    visited: usize,
}

impl ModuleMapper for Replaced<'_> {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let is_meant = self.visited == self.parameter;
        self.visited += 1;
        if is_meant { changed(&parameter, |values| values.copy_from_slice(self.values)) } else { parameter }
    }
}

/// A parameter without a graph, its numbers changed.
fn changed<const D: usize>(parameter: &Param<Tensor<D>>, change: impl FnOnce(&mut [f64])) -> Param<Tensor<D>> {
    let tensor = parameter.val();
    let (shape, device) = (tensor.dims(), tensor.device());
    let mut values = host(tensor);
    change(&mut values);
    Param::initialized(parameter.id, Tensor::from_data(TensorData::new(values, shape), &device))
}
