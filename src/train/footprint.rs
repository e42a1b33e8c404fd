//! The peak memory of a run, estimated from counts before anything is allocated.
//!
//! ```text
//! weights        4·P·(current + first + gradient + m + kept·(1 + m))     m moments of the optimizer, states that the flight
//!                                                                        recorder keeps
//! activations    4·B·Σ_layers (k·in + 2·signal)                          in: numbers before each weight, of one example
//!                or 4·rows·3.5·widest in an evaluation, if that is more  signal: numbers before a layer, with --detail
//! ```
//!
//! P parameters, B rows of a batch. A weight of n numbers that costs f FLOP is applied at f/2n positions, which
//! together with its shape gives the numbers before and after it. k, the number of such tensors that a family keeps for
//! the backward pass, was measured; estimates are within a factor of two of measured peaks (tests/it/footprint.rs).

use std::ops::Add;

use super::{evaluation, flight};
use crate::config::{CheckpointActivations, LaneConfig, Model, Norm, Optimizer, RunConfig};
use crate::layer::{Layer, LayerTable, Opened, Parameter};

/// Bytes of a number.
const NUMBER: u64 = 4;
/// Number of tensors of the widest layer's size that exist at once in an evaluation; 2.5 to 4.2 were measured.
const EVALUATED: f64 = 3.5;
/// Share of the kept activations that remains when activations are recomputed; 0.5 to 0.8 were measured.
const RECOMPUTED: f64 = 0.7;
/// Numbers that the mixing keeps per stream and number before a layer.
const MIXED: f64 = 1.6;
/// Number of copies of each layer's input that the costly quantities hold: with and without noise on the inputs.
const DETAILED: f64 = 2.0;

/// The size of a lane's run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) steps: u64,
    /// Number of held-out rows.
    pub(super) held_out: usize,
}

/// The estimated memory of a lane or a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Number of trained parameters.
    pub(crate) parameters: u64,
    /// Bytes of all copies of them: gradients, optimizer, measurements and flight recorder.
    pub(crate) weights: u64,
    /// Bytes of activations that are kept for the backward pass and of what measuring reads.
    pub(crate) activations: u64,
}

impl Footprint {
    /// The footprint of a lane over this many steps.
    pub(super) fn of(table: &LayerTable, lane: &LaneConfig, run: &RunConfig, extent: Extent) -> Self {
        let parameters = table.layers.iter().map(Layer::parameter_count).sum();
        let state = u64::from(moments(lane));
        let kept = run.flight.map_or(0, |every| flight::copies(every, extent.steps));
        let copies = 3 + state + kept * (1 + state);
        let training = run.batch as f64 * Flow::of(table, lane).kept(lane, run);
        let widest = widest(table, lane);
        let rows = evaluation::at_once(widest).min(extent.held_out);
        let evaluation = rows as f64 * EVALUATED * (widest * lane.wiring.streams()) as f64;
        Self {
            parameters,
            weights: bytes(parameters as f64 * copies as f64),
            activations: bytes(training.max(evaluation)),
        }
    }

    /// Bytes of the weights alone, before the first step.
    pub(super) fn drawn(self) -> u64 {
        self.parameters.saturating_mul(NUMBER)
    }

    /// The total in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.weights.saturating_add(self.activations)
    }
}

impl Add for Footprint {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            parameters: self.parameters.saturating_add(other.parameters),
            weights: self.weights.saturating_add(other.weights),
            activations: self.activations.saturating_add(other.activations),
        }
    }
}

fn bytes(numbers: f64) -> u64 {
    (NUMBER as f64 * numbers) as u64
}

/// Number of values that the optimizer keeps per parameter.
fn moments(lane: &LaneConfig) -> u8 {
    match lane.optimizer {
        Optimizer::Sgd => u8::from(lane.momentum > 0.0),
        Optimizer::RmsProp => 1,
        Optimizer::Adam | Optimizer::AdamW => 2,
    }
}

/// Numbers of one example before and after the weights of a stack.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Flow {
    inputs: f64,
    outputs: f64,
    /// Numbers of attention scores: one per head and pair of characters.
    scores: f64,
    /// Numbers before the layers.
    signals: f64,
}

