//! A probed optimizer: each parameter's gradient, value and change are read in passing, while the update has them in
//! the cache anyway. The results of the optimizer do not change.
//!
//! Burn passes one parameter after the other without a name; their order is that of the module, so the n-th belongs to
//! the n-th trained parameter. This holds only if every trained parameter has a gradient, which the caller of
//! [`OptimizerProbe::start`] guarantees.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use burn::optim::{LearningRate, Optimizer};
use burn::prelude::Device;
use burn::tensor::Tensor;

use super::cost::Cost;
use super::moments::moments;
use super::parameters::{ParameterMap, Snapshot, Trained, Updates};
use super::previous::Previous;
use super::reduction::{Reduction, Sums};

/// What was read of the parameters during one step, one entry per layer.
#[derive(Clone, Debug, Default)]
pub(super) struct ParameterReadings {
    /// Gradients as the optimizer received them.
    pub(super) gradients: Sums,
    /// Parameters before the step, and after − before.
    pub(super) updates: Updates,
    /// Parameters after − the initial ones.
    pub(super) drift: Sums,
    /// What measuring cost.
    pub(super) cost: Cost,
}

/// The handle of a probed optimizer.
#[derive(Clone, Default)]
pub struct OptimizerProbe {
    /// Whether an optimizer was wrapped with it.
    attached: Arc<AtomicBool>,
    board: Arc<Mutex<Option<Board>>>,
    /// The initial parameters, kept alive.
    initial: Arc<Snapshot>,
}

#[derive(Debug)]
struct Board {
    /// Parameters that are still to come, the last first.
    to_come: Vec<Trained>,
    /// Whether each layer's gradient is known already.
    known: Vec<bool>,
    baseline: Baseline,
    reduction: Reduction,
    readings: ParameterReadings,
    /// Parameters before their update, one after the other.
    buffer: Vec<f32>,
}

/// What the parameters are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    /// The parameters before the step.
    Step,
    /// Also the initial parameters, whose memory nothing else has brought into the cache.
    Start,
}

impl OptimizerProbe {
    /// A probe that measures how far the parameters have moved from `initial`.
    #[must_use]
    pub(crate) fn new(initial: Snapshot) -> Self {
        Self { attached: Arc::default(), board: Arc::default(), initial: Arc::new(initial) }
    }

    /// Whether an optimizer was wrapped with it, so that updates are read in passing.
    #[must_use]
    pub(super) fn is_attached(&self) -> bool {
        self.attached.load(Ordering::Relaxed)
    }

    /// The initial parameters.
    #[must_use]
    pub(crate) fn initial(&self) -> &Snapshot {
        &self.initial
    }

    /// Reads the next step of a model in which every trained parameter has a gradient. `gradients`, one entry per
    /// layer, are those that were read already.
    pub(super) fn start(&self, map: &ParameterMap, gradients: Sums, baseline: Baseline) {
        let known = gradients.has();
        let drift = Sums::none(map.table().len());
        let readings = ParameterReadings {
            gradients,
            updates: Updates::none(map, baseline == Baseline::Start),
            drift,
            cost: Cost::default(),
        };
        let mut to_come: Vec<Trained> = map.trained().collect();
        to_come.reverse();
        *self.board.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Board { to_come, known, baseline, reduction: map.reduction(), readings, buffer: Vec::new() });
    }

    /// What was read since [`Self::start`]; `None` if it was not called.
    pub(super) fn take(&self) -> Option<ParameterReadings> {
        let Board { to_come, known, mut readings, .. } =
            self.board.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        if !to_come.is_empty() {
            // An optimizer without a probe has updated some parameters: which of them were read is not known.
            readings.gradients.keep(&known);
            readings.updates.forget();
            readings.drift.keep(&[]);
        }
        Some(readings)
    }
}

/// An optimizer and its probe.
#[derive(Clone)]
pub struct ProbedOptimizer<O> {
    inner: O,
    probe: OptimizerProbe,
}

impl<O> ProbedOptimizer<O> {
    /// Wraps an optimizer with a probe.
    #[must_use]
    pub fn new(inner: O, probe: OptimizerProbe) -> Self {
        probe.attached.store(true, Ordering::Relaxed);
        Self { inner, probe }
    }
}

impl<O: Optimizer> Optimizer for ProbedOptimizer<O> {
    type State<const D: usize> = O::State<D>;

    fn step<const D: usize>(
        &self,
        learning_rate: LearningRate,
        tensor: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let mut guard = self.probe.board.lock().unwrap_or_else(PoisonError::into_inner);
        let next = guard.as_mut().and_then(|board| board.to_come.pop().map(|parameter| (board, parameter)));
        let Some((board, Trained { visited, layer, tensor: place })) = next else {
            drop(guard);
            return self.inner.step(learning_rate, tensor, gradient, state);
        };
        let Board { known, baseline, reduction, readings, buffer, .. } = board;
        let (mut cost, reduction) = (readings.cost, *reduction);
        let before = cost.of(|| Previous::of(reduction, &tensor, buffer));
        if !known.get(layer).is_some_and(|known| *known) {
            cost.of(|| readings.gradients.add(layer, moments(reduction, &gradient)));
        }
        let (after, state) = self.inner.step(learning_rate, tensor, gradient, state);
        cost.of(|| {
            let initial = self.probe.initial.get::<D>(visited).filter(|_| *baseline == Baseline::Start);
            let both = match initial {
                Some(initial) => {
                    let [weight, update, drift] = before.journey(reduction, &after, initial);
                    readings.drift.add(layer, drift);
                    [weight, update]
                }
                None => before.step(reduction, &after),
            };
            readings.updates.add(layer, place, both);
            drop(before);
        });
        readings.cost = cost;
        (after, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        O::to_device(state, device)
    }
}
