//! One block at one step of the run, taken apart: its operations in forward order with their factors, and the size of
//! activations and signal on every edge.
//!
//! ```text
//! x_l ──┬──────────── identity ────────────┬── x_{l+1}      δ_l = identity + branch
//!       └── N ── φ ── W ── s ── branch ────┘                branch = δ_{l+1} · φ′ · W · N · s
//! ```
//!
//! If a long skip starts at the block's input (in the encoder of a U-Net), its signal is a third channel.

use super::shape::{BranchOp, Rest, Shape, Skip};
use crate::history::CellValue;
use crate::layer::LayerKind;
use crate::quantity::Quantity;
use crate::tui::scene::{CursorState, LaneRef, Scene};
use crate::units::{LayerId, Step};

/// A block at one step of the run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Anatomy {
    /// Name of the row: `block 17`, `stem`.
    pub(super) name: String,
    /// Block number, if it is a block.
    pub(super) number: Option<usize>,
    pub(super) skip: Skip,
    /// Ops in forward order, each with its factor on the signal on its way back.
    pub(super) parts: Vec<(BranchOp, Option<f64>)>,
    /// The meaning of [`BranchOp::Other`].
    pub(super) rest: Rest,
    /// rms of the input and of the output.
    pub(super) scale: [Option<f64>; 2],
    /// ‖sF(x)‖/‖x‖.
    pub(super) branch_ratio: Option<f64>,
    /// ‖δ‖ at the input and at the output.
    pub(super) signal: [Option<f64>; 2],
    /// The signal that comes back around the branch, and that through it.
    pub(super) channels: [Option<f64>; 2],
    /// The signal that comes back through a long skip from the block's input, if there is one.
    pub(super) long_skip: Option<f64>,
    /// Cosine of the two channels.
    pub(super) cosine: Option<f64>,
    pub(super) gain: Option<f64>,
    /// Why there are no values at the cursor.
    pub(super) why_nothing: Option<String>,
}

/// A factor or gain that is closer to 1 than this ratio is not marked.
const NOTEWORTHY: f64 = 1.05;

/// How the whole block changes the signal on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Loses,
    Keeps,
    Grows,
}

impl Anatomy {
    /// The anatomy of a lane's layer at the cursor.
    pub(super) fn at_cursor(scene: &Scene, lane: &LaneRef<'_>) -> Self {
        let layer = lane.layer_at(scene.view.cursor.depth);
        let next = LayerId(layer.0 + 1);
        let step = scene.shown_step(lane);
        let value_of = |layer: LayerId, quantity: Quantity| value(lane, quantity, layer, step?);
        let here = |quantity: Quantity| value_of(layer, quantity);
        let (signal_in, signal_out) = (here(Quantity::SignalNorm), value_of(next, Quantity::SignalNorm));
        let gain = here(Quantity::Gain);
        let number = lane.header.layers.block_number(layer);
        let shape = number.map_or_else(Shape::whole, |_| Shape::of(lane));
        let factor = |part: &BranchOp| match BranchOp::STEPS.iter().find(|(step, _)| step == part) {
            Some((_, factor)) => here(*factor),
            None => gain,
        };
        Self {
            name: lane.header.layers.name(layer),
            number,
            skip: shape.skip,
            parts: shape.parts.iter().map(|part| (*part, factor(part))).collect(),
            rest: shape.rest,
            scale: [here(Quantity::ActRms), value_of(next, Quantity::ActRms)],
            branch_ratio: here(Quantity::BranchRatio),
            signal: [signal_in, signal_out],
            channels: [here(Quantity::IdentityNorm), here(Quantity::BranchNorm)],
            long_skip: here(Quantity::LongSkipNorm),
            cosine: here(Quantity::ChannelCosine),
            gain,
            why_nothing: scene.cursor_state(lane).and_then(CursorState::why_nothing),
        }
    }

