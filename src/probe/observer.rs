//! Observes the training steps of one model: taps in the graph, gradients, the optimizer's updates.
//!
//! ```text
//! let mut step = observer.begin(Scope::Layers);
//! let loss = model.forward(batch, step.taps());                 x_l and δ_l are read as they pass
//! let gradients = GradientsParams::from_grads(loss.backward(), &model);
//! step.gradients(&observer, &model, &gradients);                before clipping and before the update
//! model = optimizer.step(learning_rate, model, gradients);      θ before and after is read
//! let observation = observer.finish(step, &model);
//! ```
//!
//! An optimizer that [`Observer::probe`] wraps is read in passing, parameter by parameter. If the optimizer is not
//! wrapped, or some parameters have no gradient in a step, the parameters are compared with a snapshot, which keeps the
//! old ones alive until the step is finished. Observing never changes a step: losses and parameters are the same bits
//! with and without it.
//!
//! The memory of flex and ndarray is read where it lies. Another backend sums up parameters, gradients and updates itself,
//! and all sums of a step come back with one transfer; only histograms and the filters of a stem need the values
//! themselves, and a caller that clips needs the gradient's norm at once. Activations and signals pass the taps of such a
//! backend unread, because a tap is an operation that must know its backend.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::prelude::Device;

use super::cost::Cost;
use super::counting::GradientDistribution;
use super::dead_units::DeadUnits;
use super::filters::Filters;
use super::observation::{CostlyStatistics, Observation, RawStatistics, evaluate};
use super::optimizer::{Baseline, OptimizerProbe};
use super::overhead::Overhead;
use super::parameters::{ParameterMap, Snapshot, Updates};
use super::reading::LayerReading;
use super::reduction::{Reduction, Sums};
use super::tap::Taps;
use crate::grid::Grid;
use crate::histogram::Histogram;
use crate::layer::{Layer, LayerTable};
use crate::measurement::Measurement;
use crate::quantity::{Moments, Quantity};

/// How much is measured of a step; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// Nothing: training alone.
    Nothing,
    /// The gradients of the parameters.
    Gradients,
    /// Everything that costs next to nothing: gradients, activations, signals, parameters, updates.
    Layers,
    /// The distribution of the gradients, the norms of every tensor, and the distance of the parameters from the
    /// initial ones.
    Histograms,
    /// Quantities that need passes of their own, which the caller makes ([`ObservedStep::add_costly`]).
    Costly,
}

impl From<Option<Measurement>> for Scope {
    fn from(measurement: Option<Measurement>) -> Self {
        match measurement {
            None => Self::Nothing,
            Some(Measurement::Layers) => Self::Layers,
            Some(Measurement::Histograms) => Self::Histograms,
            Some(Measurement::Costly) => Self::Costly,
        }
    }
}

/// Observes one model from its first step on. A clone shares the probe of the optimizer: of two clones only one may be in a
/// step at a time.
#[derive(Clone)]
pub struct Observer {
    map: ParameterMap,
    probe: OptimizerProbe,
    /// ‖θ_0‖² per layer.
    initial: Vec<Option<Moments>>,
    dead_units: DeadUnits,
    overhead: Overhead,
}

/// One step that is being observed.
pub struct ObservedStep {
    scope: Scope,
    taps: Taps,
    cost: Cost,
    raw: RawStatistics,
    /// ‖g‖² of each layer.
    gradients: Sums,
    /// ‖g‖² of each tensor.
    tensor_gradients: Sums,
    /// Whether `gradients` has those of every layer.
    are_gradients_read: bool,
    histograms: Vec<Option<Histogram>>,
    filters: Option<Filters>,
    /// The parameters before the update, if the optimizer's probe cannot read them.
    before: Option<Snapshot>,
}

