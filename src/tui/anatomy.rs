//! One block taken apart: its steps in forward order, what goes forward over each edge and what comes back, and the
//! factors between. The shape is that of the lane's settings; where they are unknown, of what the lane has ever had
//! values of: no identity channel = no skip connection, no factor of a normalization = there is none. It never depends
//! on the cursor: a lane that ended, or whose signal is 0, keeps its wiring.
//!
//! ```text
//! x_l ──┬──────────── identity ────────────┬── x_{l+1}      δ_l = identity + branch
//!       └── N ── φ ── W ── s ── branch ────┘                branch = δ_{l+1} · φ′ · W · N · s
//! ```
//!
//! Where a long skip leaves at the block's input (the way down of a U-Net) what comes back through it is a third channel.

use super::scene::{CursorState, LaneRef, Scene};
use crate::config::{Activation, LaneConfig, Model};
use crate::history::CellValue;
use crate::layer::LayerKind;
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

/// A kind of step that the branch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BranchOp {
    /// N.
    Norm,
    /// φ.
    Activation,
    /// W.
    Weight,
    /// All else: see [`Rest`].
    Other,
    /// Everything in one, where no single step was measured.
    Whole,
}

impl BranchOp {
    /// Those that are measured one by one, in forward order.
    const STEPS: [(Self, Quantity); 4] = [
        (Self::Norm, Quantity::GainNorm),
        (Self::Activation, Quantity::GainActivation),
        (Self::Weight, Quantity::GainWeight),
        (Self::Other, Quantity::GainOther),
    ];
}

/// Whether something leads around the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    Around,
    Missing,
}

/// How the blocks of a lane are built.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape {
    skip: Skip,
    /// In forward order; never empty.
    parts: Vec<BranchOp>,
    /// What is left beside normalizations, activations and weights.
    rest: Rest,
}

/// What all the steps of a branch that have no box of their own are, family by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// s, the branch scale, alone.
    Scale,
    /// Attention's mixing of positions, and where the ways through both halves part or meet.
    Mixing,
    /// The same, and s.
    MixingAndScale,
    /// Pooling where a stage ends.
    Pooling,
    /// Halving or doubling of pictures.
    Resizing,
    /// What is read from several streams and written to them.
    Streams,
    /// Several of them.
    Several,
    /// The gate T(x) of a highway.
    Gate,
    /// Not known: the run was no run of nablatop.
    Unknown,
}

impl Rest {
    fn of(settings: &LaneConfig) -> Self {
        match (settings.model, settings.scales_branches()) {
            (Model::Transformer, false) => Self::Mixing,
            (Model::Transformer, true) => Self::MixingAndScale,
            (Model::Vgg | Model::Dense, false) => Self::Pooling,
            (Model::Diffusion, false) => Self::Resizing,
            (Model::Vgg | Model::Dense | Model::Diffusion, true) => Self::Several,
            (Model::Highway, _) if settings.wiring.has_skip() => Self::Gate,
            _ if settings.wiring.streams() > 1 => Self::Streams,
            _ => Self::Scale,
        }
    }

    /// In at most five letters, and the same in ASCII.
    pub(super) fn symbol(self) -> (&'static str, &'static str) {
        match self {
            Self::Scale => ("s", "s"),
            Self::Mixing | Self::Streams => ("mix", "mix"),
            Self::MixingAndScale => ("mix·s", "mix*s"),
            Self::Pooling => ("pool", "pool"),
            Self::Resizing => ("size", "size"),
            Self::Gate => ("gate", "gate"),
            Self::Several | Self::Unknown => ("rest", "rest"),
        }
    }
}

impl Shape {
    /// What is no block: one box.
    fn whole() -> Self {
        Self { skip: Skip::Missing, parts: vec![BranchOp::Whole], rest: Rest::Unknown }
    }

    fn of(lane: &LaneRef<'_>) -> Self {
        lane.run.header().settings_of(lane.header).map_or_else(|| Self::of_values(lane), Self::of_settings)
    }

    fn of_settings(settings: &LaneConfig) -> Self {
        let rest = Rest::of(settings);
        let has = |part: BranchOp| match part {
            BranchOp::Norm => settings.normalizes(),
            BranchOp::Activation => settings.activation != Activation::Identity,
            BranchOp::Weight => true,
            BranchOp::Other => rest != Rest::Scale || settings.scales_branches(),
            BranchOp::Whole => false,
        };
        Self {
            skip: if settings.wiring.has_skip() { Skip::Around } else { Skip::Missing },
            parts: BranchOp::STEPS.iter().map(|(part, _)| *part).filter(|part| has(*part)).collect(),
            rest,
        }
    }

