//! What one observed step yields: statistics of every layer, their quantities, and the payloads of snapshots.

use std::time::Duration;

use super::dead_units::DeadUnits;
use super::filters::Filters;
use super::reading::LayerReading;
use crate::event::{FilterShades, Histograms, Payload, TensorNorm, TensorNorms};
use crate::grid::{Grid, Value};
use crate::histogram::Histogram;
use crate::layer::{LayerKind, LayerTable};
use crate::quantity::{Factors, LayerSample, Moments, Quantity};

/// What was measured of a model during one training step.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Observation {
    /// ‖g‖₂ over all parameters of the rows, before clipping; `None` where gradients were not read.
    pub global_grad_norm: Option<f32>,
    /// Statistics of each layer in double precision; empty where the layers were not measured.
    pub samples: Vec<LayerSample>,
    /// [quantity × layer] in the order of [`Quantity::ALL`]; empty where the layers were not measured.
    pub values: Grid,
    /// The distribution of each layer's gradients, before clipping; empty where they were not counted.
    pub histograms: Vec<Option<Histogram>>,
    /// [`TensorNorm::ALL`] × tensors of the layer table, measured with the histograms.
    pub tensors: Grid,
    /// The filters of the first convolution before the step, measured with the histograms; `None` if there are none.
    pub filters: Option<Filters>,
    /// Time that measuring took, Burn's bookkeeping of the taps included.
    pub measuring: Duration,
}

impl Observation {
    /// Moves the results that are reported beside the step out of it, as payloads of snapshots.
    pub fn take_payloads(&mut self) -> Vec<Payload> {
        let layers = std::mem::take(&mut self.histograms);
        let values = std::mem::take(&mut self.tensors);
        let payloads = [
            (!layers.is_empty()).then_some(Payload::Histogram(Histograms { layers })),
            (!values.values().is_empty()).then_some(Payload::Tensors(TensorNorms { values })),
            self.filters.take().map(|Filters { shape, weights }| Payload::Filters(FilterShades::of(shape, &weights))),
        ];
        payloads.into_iter().flatten().collect()
    }
}

/// Statistics that need passes of their own, one entry per layer each; empty where they were not measured.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CostlyStatistics {
    /// Signal to noise of the gradients.
    pub(crate) grad_snr: Vec<Option<f64>>,
    /// Coherence of the signals of a class.
    pub(crate) coherence: Vec<Option<f64>>,
    /// How much the signal changes with the input.
    pub(crate) shatter: Vec<Option<f64>>,
    /// Stable rank of the weights.
    pub(crate) stable_rank: Vec<Option<f64>>,
}

/// Everything that was read during a step, one entry per layer.
#[derive(Debug, Default)]
pub(super) struct RawStatistics {
    pub(super) passes: Vec<LayerReading>,
    pub(super) gradients: Vec<Option<Moments>>,
    pub(super) weights: Vec<Option<Moments>>,
    pub(super) updates: Vec<Option<Moments>>,
    pub(super) drift: Vec<Option<Moments>>,
    pub(super) costly: CostlyStatistics,
    /// Per tensor, where tensors are measured.
    pub(super) tensor_gradients: Vec<Option<Moments>>,
    /// Weight and update of each tensor.
    pub(super) tensor_changes: [Vec<Option<Moments>>; 2],
}

impl RawStatistics {
    /// One sample per layer of `table`; `initial` are the parameters at the start.
    pub(super) fn samples(
        &self,
        table: &LayerTable,
        initial: &[Option<Moments>],
        dead_units: &mut DeadUnits,
    ) -> Vec<LayerSample> {
        let nothing = LayerReading::default();
        let pass = |layer: usize| self.passes.get(layer).unwrap_or(&nothing);
        let moments_of = |list: &[Option<Moments>], layer: usize| list.get(layer).copied().flatten();
        let costly = |list: &[Option<f64>], layer: usize| list.get(layer).copied().flatten();
        let head_signal = pass(initial.len().saturating_sub(1)).signal;
        let mut samples = Vec::with_capacity(table.len());
        for (layer, row) in table.layers.iter().enumerate() {
            let reading = pass(layer);
            let next_signal = pass(layer + 1).signal;
            // Stem and head have no channels, and a skipped block has only an identity channel.
            let branched = Some(reading).filter(|reading| row.kind == LayerKind::Block && !reading.is_left_out);
            // Not all units of a skipped block were computed, so the batch does not count.
            let active = reading.active.as_ref().filter(|_| !reading.is_left_out);
            samples.push(LayerSample {
                grad: moments_of(&self.gradients, layer),
                weight: moments_of(&self.weights, layer),
                update: moments_of(&self.updates, layer),
                drift: moments_of(&self.drift, layer),
                initial: moments_of(initial, layer),
                input: reading.input,
                // The stem's input is data, not a signal.
                signal: if layer == 0 { None } else { reading.signal },
                next_signal,
                head_signal,
                branch: branched.and_then(|reading| reading.branch),
                identity_signal: reading.identity_signal,
                branch_signal: branched.and_then(LayerReading::branch_signal),
                channel_product: branched.and_then(|reading| reading.channel_product),
                long_skip_signal: reading.long_skip_signal,
                factors: branched.map_or_else(Factors::default, |of| Factors::along(next_signal, &of.path)),
                dead: active.map(|active| dead_units.observe(layer, active)),
                saturated: reading.saturated.filter(|_| !reading.is_left_out),
                grad_snr: costly(&self.costly.grad_snr, layer),
                coherence: costly(&self.costly.coherence, layer),
                shatter: costly(&self.costly.shatter, layer),
                stable_rank: costly(&self.costly.stable_rank, layer),
            });
        }
        samples
    }

    /// [`TensorNorm::ALL`] × tensors.
    pub(super) fn tensors(&self) -> Grid {
        let count = self.tensor_gradients.len();
        let mut grid = Grid::absent(TensorNorm::ALL.len(), count);
        let [weights, updates] = &self.tensor_changes;
        let at = |list: &[Option<Moments>], tensor: usize| list.get(tensor).copied().flatten();
        for (norm, _) in TensorNorm::ALL {
            for (tensor, cell) in grid.row_mut(norm.row()).iter_mut().enumerate() {
                let moments = match norm {
                    TensorNorm::Grad => at(&self.tensor_gradients, tensor),
                    TensorNorm::Weight => at(weights, tensor),
                    TensorNorm::Update => at(updates, tensor),
                };
                *cell = Value::from(moments.map(|moments| moments.norm() as f32));
            }
        }
        grid
    }

    /// ‖g‖² over all layers; `None` if no layer has a gradient.
    pub(super) fn global_gradient(&self) -> Option<Moments> {
        self.gradients.iter().flatten().copied().reduce(Moments::and)
    }
}

/// Evaluates `quantities` over the layers, shape [quantities, layers].
#[must_use]
pub fn evaluate(quantities: &[Quantity], samples: &[LayerSample]) -> Grid {
    let mut grid = Grid::absent(quantities.len(), samples.len());
    for (row, quantity) in quantities.iter().enumerate() {
        let estimate = quantity.definition().estimate;
        for (cell, sample) in grid.row_mut(row).iter_mut().zip(samples) {
            *cell = Value::from(estimate(sample).map(|value| value as f32));
        }
    }
    grid
}