impl Observer {
    /// Observes a model from its current parameters on; `layers` are its rows, each with the path of its module.
    ///
    /// Every parameter belongs to the layer with the longest path that contains it; a parameter outside every layer has
    /// no row.
    #[must_use]
    pub fn new<M: Module>(model: &M, layers: &[Layer], device: &Device) -> Self {
        let map = ParameterMap::new(model, layers).reduced_on(Reduction::on(device));
        let initial = map.weights(model);
        let probe = OptimizerProbe::new(Snapshot::of(model));
        Self { map, probe, initial, dead_units: DeadUnits::default(), overhead: Overhead::measure(device) }
    }

    /// The rows with their parameters.
    #[must_use]
    pub fn layers(&self) -> &LayerTable {
        self.map.table()
    }

    /// The layer of every parameter.
    #[must_use]
    pub fn parameters(&self) -> &ParameterMap {
        &self.map
    }

    /// The probe with which an optimizer is wrapped, so that its updates are read in passing:
    /// `ProbedOptimizer::new(optimizer, observer.probe())`.
    ///
    /// It reads a model whose parameters are all updated by wrapped optimizers. If some belong to a group with another
    /// optimizer (`ModuleOptimizer::with_group`), its readings have no place, and weights and updates are absent. If Burn
    /// clips the gradients (`with_grad_clipping`), [`ObservedStep::global_gradient`] is called before the update, since the
    /// optimizer receives them clipped.
    #[must_use]
    pub fn probe(&self) -> OptimizerProbe {
        self.probe.clone()
    }

    /// The number of measured batches for which each unit has been silent: the state of an observer that a checkpoint
    /// keeps.
    #[must_use]
    pub fn dead_units(&self) -> &DeadUnits {
        &self.dead_units
    }

    /// Restores these counts from a checkpoint.
    pub fn set_dead_units(&mut self, dead_units: DeadUnits) {
        self.dead_units = dead_units;
    }

    /// Begins a step. Its [`ObservedStep::taps`] go into the forward pass.
    #[must_use]
    pub fn begin(&self, scope: Scope) -> ObservedStep {
        // A cancelled step may have left its readings.
        drop(self.probe.take());
        let layers = self.map.table().len();
        let mut cost = Cost::default();
        let taps = match scope {
            Scope::Nothing | Scope::Gradients => Taps::off(),
            Scope::Layers | Scope::Histograms => cost.of(|| Taps::on(layers)),
            Scope::Costly => cost.of(|| Taps::keeping(layers)),
        };
        ObservedStep {
            scope,
            taps,
            cost,
            raw: RawStatistics::default(),
            gradients: Sums::none(layers),
            tensor_gradients: Sums::default(),
            are_gradients_read: false,
            histograms: Vec::new(),
            filters: None,
            before: None,
        }
    }

    /// Ends a step after the update: `model` has the new parameters.
    pub fn finish<M: Module>(&mut self, step: ObservedStep, model: &M) -> Observation {
        let ObservedStep { scope, mut cost, mut raw, histograms, filters, before, .. } = step;
        let (mut gradients, mut tensor_gradients) = (step.gradients, step.tensor_gradients);
        let (mut updates, mut drift) = (Updates::default(), Sums::default());
        if let Some(read) = self.probe.take() {
            cost.and(read.cost);
            (gradients, updates, drift) = (read.gradients, read.updates, read.drift);
        }
        if let Some(before) = before {
            cost.of(|| {
                updates = self.map.updates(model, &before, scope >= Scope::Histograms);
                if scope >= Scope::Histograms {
                    drift = self.map.drift(model, self.probe.initial());
                }
            });
        }
        cost.of(|| {
            let Updates { weight, update, tensors: [of_weights, of_updates] } = &mut updates;
            let lists = [&mut gradients, &mut tensor_gradients, weight, update, of_weights, of_updates, &mut drift];
            Sums::read_back(lists);
        });
        (raw.gradients, raw.tensor_gradients, raw.drift) = (gradients.take(), tensor_gradients.take(), drift.take());
        (raw.weights, raw.updates) = (updates.weight.take(), updates.update.take());
        raw.tensor_changes = updates.tensors.each_mut().map(Sums::take);
        let global = cost.of(|| raw.global_gradient());
        let (mut samples, mut values, mut tensors) = (Vec::new(), Grid::default(), Grid::default());
        if scope >= Scope::Histograms {
            cost.of(|| tensors = raw.tensors());
        }
        if scope >= Scope::Layers {
            cost.of(|| {
                samples = raw.samples(self.map.table(), &self.initial, &mut self.dead_units);
                values = evaluate(Quantity::ALL, &samples);
            });
        }
        cost.of(|| drop(raw));
        let global_grad_norm = global.map(|global| global.norm() as f32);
        let measuring = self.overhead.total(cost);
        Observation { global_grad_norm, samples, values, histograms, tensors, filters, measuring }
    }
}

