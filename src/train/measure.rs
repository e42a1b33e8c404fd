//! From raw statistics to the table of a step: every quantity's estimator over every layer.

use super::detail::Detail;
use crate::event::TensorNorm;
use crate::grid::{Grid, Value};
use crate::layer::{LayerKind, LayerTable};
use crate::probe::{DeadUnits, LayerReading};
use crate::quantity::{Factors, LayerSample, Moments, Quantity};

/// What was seen of one lane at one step, one entry per layer.
#[derive(Debug, Default)]
pub(super) struct Observation {
    pub(super) passes: Vec<LayerReading>,
    pub(super) gradients: Vec<Option<Moments>>,
    pub(super) weights: Vec<Option<Moments>>,
    pub(super) updates: Vec<Option<Moments>>,
    pub(super) drift: Vec<Option<Moments>>,
    pub(super) detail: Detail,
    /// Per tensor, where it was looked at.
    pub(super) tensor_gradients: Vec<Option<Moments>>,
    /// Weight and update of each.
    pub(super) tensor_changes: Vec<Option<[Moments; 2]>>,
}

impl Observation {
    /// One sample per layer of `table`; `initial` are the parameters at the start, `silence` what is known of their units.
    pub(super) fn samples(
        &self,
        table: &LayerTable,
        initial: &[Option<Moments>],
        silence: &mut DeadUnits,
    ) -> Vec<LayerSample> {
        let nothing = LayerReading::default();
        let pass = |layer: usize| self.passes.get(layer).unwrap_or(&nothing);
        let at = |list: &[Option<Moments>], layer: usize| list.get(layer).copied().flatten();
        let detail = |list: &[Option<f64>], layer: usize| list.get(layer).copied().flatten();
        let head_signal = pass(initial.len().saturating_sub(1)).signal;
        let layers = table.layers.iter().enumerate();
        layers
            .map(|(layer, of)| {
                let reading = pass(layer);
                let next_signal = pass(layer + 1).signal;
                // Stem and head have no channels, and a block that was left out has an identity alone.
                let branched = Some(reading).filter(|reading| of.kind == LayerKind::Block && !reading.is_left_out);
                LayerSample {
                    grad: at(&self.gradients, layer),
                    weight: at(&self.weights, layer),
                    update: at(&self.updates, layer),
                    drift: at(&self.drift, layer),
                    initial: at(initial, layer),
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
                    // Of a block that was left out not all units were asked: the batch does not count.
                    dead: reading
                        .active
                        .as_ref()
                        .filter(|_| !reading.is_left_out)
                        .map(|active| silence.observe(layer, active)),
                    saturated: reading.saturated.filter(|_| !reading.is_left_out),
                    grad_snr: detail(&self.detail.grad_snr, layer),
                    coherence: detail(&self.detail.coherence, layer),
                    shatter: detail(&self.detail.shatter, layer),
                    stable_rank: detail(&self.detail.stable_rank, layer),
                }
            })
            .collect()
    }

    /// [`TensorNorm::ALL`] × tensors.
    pub(super) fn tensors(&self) -> Grid {
        let count = self.tensor_gradients.len();
        let mut grid = Grid::absent(TensorNorm::ALL.len(), count);
        let change = |tensor: usize, which: usize| Some(self.tensor_changes.get(tensor)?.as_ref()?[which]);
        for (norm, _) in TensorNorm::ALL {
            for (tensor, cell) in grid.row_mut(norm.row()).iter_mut().enumerate() {
                let moments = match norm {
                    TensorNorm::Grad => self.tensor_gradients.get(tensor).copied().flatten(),
                    TensorNorm::Weight => change(tensor, 0),
                    TensorNorm::Update => change(tensor, 1),
                };
                *cell = Value::from(moments.map(|moments| moments.norm() as f32));
            }
        }
        grid
    }

    /// ‖g‖² over all layers; `None` when no layer has a gradient.
    pub(super) fn global_gradient(&self) -> Option<Moments> {
        self.gradients.iter().flatten().copied().reduce(Moments::and)
    }
}

/// Evaluates `quantities` over the layers, shape [quantities, layers].
#[must_use]
pub fn observe(quantities: &[Quantity], samples: &[LayerSample]) -> Grid {
    let mut grid = Grid::absent(quantities.len(), samples.len());
    for (row, quantity) in quantities.iter().enumerate() {
        let estimate = quantity.definition().estimate;
        for (cell, sample) in grid.row_mut(row).iter_mut().zip(samples) {
            *cell = Value::from(estimate(sample).map(|value| value as f32));
        }
    }
    grid
}
