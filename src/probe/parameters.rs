//! Parameters, their gradients and their changes, summed per layer by visiting the module.

use std::any::Any;
use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::moments::{change, moments};
use crate::layer::{Layer, LayerTable, Parameter};
use crate::quantity::Moments;

/// The layer of every trainable parameter, in visiting order. It is built once per lane.
#[derive(Clone, Debug)]
pub struct ParameterMap {
    table: LayerTable,
    /// Layer of the n-th visited float parameter; `None` for one that is not trained (running statistics).
    layer_of: Vec<Option<usize>>,
    /// Its index among all tensors of the table, layer by layer.
    tensor_of: Vec<Option<usize>>,
    /// Whether a trained parameter belongs to no row.
    has_outsiders: bool,
}

/// A trained parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trained {
    /// Index in visiting order.
    pub(crate) visited: usize,
    /// Row of its layer.
    pub(crate) layer: usize,
    /// Index among all tensors of the table.
    pub(crate) tensor: usize,
}

/// The parameters before the optimizer's step, kept alive without copying.
#[derive(Default)]
pub struct Snapshot {
    /// `Tensor<D>` of each visited float parameter, of any D.
    parameters: Vec<Box<dyn Any + Send + Sync>>,
}

impl Snapshot {
    /// The n-th visited parameter.
    pub(crate) fn get<const D: usize>(&self, visited: usize) -> Option<&Tensor<D>> {
        self.parameters.get(visited)?.downcast_ref()
    }

    /// The current parameters.
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
    /// Assigns the parameters of `model` to layers by the longest matching path.
    ///
    /// A parameter outside every layer (an embedding that the stack does not list) belongs to no row.
    #[must_use]
    pub fn new<M: Module>(model: &M, layers: &[Layer]) -> Self {
        Self::sorted(model, layers, Names::default())
    }

    /// The same for a model whose parameters are not initialized yet, without initializing them: these count as
    /// trained.
    #[must_use]
    pub fn undrawn<M: Module>(model: &M, layers: &[Layer]) -> Self {
        Self::sorted(model, layers, Names { draws: false, ..Names::default() })
    }

    fn sorted<M: Module>(model: &M, layers: &[Layer], mut names: Names) -> Self {
        model.visit(&mut names);
        let mut table = LayerTable { layers: layers.to_vec() };
        let mut has_outsiders = false;
        let rows: HashMap<&str, usize> =
            layers.iter().enumerate().map(|(row, layer)| (layer.path.as_str(), row)).collect();
        // The layer, and the index within it.
        let places: Vec<Option<(usize, usize)>> = names
            .found
            .into_iter()
            .map(|(parameter, trained)| {
                let owner = owner(&rows, &parameter.path);
                has_outsiders |= trained && owner.is_none();
                let row = owner.filter(|_| trained)?;
                let parameters = &mut table.layers.get_mut(row)?.parameters;
                parameters.push(parameter);
                Some((row, parameters.len() - 1))
            })
            .collect();
        let firsts: Vec<usize> = table
            .layers
            .iter()
            .scan(0, |next, layer| {
                let first = *next;
                *next += layer.parameters.len();
                Some(first)
            })
            .collect();
        let layer_of = places.iter().map(|place| place.map(|(row, _)| row)).collect();
        let tensor_of = places.iter().map(|place| place.map(|(row, within)| firsts[row] + within)).collect();
        Self { table, layer_of, tensor_of, has_outsiders }
    }

    /// The rows with their parameters.
    #[must_use]
    pub fn table(&self) -> &LayerTable {
        &self.table
    }

    /// Each trained parameter in visiting order.
    pub(crate) fn trained(&self) -> impl Iterator<Item = Trained> + '_ {
        let places = self.layer_of.iter().zip(&self.tensor_of).enumerate();
        places.filter_map(|(visited, (layer, tensor))| Some(Trained { visited, layer: (*layer)?, tensor: (*tensor)? }))
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

    /// ‖g‖² per tensor of the table, before clipping; one pass over all gradients.
    #[must_use]
    pub fn tensor_gradients<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Vec<Option<Moments>> {
        let sums = vec![None; self.table.tensors()];
        let mut visitor = TensorVisitor { map: self, gradients, visited: 0, sums };
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
            sums: Updates { weight: self.nothing(), update: self.nothing(), tensors: vec![None; self.table.tensors()] },
        };
        model.visit(&mut visitor);
        visitor.sums
    }

    fn nothing(&self) -> Vec<Option<Moments>> {
        vec![None; self.table.len()]
    }

    /// Whether an optimizer that receives these gradients visits exactly the trained parameters of the rows.
    pub(super) fn are_covered_by(&self, gradients: &GradientsParams) -> bool {
        !self.has_outsiders && gradients.len() == self.trained().count()
    }

    /// Index of the n-th visited parameter among all tensors of the table.
    pub(super) fn tensor(&self, visited: usize) -> Option<usize> {
        self.tensor_of.get(visited).copied().flatten()
    }

    /// Layer of the n-th visited parameter.
    pub(super) fn layer(&self, visited: usize) -> Option<usize> {
        self.layer_of.get(visited).copied().flatten()
    }
}

/// Statistics of one optimizer step, per layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Updates {
    /// θ before the step.
    pub weight: Vec<Option<Moments>>,
    /// θ after − θ before.
    pub update: Vec<Option<Moments>>,
    /// Both per tensor of the table.
    pub tensors: Vec<Option<[Moments; 2]>>,
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

struct TensorVisitor<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    visited: usize,
    sums: Vec<Option<Moments>>,
}

impl ModuleVisitor for TensorVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let tensor = self.map.tensor(self.visited);
        self.visited += 1;
        if let (Some(tensor), Some(gradient)) = (tensor, self.gradients.get::<D>(parameter.id)) {
            add(&mut self.sums, tensor, moments(&gradient));
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
        let tensor = self.map.tensor(self.visited);
        let before = self.before.get::<D>(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(before)) = (layer, before) {
            let both = [moments(before), change(before, &parameter.val().inner())];
            add(&mut self.sums.weight, layer, both[0]);
            add(&mut self.sums.update, layer, both[1]);
            if let Some(tensor) = tensor.and_then(|tensor| self.sums.tensors.get_mut(tensor)) {
                *tensor = Some(both);
            }
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

/// Path and shape of every float parameter in visiting order, and whether it is trained.
struct Names {
    /// Whether parameters may be initialized to find out whether they are trained.
    draws: bool,
    path: Vec<String>,
    found: Vec<(Parameter, bool)>,
}

impl Default for Names {
    fn default() -> Self {
        Self { draws: true, path: Vec::new(), found: Vec::new() }
    }
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
        let is_undrawn = !self.draws && !parameter.is_initialized();
        self.found.push((found, is_undrawn || parameter.is_require_grad()));
    }
}
