//! Measurements that need passes of their own, on a schedule: signal to noise, coherence, shatter, stable rank; for a
//! diffusion model the gradient by timestep, and samples.
//!
//! The passes run on a replica of the model, so that training is not affected: a replica has the same parameters and
//! running statistics of its own.

use std::ops::RangeInclusive;

use burn::optim::GradientsParams;

use super::pacer::Interrupt;
use crate::event::{Samples, TimeSpan};
use crate::grid::Value;
use crate::probe::{CostlyStatistics, LayerReading, ParameterMap, Taps};
use crate::quantity::Moments;
use crate::quantity::coherence::coherence;
use crate::quantity::grad_snr::{PARTS, Spread};
use crate::quantity::shatter::shatter;
use crate::quantity::stable_rank::stable_rank;
use crate::random::Purpose;
use crate::stack::{Examples, Stack, replica};

/// Measurements that only a diffusion model has.
#[derive(Debug, Default)]
pub(super) struct DiffusionDetail {
    /// One entry per span of timesteps; empty for other models.
    pub(super) by_time: Vec<TimeSpan>,
    /// Pictures that the model draws; `None` for other models.
    pub(super) pictures: Option<Samples>,
}

/// The model and the batch that are measured.
pub(super) struct Subject<'a, S: Stack> {
    pub(super) model: &'a S,
    pub(super) map: &'a ParameterMap,
    pub(super) batch: &'a S::Batch,
    pub(super) interrupt: &'a Interrupt,
}

impl<S: Stack> Subject<'_, S> {
    /// Continues unless the run must stop.
    fn go_on(&self) -> Option<()> {
        (!self.interrupt.is_raised()).then_some(())
    }
}

/// The costly statistics of a model before its update, partly from what the taps of the step kept; `None` if the run
/// was stopped, which is checked between two passes or layers.
pub(super) fn costly<S: Stack>(subject: &Subject<'_, S>, passes: &[LayerReading]) -> Option<CostlyStatistics> {
    let classes = subject.batch.classes();
    let mut agreements = Vec::with_capacity(passes.len());
    for (layer, pass) in passes.iter().enumerate() {
        subject.go_on()?;
        // The stem's input is data, not a signal.
        agreements.push(if layer == 0 { None } else { pass.kept().and_then(|kept| coherence(kept, classes)) });
    }
    Some(CostlyStatistics {
        grad_snr: grad_snr(subject)?,
        coherence: agreements,
        shatter: shattering(subject)?,
        stable_rank: stable_ranks(subject)?,
    })
}

/// The gradient by timestep and the pictures of a diffusion model; `None` if the run was stopped.
pub(super) fn diffusion<S: Stack>(subject: &Subject<'_, S>) -> Option<DiffusionDetail> {
    let by_time = by_time(subject)?;
    subject.go_on()?;
    Some(DiffusionDetail { by_time, pictures: subject.model.valid().samples() })
}

fn grad_snr<S: Stack>(subject: &Subject<'_, S>) -> Option<Vec<Option<f64>>> {
    let Subject { model, map, batch, .. } = *subject;
    let mut spreads = vec![Spread::default(); map.table().len()];
    for part in batch.parts(PARTS) {
        subject.go_on()?;
        let replica = replica(model);
        let loss = replica.loss(&part, &Taps::off()).mean;
        let gradients = GradientsParams::from_grads(loss.backward(), &replica);
        for (spread, gradient) in spreads.iter_mut().zip(map.gradient_vectors(&replica, &gradients)) {
            if let Some(gradient) = gradient {
                spread.take(&gradient);
            }
        }
    }
    Some(spreads.iter().map(Spread::snr).collect())
}

fn shattering<S: Stack>(subject: &Subject<'_, S>) -> Option<Vec<Option<f64>>> {
    let Subject { model, map, batch, .. } = *subject;
    // The model is frozen: normalizations use their running statistics, and only the inputs are tracked.
    let replica = replica(model).freeze();
    let signals = |batch: &S::Batch| {
        let taps = Taps::keeping(map.table().len());
        drop(replica.logit(batch, &taps).backward());
        taps.take().layers
    };
    // The noise is the same at every step, so that differences come from the stack.
    subject.go_on()?;
    let still = signals(batch);
    subject.go_on()?;
    let noisy = signals(&batch.noisy(&mut Purpose::Noise.rng(0, 0)));
    let rows = batch.rows();
    let shatter_of = |(layer, (still, noisy)): (usize, (&LayerReading, &LayerReading))| {
        if layer == 0 { None } else { shatter(still.kept()?, noisy.kept()?, rows) }
    };
    Some(still.iter().zip(&noisy).enumerate().map(shatter_of).collect())
}

fn by_time<S: Stack>(subject: &Subject<'_, S>) -> Option<Vec<TimeSpan>> {
    let Subject { model, map, batch, .. } = *subject;
    let span = |(times, part): (RangeInclusive<u32>, S::Batch)| {
        subject.go_on()?;
        let replica = replica(model);
        let loss = replica.loss(&part, &Taps::off()).mean;
        let value = Value::new(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &replica);
        let norm = |moments: Option<Moments>| Value::from(moments.map(|moments| moments.norm() as f32));
        let grad_norms = map.gradients(&replica, &gradients).into_iter().map(norm).collect();
        Some(TimeSpan { first: *times.start(), last: *times.end(), loss: value, grad_norms })
    };
    batch.by_time().into_iter().map(span).collect()
}

fn stable_ranks<S: Stack>(subject: &Subject<'_, S>) -> Option<Vec<Option<f64>>> {
    let mut ranks: Vec<Option<f64>> = vec![None; subject.map.table().len()];
    for matrix in subject.map.matrices(subject.model) {
        subject.go_on()?;
        let (rank, slot) = (stable_rank(&matrix.values, matrix.columns), ranks.get_mut(matrix.layer));
        if let (Some(rank), Some(slot)) = (rank, slot) {
            *slot = Some(slot.map_or(rank, |least| if rank.is_nan() { rank } else { least.min(rank) }));
        }
    }
    Some(ranks)
}
