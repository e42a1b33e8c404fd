//! From raw statistics to the table of a step: every quantity's estimator over every layer.

use crate::grid::{Grid, Value};
use crate::quantity::{LayerSample, Moments, Quantity};

/// What was seen of one lane at one step, one entry per layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) inputs: Vec<Option<Moments>>,
    pub(super) signals: Vec<Option<Moments>>,
    pub(super) gradients: Vec<Option<Moments>>,
    pub(super) weights: Vec<Option<Moments>>,
    pub(super) updates: Vec<Option<Moments>>,
}

impl Seen {
    /// One sample per layer.
    pub(super) fn samples(&self, layers: usize) -> Vec<LayerSample> {
        let at = |list: &[Option<Moments>], layer: usize| list.get(layer).copied().flatten();
        (0..layers)
            .map(|layer| {
                LayerSample {
                    grad: at(&self.gradients, layer),
                    weight: at(&self.weights, layer),
                    update: at(&self.updates, layer),
                    input: at(&self.inputs, layer),
                    // The stem's input is data, not a signal.
                    signal: if layer == 0 { None } else { at(&self.signals, layer) },
                    next_signal: at(&self.signals, layer + 1),
                }
            })
            .collect()
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
