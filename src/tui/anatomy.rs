//! One block taken apart: its steps in forward order, what goes forward over each edge and what comes back, and the
//! factors between. The shape is read from what has values at the cursor, so that every architecture and every trace
//! has its own: no identity channel = no skip connection, no factor of a normalization = there is none.
//!
//! ```text
//! x_l ──┬──────────── identity ────────────┬── x_{l+1}      δ_l = identity + branch
//!       └── N ── φ ── W ── s ── branch ────┘                branch = δ_{l+1} · φ′ · W · N · s
//! ```

use super::scene::{LaneRef, Scene};
use crate::history::Known;
use crate::layer::LayerKind;
use crate::quantity::Quantity;
use crate::units::{LayerId, Step};

/// A kind of step that the branch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// N.
    Norm,
    /// φ.
    Activation,
    /// W.
    Weight,
    /// The scale and all else.
    Other,
    /// Everything in one, where no single step was measured.
    Whole,
}

impl Part {
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

/// A block at one step of the run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Anatomy {
    /// Name of the row: `block 17`, `stem`.
    pub(super) name: String,
    /// Block number, where it is a block.
    pub(super) number: Option<usize>,
    pub(super) skip: Skip,
    /// Steps in forward order with the factor that each puts on the signal on its way back.
    pub(super) parts: Vec<(Part, Option<f64>)>,
    /// rms of what goes in and what comes out.
    pub(super) scale: [Option<f64>; 2],
    /// ‖sF(x)‖/‖x‖.
    pub(super) branch_ratio: Option<f64>,
    /// ‖δ‖ at the input and at the output.
    pub(super) signal: [Option<f64>; 2],
    /// What comes back around the branch, and through it.
    pub(super) channels: [Option<f64>; 2],
    /// Cosine of the two.
    pub(super) cosine: Option<f64>,
    pub(super) gain: Option<f64>,
}

/// Below this distance from 1, as a ratio, a factor is nothing to point at.
const NOTEWORTHY: f64 = 1.05;

impl Anatomy {
    /// Of the layer of a lane at the cursor.
    pub(super) fn at_cursor(scene: &Scene, lane: &LaneRef<'_>) -> Self {
        let layer = lane.layer_at(scene.view.cursor.depth);
        let next = LayerId(layer.0 + 1);
        let step = scene.shown_step(lane);
        let at = |layer: LayerId, quantity: Quantity| value(lane, quantity, layer, step?);
        let here = |quantity: Quantity| at(layer, quantity);
        let steps = Part::STEPS.iter().filter_map(|(part, factor)| Some((*part, Some(here(*factor)?))));
        let mut parts: Vec<_> = steps.collect();
        let (signal_in, signal_out) = (here(Quantity::SignalNorm), at(next, Quantity::SignalNorm));
        let gain = here(Quantity::Gain);
        if parts.is_empty() {
            parts.push((Part::Whole, gain));
        }
        let number = lane.header.layers.block_number(layer);
        let identity = here(Quantity::IdentityNorm);
        Self {
            name: lane.header.layers.name(layer),
            number,
            skip: if identity.is_some() { Skip::Around } else { Skip::Missing },
            parts,
            scale: [here(Quantity::ActRms), at(next, Quantity::ActRms)],
            branch_ratio: here(Quantity::BranchRatio),
            signal: [signal_in, signal_out],
            channels: [identity, here(Quantity::BranchNorm)],
            cosine: here(Quantity::ChannelCosine),
            gain,
        }
    }

    /// The branch's own gain: the product of its factors.
    pub(super) fn branch_gain(&self) -> Option<f64> {
        self.parts.iter().map(|(_, factor)| *factor).product()
    }

    /// The part whose factor is farthest from 1; `None` where all are near it.
    pub(super) fn strongest(&self) -> Option<Part> {
        let distance = |factor: f64| if factor.is_finite() { factor.abs().ln().abs() } else { f64::INFINITY };
        let known = self.parts.iter().filter_map(|(part, factor)| Some((*part, distance((*factor)?))));
        let (part, distance) = known.max_by(|a, b| a.1.total_cmp(&b.1))?;
        (distance > NOTEWORTHY.ln()).then_some(part)
    }

    /// ‖signal‖ behind a part: that at the output times the factors of this part and of all after it.
    pub(super) fn behind(&self, part: Part) -> Option<f64> {
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
        Known::Exactly(value) => Some(f64::from(value)),
        Known::Roughly(summary) => summary.mean.or(summary.last).map(f64::from),
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
    Edge(Part),
    /// The upper, middle or lower line of a part's box.
    Above(Part),
    Middle(Part),
    Below(Part),
    /// The edge between the last part and the sum.
    Arriving,
    /// Where the ways meet, and δ_{l+1}.
    Sum,
    /// What comes out.
    Leave,
}

/// The lines that the diagrams of all lanes share, so that the same step stands on the same line everywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    parts: Vec<Part>,
}

/// Lines below a diagram: the product of the factors, the sum of the channels.
pub(super) const EQUATIONS: u16 = 2;

impl Grid {
    /// From what any lane ever had values of: it does not change as the cursor moves.
    pub(super) fn of(scene: &Scene) -> Self {
        let has = |quantity: Quantity| scene.lanes().any(|lane| lane.history.has(quantity));
        let mut parts: Vec<Part> =
            Part::STEPS.iter().filter(|(_, factor)| has(*factor)).map(|(part, _)| *part).collect();
        if parts.is_empty() {
            parts.push(Part::Whole);
        }
        Self { parts }
    }

    /// The place of a block that is drawn as one box.
    pub(super) fn place_of_whole(&self) -> Part {
        let weight = self.parts.iter().find(|part| **part == Part::Weight);
        weight.or(self.parts.first()).copied().unwrap_or(Part::Whole)
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