impl Add for Flow {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            inputs: self.inputs + other.inputs,
            outputs: self.outputs + other.outputs,
            scores: self.scores + other.scores,
            signals: self.signals + other.signals,
        }
    }
}

impl Flow {
    /// The sum over all layers.
    fn of(table: &LayerTable, lane: &LaneConfig) -> Self {
        let layers = table.layers.iter().map(|layer| {
            let parts = Self::parts(layer, lane);
            let signals = parts.iter().map(|part| part.inputs).find(|inputs| *inputs > 0.0).unwrap_or(0.0);
            Self { signals, ..parts.into_iter().fold(Self::default(), Add::add) }
        });
        layers.fold(Self::default(), Add::add)
    }

    /// Numbers of one example that exist at once in a step.
    fn kept(self, lane: &LaneConfig, run: &RunConfig) -> f64 {
        let is_fused = matches!(lane.model(), Model::Mlp);
        // This was measured without a normalization: a fused block keeps one tensor.
        let of_family = match lane.model() {
            Model::Mlp => 1.0,
            Model::Highway => 2.8,
            Model::Vgg | Model::Resnet | Model::Preresnet | Model::Dense => 2.5,
            Model::Diffusion => 3.2,
            Model::Transformer => 3.5,
        };
        let of_norm = match (lane.norm, is_fused) {
            (Norm::None, _) => 0.0,
            (Norm::Batch, _) | (_, true) => 1.0,
            (Norm::Layer | Norm::Group | Norm::Rms, false) => {
                if lane.model() == Model::Transformer {
                    1.0
                } else {
                    2.0
                }
            }
        };
        let share = if run.checkpoint_activations == CheckpointActivations::On && !is_fused { RECOMPUTED } else { 1.0 };
        let streams = lane.wiring.streams() as f64;
        let of_streams = if streams > 1.0 { MIXED * streams } else { 0.0 };
        let of_detail = if run.detail.is_some() { DETAILED * streams } else { 0.0 };
        share * (of_family + of_norm) * (self.inputs + self.scores) + (of_streams + of_detail) * self.signals
    }

    fn widest(self) -> f64 {
        self.inputs.max(self.outputs).max(self.scores)
    }

    /// The flow through each weight of a layer.
    fn parts(layer: &Layer, lane: &LaneConfig) -> Vec<Self> {
        if layer.sublayers.is_empty() {
            return vec![Self::through(&layer.parameters, layer.flops.unwrap_or(0))];
        }
        let part = |part: Opened| match (part.parameters(layer), part.flops.unwrap_or(0)) {
            // Attention has two products over the width, for all pairs.
            ([], flops) => Self {
                scores: flops as f64 * lane.family.transformer().heads as f64 / (4 * lane.width.max(1)) as f64,
                ..Self::default()
            },
            (parameters, flops) => Self::through(parameters, flops),
        };
        layer.opened().into_iter().map(part).collect()
    }

    /// The flow through the largest of these parameters, an [in, out] or [out, in, k, k] with this cost.
    fn through(parameters: &[Parameter], flops: u64) -> Self {
        let matrices = parameters.iter().filter(|weight| weight.shape.len() > 1);
        let Some(weight) = matrices.max_by_key(|weight| weight.elements()) else { return Self::default() };
        let positions = flops as f64 / (2 * weight.elements().max(1)) as f64;
        let [before, behind] = match weight.shape[..] {
            [inputs, outputs] | [outputs, inputs, _, ..] => [inputs, outputs],
            _ => [0, 0],
        };
        Self { inputs: positions * before as f64, outputs: positions * behind as f64, ..Self::default() }
    }
}

/// Numbers before or after the widest weight of a stack, for one example.
pub(super) fn widest(table: &LayerTable, lane: &LaneConfig) -> usize {
    let parts = table.layers.iter().flat_map(|layer| Flow::parts(layer, lane));
    parts.map(Flow::widest).fold(0.0, f64::max) as usize
}