    /// Of what the lane has had values of at any step.
    fn of_values(lane: &LaneRef<'_>) -> Self {
        let steps = BranchOp::STEPS.iter().filter(|(_, factor)| lane.history.has(*factor));
        let parts: Vec<BranchOp> = steps.map(|(part, _)| *part).collect();
        let has_skip = lane.history.has(Quantity::IdentityNorm);
        Self {
            skip: if has_skip { Skip::Around } else { Skip::Missing },
            parts: if parts.is_empty() { vec![BranchOp::Whole] } else { parts },
            rest: Rest::Unknown,
        }
    }
}

/// A block at one step of the run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Anatomy {
    /// Name of the row: `block 17`, `stem`.
    pub(super) name: String,
    /// Block number, where it is a block.
    pub(super) number: Option<usize>,
    pub(super) skip: Skip,
    /// Steps in forward order with the factor that each puts on the signal on its way back.
    pub(super) parts: Vec<(BranchOp, Option<f64>)>,
    /// What [`Part::Other`] is.
    pub(super) rest: Rest,
    /// rms of what goes in and what comes out.
    pub(super) scale: [Option<f64>; 2],
    /// ‖sF(x)‖/‖x‖.
    pub(super) branch_ratio: Option<f64>,
    /// ‖δ‖ at the input and at the output.
    pub(super) signal: [Option<f64>; 2],
    /// What comes back around the branch, and through it.
    pub(super) channels: [Option<f64>; 2],
    /// What comes back through a long skip that leaves at the block's input, where there is one.
    pub(super) long_skip: Option<f64>,
    /// Cosine of the two channels.
    pub(super) cosine: Option<f64>,
    pub(super) gain: Option<f64>,
    /// Why there are no values at the cursor.
    pub(super) why_nothing: Option<String>,
}

/// Below this distance from 1, as a ratio, a factor or a gain is nothing to point at.
const NOTEWORTHY: f64 = 1.05;

/// What a block as a whole does to the signal on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Loses,
    Keeps,
    Grows,
}

impl Anatomy {
    /// Of the layer of a lane at the cursor.
    pub(super) fn at_cursor(scene: &Scene, lane: &LaneRef<'_>) -> Self {
        let layer = lane.layer_at(scene.view.cursor.depth);
        let next = LayerId(layer.0 + 1);
        let step = scene.shown_step(lane);
        let at = |layer: LayerId, quantity: Quantity| value(lane, quantity, layer, step?);
        let here = |quantity: Quantity| at(layer, quantity);
        let (signal_in, signal_out) = (here(Quantity::SignalNorm), at(next, Quantity::SignalNorm));
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
            scale: [here(Quantity::ActRms), at(next, Quantity::ActRms)],
            branch_ratio: here(Quantity::BranchRatio),
            signal: [signal_in, signal_out],
            channels: [here(Quantity::IdentityNorm), here(Quantity::BranchNorm)],
            long_skip: here(Quantity::LongSkipNorm),
            cosine: here(Quantity::ChannelCosine),
            gain,
            why_nothing: scene.standing(lane).and_then(CursorState::why_nothing),
        }
    }

    /// rms of s·F(x): of the same shape as x, so that the ratio of their norms is that of their rms.
    pub(super) fn branch_scale(&self) -> Option<f64> {
        match self.skip {
            Skip::Around => Some(self.branch_ratio? * self.scale[0]?),
            Skip::Missing => self.scale[1].filter(|_| self.number.is_some()),
        }
    }

    /// ×1 of an identity: what the skip connection makes of the signal.
    pub(super) fn skip_gain(&self) -> Option<f64> {
        self.of_output(self.channels[0])
    }

    /// The same of the long skip: what it brings, beside the signal at the block's output.
    pub(super) fn long_skip_gain(&self) -> Option<f64> {
        self.of_output(self.long_skip)
    }

    fn of_output(&self, signal: Option<f64>) -> Option<f64> {
        Some(signal? / self.signal[1].filter(|signal| *signal != 0.0)?)
    }

    /// What the block as a whole does to the signal.
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

    /// The part to point at: the first factor that is no number; else the one that does most of what the block as a
    /// whole does. `None` where the block keeps the signal, and where a residual block loses it: its two channels
    /// cancel then, which no factor tells.
    pub(super) fn strongest(&self) -> Option<BranchOp> {
        let known = || self.parts.iter().filter_map(|(part, factor)| Some((*part, (*factor)?)));
        if let Some((part, _)) = known().rev().find(|(_, factor)| !factor.is_finite()) {
            return Some(part);
        }
        let is_alone = self.skip == Skip::Missing && self.long_skip.is_none();
        let strength = |factor: f64| match self.change() {
            Change::Grows => factor.abs().ln(),
            Change::Loses if is_alone => -factor.abs().ln(),
            _ => 0.0,
        };
        let (part, strength) =
            known().map(|(part, factor)| (part, strength(factor))).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (strength > NOTEWORTHY.ln()).then_some(part)
    }

    /// ‖signal‖ behind a part: that at the output times the factors of this part and of all after it.
    pub(super) fn behind(&self, part: BranchOp) -> Option<f64> {
        let after = self.parts.iter().filter(|(other, _)| *other >= part).map(|(_, factor)| *factor);
        after.fold(self.signal[1], |signal, factor| Some(signal? * factor?))
    }

    /// Largest finite size of the signal on any edge.
    pub(super) fn largest(&self) -> Option<f64> {
        let behind = self.parts.iter().map(|(part, _)| self.behind(*part));
        let edges = self.signal.into_iter().chain(self.channels).chain(behind).flatten();
        edges.filter(|size| size.is_finite() && *size > 0.0).reduce(f64::max)
    }
}

