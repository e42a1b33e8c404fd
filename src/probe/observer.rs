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
//! An optimizer that [`Observer::probe`] wraps is read in passing, parameter by parameter. One that is not wrapped, and a
//! model in which some parameters have no gradient in a step, are compared with a snapshot, which keeps the old
//! parameters alive until the step is finished. Observing never changes a step: losses and parameters are the same bits
//! with and without.

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::prelude::Device;

use super::cost::Cost;
use super::dead_units::DeadUnits;
use super::filters::Filters;
use super::observation::{CostlyStatistics, Observation, RawStatistics, evaluate};
use super::optimizer::{Baseline, OptimizerProbe};
use super::overhead::Overhead;
use super::parameters::{ParameterMap, Snapshot};
use super::reading::LayerReading;
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
    /// How the gradients are spread, the norms of every tensor, and how far the parameters are from the start.
    Histograms,
    /// What needs passes of its own, which the caller makes ([`ObservedStep::add_costly`]).
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

/// Observes one model from its first step on.
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
    /// Whether `raw` has the gradient of every layer.
    are_gradients_read: bool,
    histograms: Vec<Option<Histogram>>,
    filters: Option<Filters>,
    /// The parameters before the update, where the optimizer's probe cannot read them.
    before: Option<Snapshot>,
}

impl Observer {
    /// Observes a model from its present parameters on; `layers` are its rows, each with the path of its module.
    ///
    /// Every parameter counts to the layer with the longest path that leads to it; one outside every layer has no row.
    #[must_use]
    pub fn new<M: Module>(model: &M, layers: &[Layer], device: &Device) -> Self {
        let map = ParameterMap::new(model, layers);
        let initial = map.weights(model);
        let probe = OptimizerProbe::new(Snapshot::of(model));
        Self { map, probe, initial, dead_units: DeadUnits::default(), overhead: Overhead::measure(device) }
    }

    /// The rows with their parameters.
    #[must_use]
    pub fn layers(&self) -> &LayerTable {
        self.map.table()
    }

    /// Which layer every parameter belongs to.
    #[must_use]
    pub fn parameters(&self) -> &ParameterMap {
        &self.map
    }

    /// What an optimizer is wrapped with, so that its updates are read in passing:
    /// `ProbedOptimizer::new(optimizer, observer.probe())`.
    #[must_use]
    pub fn probe(&self) -> OptimizerProbe {
        self.probe.clone()
    }

    /// For how many of the measured batches so far each unit has been silent: what a checkpoint keeps of an observer.
    #[must_use]
    pub fn dead_units(&self) -> &DeadUnits {
        &self.dead_units
    }

    /// Sets those counts, as a checkpoint kept them.
    pub fn set_dead_units(&mut self, dead_units: DeadUnits) {
        self.dead_units = dead_units;
    }

    /// Begins a step. Its [`ObservedStep::taps`] go into the forward pass.
    #[must_use]
    pub fn begin(&self, scope: Scope) -> ObservedStep {
        // A step that was given up may have left its readings.
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
            are_gradients_read: false,
            histograms: Vec::new(),
            filters: None,
            before: None,
        }
    }

    /// Ends a step after the update: `model` has the new parameters.
    pub fn finish<M: Module>(&mut self, step: ObservedStep, model: &M) -> Observation {
        let ObservedStep { scope, mut cost, mut raw, histograms, filters, before, .. } = step;
        if let Some(read) = self.probe.take() {
            cost.and(read.cost);
            (raw.gradients, raw.weights) = (read.gradients, read.weights);
            (raw.updates, raw.drift) = (read.updates, read.drift);
            raw.tensor_changes = read.tensors;
        }
        if let Some(before) = before {
            cost.of(|| {
                let updates = self.map.updates(model, &before);
                (raw.weights, raw.updates) = (updates.weight, updates.update);
                raw.tensor_changes = updates.tensors;
                if scope >= Scope::Histograms {
                    raw.drift = self.map.updates(model, self.probe.initial()).update;
                }
            });
        }
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
    /// The taps of the forward pass; they let everything pass unread where the layers are not measured.
    #[must_use]
    pub fn taps(&self) -> &Taps {
        &self.taps
    }

    /// ‖g‖² over all parameters, for a caller that clips: comes before [`Self::gradients`], and is no part of measuring.
    pub fn global_gradient<M: Module>(
        &mut self,
        observer: &Observer,
        model: &M,
        gradients: &GradientsParams,
    ) -> Option<Moments> {
        self.raw.gradients = observer.map.gradients(model, gradients);
        self.are_gradients_read = true;
        self.raw.global_gradient()
    }

    /// Reads the gradients after the backward pass, before they are clipped, and prepares for the update.
    pub fn gradients<M: Module>(&mut self, observer: &Observer, model: &M, gradients: &GradientsParams) {
        let map = &observer.map;
        let readings = self.cost.of(|| std::mem::replace(&mut self.taps, Taps::off()).take());
        self.cost.and(readings.cost);
        if !self.are_gradients_read {
            // A layer that is one operation has read its own.
            self.raw.gradients = readings.layers.iter().map(|reading| reading.gradient).collect();
        }
        self.raw.passes = readings.layers;
        if self.scope >= Scope::Histograms {
            self.cost.of(|| {
                let counts = map.histograms(model, gradients);
                self.histograms = counts.into_iter().map(|layer| layer.map(Histogram::trimmed)).collect();
                self.raw.tensor_gradients = map.tensor_gradients(model, gradients);
                self.filters = map.filters(model);
            });
        }
        self.prepare_for_update(observer, model, gradients);
    }

    fn prepare_for_update<M: Module>(&mut self, observer: &Observer, model: &M, gradients: &GradientsParams) {
        let Self { scope, cost, raw, .. } = self;
        let is_read_in_passing =
            *scope >= Scope::Layers && observer.probe.is_attached() && observer.map.are_covered_by(gradients);
        if is_read_in_passing {
            let baseline = if *scope >= Scope::Histograms { Baseline::Start } else { Baseline::Step };
            cost.of(|| observer.probe.start(&observer.map, std::mem::take(&mut raw.gradients), baseline));
            return;
        }
        if *scope >= Scope::Layers {
            self.before = Some(cost.of(|| Snapshot::of(model)));
        }
        if *scope >= Scope::Gradients && !self.are_gradients_read {
            cost.of(|| raw.gradients = observer.map.gradients(model, gradients));
        }
    }

    /// Adds statistics that need passes of their own, after [`Self::gradients`]; `measure` is handed what the taps of the
    /// step read. `None` where `measure` gives up, and with it the step.
    pub fn add_costly(&mut self, measure: impl FnOnce(&[LayerReading]) -> Option<CostlyStatistics>) -> Option<()> {
        self.raw.costly = self.cost.of(|| measure(&self.raw.passes))?;
        Some(())
    }
}
