//! Parameters, their gradients and their changes, summed per layer by visiting the module.

use std::any::Any;
use std::collections::HashMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use super::moments::{change, moments};
use super::reduction::{Reduced, Reduction, Sums};
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
    reduction: Reduction,
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
    pub(crate) fn of<M: Module>(model: &M) -> Self {
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
        Self { table, layer_of, tensor_of, has_outsiders, reduction: Reduction::default() }
    }

    /// The same where sums are computed elsewhere than in host memory.
    #[must_use]
    pub(super) fn reduced_on(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    /// Where sums are computed.
    pub(super) fn reduction(&self) -> Reduction {
        self.reduction
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
    pub(crate) fn weights<M: Module>(&self, model: &M) -> Vec<Option<Moments>> {
        let sums = Sums::none(self.table.len());
        let mut visitor = ParameterVisitor { map: self, since: None, visited: 0, sums };
        model.visit(&mut visitor);
        visitor.sums.read()
    }

    /// ‖θ − θ_before‖² per layer.
    pub(super) fn drift<M: Module>(&self, model: &M, before: &Snapshot) -> Sums {
        let sums = Sums::none(self.table.len());
        let mut visitor = ParameterVisitor { map: self, since: Some(before), visited: 0, sums };
        model.visit(&mut visitor);
        visitor.sums
    }

    /// ‖g‖² per layer, before clipping; a layer without any gradient is `None`.
    #[must_use]
    pub fn gradients<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Vec<Option<Moments>> {
        self.layer_gradients(model, gradients).read()
    }

    /// The same, still on its device where it is computed there.
    pub(super) fn layer_gradients<M: Module>(&self, model: &M, gradients: &GradientsParams) -> Sums {
        let sums = Sums::none(self.table.len());
        let mut visitor = GradientVisitor { map: self, gradients, visited: 0, sums };
        model.visit(&mut visitor);
        visitor.sums
    }

    /// ‖θ‖² before and ‖Δθ‖² since the snapshot, per layer and, where that is wanted, per tensor.
    pub(super) fn updates<M: Module>(&self, model: &M, before: &Snapshot, with_tensors: bool) -> Updates {
        let mut visitor = UpdateVisitor { map: self, before, visited: 0, sums: Updates::none(self, with_tensors) };
        model.visit(&mut visitor);
        visitor.sums
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

/// θ before an optimizer step and θ after − θ before.
#[derive(Clone, Debug, Default)]
pub(super) struct Updates {
    /// θ before the step, per layer.
    pub(super) weight: Sums,
    /// θ after − θ before, per layer.
    pub(super) update: Sums,
    /// Both per tensor of the table.
    pub(super) tensors: [Sums; 2],
}

impl Updates {
    /// Nothing read yet, of layers and, where that is wanted, of tensors.
    pub(super) fn none(map: &ParameterMap, with_tensors: bool) -> Self {
        let tensors = if with_tensors { map.table.tensors() } else { 0 };
        let [layers, tensors] = [map.table.len(), tensors].map(Sums::none);
        Self { weight: layers.clone(), update: layers, tensors: [tensors.clone(), tensors] }
    }

    /// Drops what was read.
    pub(super) fn forget(&mut self) {
        let [of_weights, of_updates] = &mut self.tensors;
        for sums in [&mut self.weight, &mut self.update, of_weights, of_updates] {
            sums.keep(&[]);
        }
    }

    /// Adds the parameter at a place of the table.
    pub(super) fn add(&mut self, layer: usize, tensor: usize, [weight, update]: [Reduced; 2]) {
        let [weights, updates] = &mut self.tensors;
        weights.add(tensor, weight.clone());
        updates.add(tensor, update.clone());
        self.weight.add(layer, weight);
        self.update.add(layer, update);
    }
}

struct GradientVisitor<'a> {
    map: &'a ParameterMap,
    gradients: &'a GradientsParams,
    visited: usize,
    sums: Sums,
}

impl ModuleVisitor for GradientVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        self.visited += 1;
        if let (Some(layer), Some(gradient)) = (layer, self.gradients.get::<D>(parameter.id)) {
            self.sums.add(layer, moments(self.map.reduction, &gradient));
        }
    }
}

/// Sums up the parameters, or how far they are from earlier ones.
struct ParameterVisitor<'a> {
    map: &'a ParameterMap,
    since: Option<&'a Snapshot>,
    visited: usize,
    sums: Sums,
}

impl ModuleVisitor for ParameterVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let layer = self.map.layer(self.visited);
        let before = self.since.map(|before| before.get::<D>(self.visited));
        self.visited += 1;
        let Some(layer) = layer else { return };
        let (reduction, now) = (self.map.reduction, parameter.val().inner());
        match before {
            None => self.sums.add(layer, moments(reduction, &now)),
            Some(Some(before)) => self.sums.add(layer, change(reduction, before, &now)),
            Some(None) => {}
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
        if let (Some(layer), Some(tensor), Some(before)) = (layer, tensor, before) {
            let reduction = self.map.reduction;
            let both = [moments(reduction, before), change(reduction, before, &parameter.val().inner())];
            self.sums.add(layer, tensor, both);
        }
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
