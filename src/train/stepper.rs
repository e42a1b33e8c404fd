//! One step of one stack: forward, backward, look, clip, update, look.

mod clipping;
mod saved;

use std::time::Duration;

use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::prelude::Device;

pub(super) use saved::SaveError;

use self::clipping::Clipping;

use super::detail::{Detail, Subject};
use super::measure::{Observation, observe};
use super::optimizer;
use super::pacer::Interrupt;
use crate::config::LaneConfig;
use crate::event::{Samples, TimeSpan};
use crate::grid::Grid;
use crate::histogram::Histogram;
use crate::probe::{Baseline, Cost, DeadUnits, Filters, OptimizerProbe, Overhead, ParameterMap, Snapshot, Taps};
use crate::quantity::{LayerSample, Moments, Quantity};
use crate::stack::{Stack, replica};

/// What is looked at during a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing: training alone.
    Away,
    /// The gradients of the parameters.
    Gradients,
    /// Everything that costs next to nothing: gradients, activations, signals, parameters, updates.
    Everything,
    /// That, how the gradients are spread, and how far the parameters are from the start.
    Histograms,
    /// All that, and what needs passes of its own: signal to noise, coherence, shatter, stable rank.
    Detail,
}

impl Look {
    /// Whether gradients are counted into histograms, and the distance from the start is taken.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Histograms | Self::Detail)
    }

    /// Whether the layers are looked at.
    #[must_use]
    pub fn is_at_layers(self) -> bool {
        matches!(self, Self::Everything | Self::Histograms | Self::Detail)
    }
}

/// A stack with its optimiser, ready to take steps.
pub struct Stepper<S> {
    model: S,
    /// What stands in while the optimiser has the stack: handed a clone, it would copy every parameter. As the stack was
    /// before its first step, whose parameters the watch keeps anyway.
    stand_in: Option<S>,
    map: ParameterMap,
    optimizer: ModuleOptimizer,
    watch: OptimizerProbe,
    /// ‖θ_0‖² per layer.
    initial: Vec<Option<Moments>>,
    silence: DeadUnits,
    clipping: Clipping,
    settings: LaneConfig,
    overhead: Overhead,
    interrupt: Interrupt,
}

/// What one step yields.
#[derive(Clone, Debug, Default)]
pub struct StepOutput {
    /// Mean loss over the batch.
    pub loss: f32,
    /// Share of the batch classified right.
    pub accuracy: Option<f32>,
    /// ‖g‖₂ over all parameters, before clipping, where it was looked at.
    pub global_grad_norm: Option<f32>,
    /// By what clipping multiplied the gradient, where the lane clips.
    pub clip_scale: Option<f32>,
    /// Share of the steps so far on which that was below 1.
    pub clip_rate: Option<f32>,
    /// What was seen of each layer, in double precision; empty unless everything was looked at.
    pub samples: Vec<LayerSample>,
    /// [quantity × layer] in the order of [`Quantity::ALL`]; empty unless everything was looked at.
    pub values: Grid,
    /// How the gradients of each layer are spread, before clipping; empty unless that was counted.
    pub histograms: Vec<Option<Histogram>>,
    /// Loss and gradients by denoising time; empty unless that was looked at.
    pub by_time: Vec<TimeSpan>,
    /// Pictures that the stack drew, where it was asked to and does.
    pub pictures: Option<Samples>,
    /// [`TensorNorm::ALL`](crate::event::TensorNorm::ALL) × tensors of the table, taken with the histograms.
    pub tensors: Grid,
    /// The filters of the first convolution before the step, taken with the histograms; `None` where there is none.
    pub filters: Option<Filters>,
    /// Time that looking took, Burn's bookkeeping of the taps included.
    pub measuring: Duration,
}

