//! The rows of a diagram, which the diagrams of all lanes share.

use super::shape::{BranchOp, Shape};
use crate::tui::scene::Scene;

/// How many rows an op takes.
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
    /// The input.
    Enter,
    /// The node where the paths part, and δ_l.
    Split,
    /// The edge above an op.
    Edge(BranchOp),
    /// The upper, middle or lower line of an op's box.
    Above(BranchOp),
    Middle(BranchOp),
    Below(BranchOp),
    /// The edge between the last op and the sum.
    Arriving,
    /// The node where the paths meet, and δ_{l+1}.
    Sum,
    /// The output.
    Leave,
}

/// The rows that the diagrams of all lanes share, so that the same op is in the same row everywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DiagramGrid {
    parts: Vec<BranchOp>,
}

/// Lines below a diagram: the product of the factors, the sum of the channels.
pub(super) const EQUATIONS: u16 = 2;

impl DiagramGrid {
    /// The ops of all lanes: they do not change when the cursor moves.
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

    /// The widest spacing of a diagram in a frame of this height.
    pub(super) fn spacing(&self, height: u16) -> Spacing {
        if self.height(Spacing::Roomy) <= height { Spacing::Roomy } else { Spacing::Tight }
    }

    /// Rows with the frame and the equations below the diagram.
    pub(super) fn height(&self, spacing: Spacing) -> u16 {
        self.rows(spacing).len() as u16 + EQUATIONS + 2
    }
}