/// The value at a step, or the mean of its bucket where that is all there is.
fn value(lane: &LaneRef<'_>, quantity: Quantity, layer: LayerId, step: Step) -> Option<f64> {
    match lane.history.known(quantity, layer, step)? {
        CellValue::Exactly(value) => Some(f64::from(value)),
        CellValue::Roughly(summary) => summary.mean.or(summary.last).map(f64::from),
    }
}

/// How many rows a part takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    /// One.
    Tight,
    /// Three: a box.
    Roomy,
}

/// One line of the diagram, from the input down to the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// What goes in.
    Enter,
    /// Where the ways part, and δ_l.
    Split,
    /// The edge above a part.
    Edge(BranchOp),
    /// The upper, middle or lower line of a part's box.
    Above(BranchOp),
    Middle(BranchOp),
    Below(BranchOp),
    /// The edge between the last part and the sum.
    Arriving,
    /// Where the ways meet, and δ_{l+1}.
    Sum,
    /// What comes out.
    Leave,
}

/// The lines that the diagrams of all lanes share, so that the same step stands on the same line everywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DiagramGrid {
    parts: Vec<BranchOp>,
}

/// Lines below a diagram: the product of the factors, the sum of the channels.
pub(super) const EQUATIONS: u16 = 2;

impl DiagramGrid {
    /// The steps of all lanes: they do not change as the cursor moves.
    pub(super) fn of(scene: &Scene) -> Self {
        let mut parts: Vec<BranchOp> = scene.lanes().flat_map(|lane| Shape::of(&lane).parts).collect();
        parts.sort_unstable();
        parts.dedup();
        if parts.len() > 1 {
            parts.retain(|part| *part != BranchOp::Whole);
        }
        if parts.is_empty() {
            parts.push(BranchOp::Whole);
        }
        Self { parts }
    }

    /// The place of a block that is drawn as one box.
    pub(super) fn place_of_whole(&self) -> BranchOp {
        let weight = self.parts.iter().find(|part| **part == BranchOp::Weight);
        weight.or(self.parts.first()).copied().unwrap_or(BranchOp::Whole)
    }

    pub(super) fn rows(&self, spacing: Spacing) -> Vec<Row> {
        let mut rows = vec![Row::Enter, Row::Split];
        for &part in &self.parts {
            rows.push(Row::Edge(part));
            match spacing {
                Spacing::Tight => rows.push(Row::Middle(part)),
                Spacing::Roomy => rows.extend([Row::Above(part), Row::Middle(part), Row::Below(part)]),
            }
        }
        rows.extend([Row::Arriving, Row::Sum, Row::Leave]);
        rows
    }

    /// Lines with the frame and what stands below the diagram.
    pub(super) fn height(&self, spacing: Spacing) -> u16 {
        self.rows(spacing).len() as u16 + EQUATIONS + 2
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