impl ObservedStep {
    /// The taps of the forward pass; they read nothing if the layers are not measured.
    #[must_use]
    pub fn taps(&self) -> &Taps {
        &self.taps
    }

    /// ‖g‖² over all parameters of the rows, for a caller that clips. It is called before [`Self::gradients`] and does not count as
    /// measuring.
    pub fn global_gradient<M: Module>(
        &mut self,
        observer: &Observer,
        model: &M,
        gradients: &GradientsParams,
    ) -> Option<Moments> {
        let read = observer.map.gradients(model, gradients);
        let global = read.iter().flatten().copied().reduce(Moments::and);
        (self.gradients, self.are_gradients_read) = (read.into(), true);
        global
    }

    /// Reads the gradients after the backward pass, before they are clipped, and prepares for the update.
    pub fn gradients<M: Module>(&mut self, observer: &Observer, model: &M, gradients: &GradientsParams) {
        let map = &observer.map;
        let readings = self.cost.of(|| std::mem::replace(&mut self.taps, Taps::off()).take());
        self.cost.and(readings.cost);
        let is_read_in_passing =
            self.scope >= Scope::Layers && observer.probe.is_attached() && map.are_covered_by(gradients);
        if !self.are_gradients_read && is_read_in_passing {
            // A layer that is one operation has already read its own gradient.
            let mut read: Vec<_> = readings.layers.iter().map(|reading| reading.gradient).collect();
            read.resize(map.table().len(), None);
            self.gradients = read.into();
        }
        self.raw.passes = readings.layers;
        if self.scope >= Scope::Histograms {
            self.cost.of(|| {
                let known = std::mem::take(&mut self.gradients);
                let GradientDistribution { histograms, tensors, layers } = map.distribution(model, gradients, known);
                self.histograms = histograms.into_iter().map(|layer| layer.map(Histogram::trimmed)).collect();
                (self.tensor_gradients, self.gradients) = (tensors, layers);
                self.filters = map.filters(model);
            });
            self.are_gradients_read = true;
        }
        self.prepare_for_update(observer, model, gradients, is_read_in_passing);
    }

    fn prepare_for_update<M: Module>(
        &mut self,
        observer: &Observer,
        model: &M,
        gradients: &GradientsParams,
        is_read_in_passing: bool,
    ) {
        let Self { scope, cost, .. } = self;
        if is_read_in_passing {
            let baseline = if *scope >= Scope::Histograms { Baseline::Start } else { Baseline::Step };
            cost.of(|| observer.probe.start(&observer.map, std::mem::take(&mut self.gradients), baseline));
            return;
        }
        if *scope >= Scope::Layers {
            self.before = Some(cost.of(|| Snapshot::of(model)));
        }
        if *scope >= Scope::Gradients && !self.are_gradients_read {
            cost.of(|| self.gradients = observer.map.layer_gradients(model, gradients));
        }
    }

    /// Adds statistics that need passes of their own, after [`Self::gradients`]; `measure` receives what the taps of
    /// the step read. Returns `None` if `measure` gives up, which ends the step.
    pub fn add_costly(&mut self, measure: impl FnOnce(&[LayerReading]) -> Option<CostlyStatistics>) -> Option<()> {
        self.raw.costly = self.cost.of(|| measure(&self.raw.passes))?;
        Some(())
    }
}

#[cfg(test)]
mod tests;