impl<S: Stack> Stepper<S> {
    /// A stack with the optimiser that the settings name.
    #[must_use]
    pub fn new(model: S, settings: &LaneConfig, device: &Device) -> Self {
        let map = ParameterMap::new(&model, &model.layers());
        let watch = OptimizerProbe::new(Snapshot::of(&model));
        let initial = map.weights(&model);
        let optimizer = optimizer::build(settings, watch.clone());
        Self {
            model,
            stand_in: None,
            map,
            optimizer,
            watch,
            initial,
            silence: DeadUnits::default(),
            clipping: Clipping::default(),
            settings: settings.clone(),
            overhead: Overhead::measure(device),
            interrupt: Interrupt::default(),
        }
    }

    /// From now on costly looks are left, and the step with them, when the run is to stop.
    pub(super) fn heed(&mut self, interrupt: Interrupt) {
        self.interrupt = interrupt;
    }

    /// Another that takes the same steps, bit by bit, and shares nothing that either changes.
    #[must_use]
    pub fn replica(&self) -> Self {
        // Running statistics are shared by clones.
        let model = replica(&self.model);
        let watch = self.watch.clone();
        let Self { map, optimizer, initial, silence, clipping, settings, overhead, interrupt, .. } = self;
        Self {
            model,
            stand_in: None,
            map: map.clone(),
            optimizer: optimizer.clone(),
            watch,
            initial: initial.clone(),
            silence: silence.clone(),
            clipping: *clipping,
            settings: settings.clone(),
            overhead: *overhead,
            interrupt: interrupt.clone(),
        }
    }

    /// For how many of the looks so far each unit has been silent.
    pub(super) fn silence(&self) -> &DeadUnits {
        &self.silence
    }

    /// Puts that back: the looks since do not count.
    pub(super) fn set_silence(&mut self, silence: DeadUnits) {
        self.silence = silence;
    }

    /// The stack as it is now.
    #[must_use]
    pub fn model(&self) -> &S {
        &self.model
    }

    /// Its layers.
    #[must_use]
    pub fn map(&self) -> &ParameterMap {
        &self.map
    }

    /// Takes one step on a batch.
    pub fn step(&mut self, batch: &S::Batch, learning_rate: f64, look: Look) -> StepOutput {
        // Nothing interrupts a stepper that heeds nothing.
        self.step_observed(batch, learning_rate, look, |_, _| {}).unwrap_or_default()
    }

    /// The same, with the stack as it was before the step and its gradients before clipping handed to `see`. `None` where
    /// the run was stopped during a costly look: then nothing was updated.
    pub(super) fn step_observed(
        &mut self,
        batch: &S::Batch,
        learning_rate: f64,
        look: Look,
        see: impl FnOnce(&S, &GradientsParams),
    ) -> Option<StepOutput> {
        let layers = self.map.table().len();
        let mut cost = Cost::default();
        let taps = match look {
            Look::Away | Look::Gradients => Taps::off(),
            Look::Everything | Look::Histograms => cost.of(|| Taps::on(layers)),
            Look::Detail => cost.of(|| Taps::keeping(layers)),
        };

        let loss = self.model.loss(batch, &taps);
        let value = loss.mean.clone().into_scalar::<f32>();
        let mut gradients = GradientsParams::from_grads(loss.mean.backward(), &self.model);
        see(&self.model, &gradients);

        let readings = cost.of(|| taps.take());
        cost.and(readings.cost);
        let gradients_read = readings.layers.iter().map(|reading| reading.gradient).collect();
        let mut seen = Observation { passes: readings.layers, gradients: gradients_read, ..Observation::default() };
        let is_clipped = self.settings.clip.is_some();
        if is_clipped {
            // Before clipping, which needs them: no part of measuring.
            seen.gradients = self.map.gradients(&self.model, &gradients);
        } else if look == Look::Gradients {
            // Otherwise the optimiser's watch reads them in passing.
            cost.of(|| seen.gradients = self.map.gradients(&self.model, &gradients));
        }
        let (mut histograms, mut filters) = (Vec::new(), None);
        if look.counts() {
            cost.of(|| {
                let counts = self.map.histograms(&self.model, &gradients);
                histograms = counts.into_iter().map(|layer| layer.map(Histogram::trimmed)).collect();
                seen.tensor_gradients = self.map.tensor_gradients(&self.model, &gradients);
                filters = self.map.filters(&self.model);
            });
        }
        if look == Look::Detail {
            let subject = Subject { model: &self.model, map: &self.map, batch, interrupt: &self.interrupt };
            seen.detail = cost.of(|| Detail::of(&subject, &seen.passes))?;
        }
        let clip_scale = self.clip(&mut gradients, &seen);

        cost.and(self.update(learning_rate, gradients, look, &mut seen));
        let global = cost.of(|| seen.global_gradient());
        let detail = &mut seen.detail;
        let (by_time, pictures) = (std::mem::take(&mut detail.by_time), detail.pictures.take());
        let (mut samples, mut values, mut tensors) = (Vec::new(), Grid::default(), Grid::default());
        if look.counts() {
            cost.of(|| tensors = seen.tensors());
        }
        if look.is_at_layers() {
            cost.of(|| {
                samples = seen.samples(self.map.table(), &self.initial, &mut self.silence);
                values = observe(Quantity::ALL, &samples);
            });
        }
        cost.of(|| drop(seen));
        Some(StepOutput {
            loss: value,
            accuracy: loss.accuracy,
            global_grad_norm: global.map(|global| global.norm() as f32),
            clip_scale,
            clip_rate: clip_scale.map(|_| self.clipping.rate()),
            samples,
            values,
            histograms,
            by_time,
            pictures,
            tensors,
            filters,
            measuring: cost.total(self.overhead),
        })
    }

