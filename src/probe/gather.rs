//! Gradients and weights of a layer on the host, for statistics that need more than their norms. They are copies, made
//! only on a schedule.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::memory::{Floats, with_floats};
use super::parameters::ParameterMap;

/// One weight matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Row of the layer.
    pub(crate) layer: usize,
    /// [rows, columns], row-major.
    pub(crate) values: Vec<f32>,
    /// Columns.
    pub(crate) columns: usize,
}

impl ParameterMap {
    /// All gradients of each layer, one after the other in visiting order; `None` for a layer without a gradient.
    #[must_use]
    pub fn gradient_vectors<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Vec<Option<Vec<f32>>> {
        let mut visitor = Vectors { map: self, gradients, visited: 0, found: vec![None; self.table().len()] };
        model.visit(&mut visitor);
        visitor.found
    }

    /// The weight matrices of all layers, in visiting order: the kernels [out, in, k, k] of a convolution as [out,
    /// in·k²]. The matrices that mix streams do not count: they lead from stream to stream, not from unit to unit.
    #[must_use]
    pub fn matrices<M: Module>(&self, model: &M) -> Vec<Matrix> {
        let mut visitor = Matrices { map: self, visited: 0, container: Vec::new(), found: Vec::new() };
        model.visit(&mut visitor);
        visitor.found
    }
}

struct Vectors<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    visited: usize,
    found: Vec<Option<Vec<f32>>>,
}

impl ModuleVisitor for Vectors<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(gradient)) = (layer, self.gradients.get::<D>(parameter.id))
            && let Some(slot) = self.found.get_mut(layer)
        {
            append(&gradient, slot.get_or_insert_with(Vec::new));
        }
    }
}

struct Matrices<'a> {
    map: &'a ParameterMap,
    visited: usize,
    /// Types of the enclosing modules, outermost first.
    container: Vec<String>,
    found: Vec<Matrix>,
}

impl ModuleVisitor for Matrices<'_> {
    fn enter_module(&mut self, _name: &str, container: &str) {
        self.container.push(container.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.container.pop();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        /// The module whose matrices mix streams, by Burn's name.
        const MIXING: &str = "Struct:Streams";
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        let Some(layer) = layer else { return };
        let tensor = parameter.val().inner();
        if !matches!(D, 2 | 4) || self.container.iter().any(|container| container == MIXING) {
            return;
        }
        let (rows, elements) = (tensor.dims()[0], tensor.shape().num_elements());
        let mut values = Vec::with_capacity(elements);
        append_in_order(&tensor, &mut values);
        self.found.push(Matrix { layer, values, columns: elements / rows.max(1) });
    }
}

/// The elements in the order of the shape, outermost dimension first.
fn append_in_order<const D: usize>(tensor: &Tensor<D>, to: &mut Vec<f32>) {
    to.extend(tensor.clone().into_data().convert::<f32>().iter::<f32>());
}

/// The elements in storage order, which is the same for every gradient of one parameter.
fn append<const D: usize>(tensor: &Tensor<D>, to: &mut Vec<f32>) {
    let lent = with_floats(tensor, |floats| match floats {
        Floats::Single(values) => to.extend_from_slice(values),
        Floats::Double(values) => to.extend(values.iter().map(|value| *value as f32)),
    });
    if lent.is_none() {
        to.extend(tensor.clone().into_data().iter::<f32>());
    }
}
