//! The weights of the first convolution on the host. They are a copy of a few thousand numbers, made only on a
//! schedule.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

use super::parameters::ParameterMap;
use crate::layer::LayerKind;

/// The weights of a convolution.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Filters {
    /// Filters, colours, rows, columns.
    pub(crate) shape: [usize; 4],
    /// Outermost dimension first.
    pub(crate) weights: Vec<f32>,
}

impl ParameterMap {
    /// The filters of the convolution in the stem; `None` if it has none.
    #[must_use]
    pub(crate) fn filters<M: Module>(&self, model: &M) -> Option<Filters> {
        let stem = self.table().layers.iter().position(|layer| layer.kind == LayerKind::Stem)?;
        let has_convolution = self.table().layers[stem].parameters.iter().any(|tensor| tensor.shape.len() == 4);
        if !has_convolution {
            return None;
        }
        let mut visitor = Visitor { map: self, stem, visited: 0, found: None };
        model.visit(&mut visitor);
        visitor.found
    }
}

struct Visitor<'a> {
    map: &'a ParameterMap,
    stem: usize,
    visited: usize,
    found: Option<Filters>,
}

impl ModuleVisitor for Visitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        if layer != Some(self.stem) || self.found.is_some() {
            return;
        }
        if let Ok(shape) = <[usize; 4]>::try_from(parameter.lazy_shape().to_vec()) {
            let weights = parameter.val().inner().into_data().iter::<f32>().collect();
            self.found = Some(Filters { shape, weights });
        }
    }
}
