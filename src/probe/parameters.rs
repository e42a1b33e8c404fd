//! Parameters, their gradients and their change, summed up per layer by visiting the module.

use std::any::Any;
use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::moments::{change, moments};
use crate::layer::{Layer, LayerTable, Parameter};
use crate::quantity::Moments;

/// Which layer every trainable parameter belongs to, in visiting order. Built once per lane.
#[derive(Clone, Debug)]
pub struct ParameterMap {
    table: LayerTable,
    /// Layer of the n-th visited float parameter; `None` for one that is not trained (running statistics).
    layer_of: Vec<Option<usize>>,
}

/// Parameters as they were before the optimiser's step; keeps them alive without copying.
#[derive(Default)]
pub struct Snapshot {
    /// `Tensor<D>` of each visited float parameter, D as it comes.
    parameters: Vec<Box<dyn Any + Send + Sync>>,
}

impl Snapshot {
    /// The n-th visited parameter.
    pub(crate) fn get<const D: usize>(&self, visited: usize) -> Option<&Tensor<D>> {
        self.parameters.get(visited)?.downcast_ref()
    }

    /// The parameters as they are now.
    #[must_use]
    pub fn of<M: Module>(model: &M) -> Self {
        let mut snapshot = Self::default();
        model.visit(&mut snapshot);
        snapshot
    }
}

impl ModuleVisitor for Snapshot {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.parameters.push(Box::new(parameter.val().inner()));
    }
}

impl ParameterMap {
    /// Sorts the parameters of `model` into layers by the longest matching path.
    ///
    /// A parameter outside every layer (an embedding that the stack does not list) is left out of the rows.
    #[must_use]
    pub fn new<M: Module>(model: &M, layers: &[Layer]) -> Self {
        let mut names = Names::default();
        model.visit(&mut names);
        let mut table = LayerTable { layers: layers.to_vec() };
        let rows: HashMap<&str, usize> =
            layers.iter().enumerate().map(|(row, layer)| (layer.path.as_str(), row)).collect();
        let layer_of = names
            .found
            .into_iter()
            .map(|(parameter, trained)| {
                let row = owner(&rows, &parameter.path).filter(|_| trained)?;
                table.layers.get_mut(row)?.parameters.push(parameter);
                Some(row)
            })
            .collect();
        Self { table, layer_of }
    }

    /// The rows with their parameters.
    #[must_use]
    pub fn table(&self) -> &LayerTable {
        &self.table
    }

    /// Each trained parameter in visiting order: the how many-th of all that are visited, and its layer.
    pub(crate) fn trained(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.layer_of.iter().enumerate().filter_map(|(visited, layer)| Some((visited, (*layer)?)))
    }

    /// ‖θ‖² per layer.
    #[must_use]
    pub fn weights<M: Module>(&self, model: &M) -> Vec<Option<Moments>> {
        self.updates(model, &Snapshot::of(model)).weight
    }

    /// ‖g‖² per layer, before clipping; a layer without any gradient is `None`.
    #[must_use]
    pub fn gradients<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Vec<Option<Moments>> {
        let mut visitor = GradientVisitor { map: self, gradients, visited: 0, sums: self.nothing() };
        model.visit(&mut visitor);
        visitor.sums
    }

    /// ‖θ‖² before and ‖Δθ‖² since the snapshot, per layer.
    #[must_use]
    pub fn updates<M: Module>(&self, model: &M, before: &Snapshot) -> Updates {
        let mut visitor = UpdateVisitor {
            map: self,
            before,
            visited: 0,
            sums: Updates { weight: self.nothing(), update: self.nothing() },
        };
        model.visit(&mut visitor);
        visitor.sums
    }

    fn nothing(&self) -> Vec<Option<Moments>> {
        vec![None; self.table.len()]
    }

    /// Layer of the n-th visited parameter.
    pub(super) fn layer(&self, visited: usize) -> Option<usize> {
        self.layer_of.get(visited).copied().flatten()
    }
}

/// Statistics of one optimiser step, per layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Updates {
    /// θ before the step.
    pub weight: Vec<Option<Moments>>,
    /// θ after − θ before.
    pub update: Vec<Option<Moments>>,
}

struct GradientVisitor<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    visited: usize,
    sums: Vec<Option<Moments>>,
}

impl ModuleVisitor for GradientVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(gradient)) = (layer, self.gradients.get::<D>(parameter.id)) {
            add(&mut self.sums, layer, moments(&gradient));
        }
    }
}

struct UpdateVisitor<'a> {
    map: &'a ParameterMap,
    before: &'a Snapshot,
    visited: usize,
    sums: Updates,
}

impl ModuleVisitor for UpdateVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        let before = self.before.get::<D>(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(before)) = (layer, before) {
            add(&mut self.sums.weight, layer, moments(before));
            add(&mut self.sums.update, layer, change(before, &parameter.val().inner()));
        }
    }
}

/// Adds a tensor's moments to those of its layer.
pub(super) fn add(sums: &mut [Option<Moments>], layer: usize, moments: Moments) {
    if let Some(sum) = sums.get_mut(layer) {
        *sum = Some(sum.map_or(moments, |so_far| so_far.and(moments)));
    }
}

/// The row whose path is the longest prefix of `path`, segment by segment.
fn owner(rows: &HashMap<&str, usize>, path: &str) -> Option<usize> {
    let mut prefix = path;
    loop {
        if let Some(row) = rows.get(prefix) {
            return Some(*row);
        }
        prefix = prefix.rsplit_once('.')?.0;
    }
}

/// Path, shape and whether it is trained, of every float parameter in visiting order.
#[derive(Default)]
struct Names {
    path: Vec<String>,
    found: Vec<(Parameter, bool)>,
}

impl ModuleVisitor for Names {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let found = Parameter { path: self.path.join("."), shape: parameter.lazy_shape().to_vec() };
        self.found.push((found, parameter.is_require_grad()));
    }
}
