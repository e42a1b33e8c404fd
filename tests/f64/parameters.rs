//! The parameters of a model, running statistics among them, in the order in which it visits them: their numbers, all
//! moved a little, one element of one moved.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use super::host;

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
    model.clone().map(&mut Nudged { element: None, by: 0.0, visited: 0 })
}

/// The same with one element moved: that of this number, of the parameter of this number.
pub(crate) fn nudged<M: Module>(model: &M, element: [usize; 2], by: f64) -> M {
    model.clone().map(&mut Nudged { element: Some(element), by, visited: 0 })
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

struct Nudged {
    element: Option<[usize; 2]>,
    by: f64,
    visited: usize,
}

impl ModuleMapper for Nudged {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let parameter = changed(&parameter, |values| {
            if let Some([_, element]) = self.element.filter(|[parameter, _]| *parameter == self.visited) {
                values[element] += self.by;
            }
        });
        self.visited += 1;
        parameter
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
