//! One training step of one stack: forward, backward, clip, update. An observer measures it.

mod clipping;
pub(super) mod saved;

use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::prelude::Device;

use self::clipping::Clipping;

use super::detail::{self, DiffusionDetail, Subject};
use super::optimizer;
use super::pacer::Interrupt;
use crate::config::LaneConfig;
use crate::event::{Samples, TimeSpan};
use crate::layer::LayerTable;
use crate::probe::{Observation, Observer, Scope};
use crate::quantity::Moments;
use crate::stack::{Stack, replica};

/// A stack with its optimizer.
pub struct Stepper<S> {
    model: S,
    /// Replaces the stack while the optimizer owns it: an optimizer with a clone would copy every parameter. It is the
    /// stack before its first step, whose parameters the probe keeps anyway.
    stand_in: Option<S>,
    optimizer: ModuleOptimizer,
    observer: Observer,
    clipping: Clipping,
    settings: LaneConfig,
    interrupt: Interrupt,
}

/// The results of one step.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct StepOutput {
    /// Mean loss over the batch.
    pub loss: f32,
    /// Share of the batch classified correctly.
    pub(crate) accuracy: Option<f32>,
    /// Factor by which clipping multiplied the gradient, if the lane clips.
    pub clip_scale: Option<f32>,
    /// Share of the steps so far on which that factor was below 1.
    pub clip_rate: Option<f32>,
    /// What was measured.
    pub observation: Observation,
    /// Loss and gradients by timestep; empty unless they were measured.
    pub(crate) by_time: Vec<TimeSpan>,
    /// Pictures that the stack drew, if it was asked to and can.
    pub(crate) pictures: Option<Samples>,
}

impl<S: Stack> Stepper<S> {
    /// A stack with the optimizer of its settings.
    #[must_use]
    pub fn new(model: S, settings: &LaneConfig, device: &Device) -> Self {
        let observer = Observer::new(&model, &model.layers(), device);
        let optimizer = optimizer::build(settings, observer.probe());
        Self {
            model,
            stand_in: None,
            optimizer,
            observer,
            clipping: Clipping::default(),
            settings: settings.clone(),
            interrupt: Interrupt::default(),
        }
    }

    /// Lets this interrupt cancel a step whose costly quantities are being measured.
    pub(super) fn heed(&mut self, interrupt: Interrupt) {
        self.interrupt = interrupt;
    }

    /// A stepper that makes the same steps, bit by bit, and shares nothing mutable with this one.
    #[must_use]
    pub(crate) fn replica(&self) -> Self {
        // Clones would share their running statistics.
        let model = replica(&self.model);
        let Self { optimizer, observer, clipping, settings, interrupt, .. } = self;
        Self {
            model,
            stand_in: None,
            optimizer: optimizer.clone(),
            observer: observer.clone(),
            clipping: *clipping,
            settings: settings.clone(),
            interrupt: interrupt.clone(),
        }
    }

    /// The observer of its steps.
    pub(super) fn observer(&self) -> &Observer {
        &self.observer
    }

    /// The observer, to set its counts.
    pub(super) fn observer_mut(&mut self) -> &mut Observer {
        &mut self.observer
    }

    /// The current stack.
    #[must_use]
    pub fn model(&self) -> &S {
        &self.model
    }

    /// Its layers.
    #[must_use]
    pub fn layers(&self) -> &LayerTable {
        self.observer.layers()
    }

    /// Makes one step on a batch.
    pub fn step(&mut self, batch: &S::Batch, learning_rate: f64, scope: Scope) -> StepOutput {
        // Without an interrupt the step cannot be cancelled.
        self.step_observed(batch, learning_rate, scope, |_, _| {}).unwrap_or_default()
    }

    /// The same; `see` receives the stack before the step and its gradients before clipping. `None` if the run was
    /// stopped while costly quantities were measured: then nothing was updated.
    pub(super) fn step_observed(
        &mut self,
        batch: &S::Batch,
        learning_rate: f64,
        scope: Scope,
        see: impl FnOnce(&S, &GradientsParams),
    ) -> Option<StepOutput> {
        let mut observed = self.observer.begin(scope);
        let loss = self.model.loss(batch, observed.taps());
        let value = loss.mean.clone().into_scalar::<f32>();
        let mut gradients = GradientsParams::from_grads(loss.mean.backward(), &self.model);
        see(&self.model, &gradients);

        let clip = self.settings.clip.map(|most| {
            let global = observed.global_gradient(&self.observer, &self.model, &gradients);
            (most, global.map_or(0.0, Moments::norm))
        });
        observed.gradients(&self.observer, &self.model, &gradients);
        let mut diffusion = DiffusionDetail::default();
        if scope == Scope::Costly {
            let map = self.observer.parameters();
            let subject = Subject { model: &self.model, map, batch, interrupt: &self.interrupt };
            observed.add_costly(|passes| {
                let costly = detail::costly(&subject, passes)?;
                diffusion = detail::diffusion(&subject)?;
                Some(costly)
            })?;
        }
        let clip_scale = clip.map(|(most, norm)| self.clip(&mut gradients, most, norm));
        self.update(learning_rate, gradients);
        Some(StepOutput {
            loss: value,
            accuracy: loss.accuracy,
            clip_scale,
            clip_rate: clip_scale.map(|_| self.clipping.rate()),
            observation: self.observer.finish(observed, &self.model),
            by_time: diffusion.by_time,
            pictures: diffusion.pictures,
        })
    }

    /// Limits the norm of all gradients together; returns the factor that they were multiplied by.
    fn clip(&mut self, gradients: &mut GradientsParams, most: f64, norm: f64) -> f32 {
        let scale = if norm > most { most / norm } else { 1.0 };
        if scale < 1.0 {
            optimizer::scale(&self.model, gradients, scale);
        }
        self.clipping.count(scale);
        scale as f32
    }

    fn update(&mut self, learning_rate: f64, gradients: GradientsParams) {
        let stand_in = self.stand_in.take().unwrap_or_else(|| self.model.valid());
        let model = std::mem::replace(&mut self.model, stand_in);
        let model = self.optimizer.step(learning_rate, model, gradients);
        self.stand_in = Some(std::mem::replace(&mut self.model, model));
    }
}