    /// Bounds the norm of all gradients together where the lane clips; gives by what they were multiplied.
    fn clip(&mut self, gradients: &mut GradientsParams, seen: &Observation) -> Option<f32> {
        let (most, global) = (self.settings.clip?, seen.global_gradient().map_or(0.0, Moments::norm));
        let scale = if global > most { most / global } else { 1.0 };
        if scale < 1.0 {
            optimizer::scale(&self.model, gradients, scale);
        }
        self.clipping.count(scale);
        Some(scale as f32)
    }

    /// The optimiser's step, with a look at the parameters before and after; returns what looking cost.
    fn update(&mut self, learning_rate: f64, gradients: GradientsParams, look: Look, seen: &mut Observation) -> Cost {
        let is_watched = look.is_at_layers() && gradients.len() == self.map.trained().count();
        let mut cost = Cost::default();
        let mut before = None;
        if is_watched {
            let reach = if look.counts() { Baseline::Start } else { Baseline::Step };
            cost.of(|| self.watch.start(&self.map, std::mem::take(&mut seen.gradients), reach));
        } else if look.is_at_layers() {
            // A parameter without a gradient: the watch could not tell which.
            cost.of(|| {
                before = Some(Snapshot::of(&self.model));
                seen.gradients = self.map.gradients(&self.model, &gradients);
            });
        }
        let stand_in = self.stand_in.take().unwrap_or_else(|| self.model.valid());
        let model = std::mem::replace(&mut self.model, stand_in);
        let model = self.optimizer.step(learning_rate, model, gradients);
        self.stand_in = Some(std::mem::replace(&mut self.model, model));
        if let Some(watched) = self.watch.take() {
            cost.and(watched.cost);
            (seen.gradients, seen.weights) = (watched.gradients, watched.weights);
            (seen.updates, seen.drift) = (watched.updates, watched.drift);
            seen.tensor_changes = watched.tensors;
        }
        if let Some(before) = before {
            cost.of(|| {
                let updates = self.map.updates(&self.model, &before);
                (seen.weights, seen.updates) = (updates.weight, updates.update);
                seen.tensor_changes = updates.tensors;
                if look.counts() {
                    seen.drift = self.map.updates(&self.model, self.watch.initial()).update;
                }
            });
        }
        cost
    }
}