    /// rms of s·F(x): it has the same shape as x, so that the ratio of their norms is that of their rms.
    pub(super) fn branch_scale(&self) -> Option<f64> {
        match self.skip {
            Skip::Around => Some(self.branch_ratio? * self.scale[0]?),
            Skip::Missing => self.scale[1].filter(|_| self.number.is_some()),
            Skip::Unknown => None,
        }
    }

    /// Factor of the skip connection on the signal: ×1 for an identity.
    pub(super) fn skip_gain(&self) -> Option<f64> {
        self.of_output(self.channels[0])
    }

    /// The same for the long skip: its signal divided by that at the block's output.
    pub(super) fn long_skip_gain(&self) -> Option<f64> {
        self.of_output(self.long_skip)
    }

    fn of_output(&self, signal: Option<f64>) -> Option<f64> {
        Some(signal? / self.signal[1].filter(|signal| *signal != 0.0)?)
    }

    /// How the whole block changes the signal.
    pub(super) fn change(&self) -> Change {
        match self.gain {
            Some(gain) if gain > NOTEWORTHY => Change::Grows,
            Some(gain) if gain * NOTEWORTHY < 1.0 => Change::Loses,
            _ => Change::Keeps,
        }
    }

    /// The branch's own gain: the product of its factors.
    pub(super) fn branch_gain(&self) -> Option<f64> {
        self.parts.iter().map(|(_, factor)| *factor).product()
    }

    /// The op to mark: the first factor that is not finite; otherwise the one that contributes most to the change by
    /// the whole block. `None` if the block keeps the signal, and if a residual block loses it: its two channels cancel
    /// then, which no factor shows.
    pub(super) fn strongest(&self) -> Option<BranchOp> {
        let known = || self.parts.iter().filter_map(|(part, factor)| Some((*part, (*factor)?)));
        if let Some((part, _)) = known().rev().find(|(_, factor)| !factor.is_finite()) {
            return Some(part);
        }
        let is_alone = self.skip != Skip::Around && self.long_skip.is_none();
        let strength = |factor: f64| match self.change() {
            Change::Grows => factor.abs().ln(),
            Change::Loses if is_alone => -factor.abs().ln(),
            _ => 0.0,
        };
        let (part, strength) =
            known().map(|(part, factor)| (part, strength(factor))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (strength > NOTEWORTHY.ln()).then_some(part)
    }

    /// ‖signal‖ behind an op: the signal at the output times the factors of this op and of all after it.
    pub(super) fn behind(&self, part: BranchOp) -> Option<f64> {
        let after = self.parts.iter().filter(|(other, _)| *other >= part).map(|(_, factor)| *factor);
        after.fold(self.signal[1], |signal, factor| Some(signal? * factor?))
    }

    /// Largest finite norm of the signal on any edge.
    pub(super) fn largest(&self) -> Option<f64> {
        let behind = self.parts.iter().map(|(part, _)| self.behind(*part));
        let edges = self.signal.into_iter().chain(self.channels).chain(behind).flatten();
        edges.filter(|size| size.is_finite() && *size > 0.0).reduce(f64::max)
    }
}

/// The value at a step, or the mean of its bucket if it is no longer exact.
fn value(lane: &LaneRef<'_>, quantity: Quantity, layer: LayerId, step: Step) -> Option<f64> {
    match lane.history.known(quantity, layer, step)? {
        CellValue::Exactly(value) => Some(f64::from(value)),
        CellValue::Roughly(summary) => summary.mean.or(summary.last).map(f64::from),
    }
}

/// Name of the nodes before and after a row: `x17`, `x18`.
pub(super) fn nodes(anatomy: &Anatomy, kind: Option<LayerKind>) -> [String; 2] {
    match (anatomy.number, kind) {
        (Some(number), _) => [format!("x{number}"), format!("x{}", number + 1)],
        (None, Some(LayerKind::Stem)) => ["batch".to_owned(), "x1".to_owned()],
        (None, Some(LayerKind::Head)) => ["x".to_owned(), "logits".to_owned()],
        (None, _) => ["in".to_owned(), "out".to_owned()],
    }
}

#[cfg(test)]
mod tests;
