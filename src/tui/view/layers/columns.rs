//! The columns of numbers after the names of an opened block, and the room that the table takes.

use std::ops::Range;

use ratatui::text::Span;

use super::rows::Row;
use crate::event::{Dated, TensorNorm, TensorNorms};
use crate::number;
use crate::quantity::Quantity;
use crate::tui::scene::Scene;
use crate::tui::theme::Theme;

/// A column of numbers after the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Shape,
    Parameters,
    Flops,
    Grad,
    Weight,
    Update,
}

impl Column {
    /// From left to right, with the width of each.
    pub(super) const ALL: [(Self, u16); 6] = [
        (Self::Shape, 13),
        (Self::Parameters, 8),
        (Self::Flops, 8),
        (Self::Grad, 10),
        (Self::Weight, 10),
        (Self::Update, 10),
    ];
    /// The columns by importance: the last are left out first.
    const BY_WORTH: [Self; 6] = [Self::Grad, Self::Update, Self::Parameters, Self::Weight, Self::Flops, Self::Shape];

    pub(super) fn title(self, theme: &Theme) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Parameters => "params",
            Self::Flops => "FLOP",
            Self::Grad => theme.glyph("‖g‖", "|g|"),
            Self::Weight => theme.glyph("‖W‖", "|W|"),
            Self::Update => theme.glyph("‖ΔW‖/‖W‖", "|dW|/|W|"),
        }
    }

    /// The quantity of the heatmaps that corresponds to it for a whole block.
    pub(super) fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Grad => Some(Quantity::GradNorm),
            Self::Weight => Some(Quantity::WeightNorm),
            Self::Update => Some(Quantity::UpdateRatio),
            Self::Shape | Self::Parameters | Self::Flops => None,
        }
    }

    pub(super) fn text(self, row: &Row, record: Option<Dated<'_, TensorNorms>>) -> Option<String> {
        match self {
            Self::Shape => row.shape.clone(),
            Self::Parameters => row.parameters.map(number::amount),
            Self::Flops => row.flops.map(number::amount),
            Self::Grad => record?.norm(TensorNorm::Grad, &row.tensors).map(number::value),
            Self::Weight => record?.norm(TensorNorm::Weight, &row.tensors).map(number::value),
            Self::Update => record?.update_ratio(&row.tensors).map(number::value),
        }
    }
}

/// Minimum and maximum columns of the names.
pub(super) const NAME: Range<u16> = 12..20;

/// Columns that the table uses of this many; strips are at its right.
pub(super) fn table_columns(width: u16) -> u16 {
    let all: u16 = Column::ALL.iter().map(|(_, width)| width).sum();
    width.min(NAME.end + all)
}

/// Rows of the largest table of any lane, with the headings of sub-layers but without its own heading.
pub(super) fn most_rows(scene: &Scene) -> u16 {
    let rows_of = |layer: &crate::layer::Layer| {
        // There are at most two sub-layers, and at most one row per undeclared tensor.
        let halves = layer.sublayers.iter().filter_map(|sublayer| sublayer.half.as_deref()).take(1).count() * 2;
        layer.opened().len() + halves
    };
    let lanes = scene.lanes();
    let most = lanes.flat_map(|lane| lane.header.layers.layers.iter().map(rows_of)).max().unwrap_or(0);
    u16::try_from(most).unwrap_or(u16::MAX).clamp(1, MOST_ROWS)
}

/// Maximum number of rows, however many layers a block has: charts are below it.
const MOST_ROWS: u16 = 16;

/// The columns that fit beside the names, from left to right.
pub(super) fn fitting(width: u16, rows: &[Row]) -> Vec<(Column, u16)> {
    let names = rows.iter().map(|row| Span::raw(row.label()).width() as u16 + 1).max().unwrap_or(0);
    let mut left = width.saturating_sub(names.clamp(NAME.start, NAME.end));
    let mut taken = Vec::new();
    for column in Column::BY_WORTH {
        let width = Column::ALL.iter().find(|(known, _)| *known == column).map_or(0, |(_, width)| *width);
        if width > left {
            break;
        }
        left -= width;
        taken.push(column);
    }
    Column::ALL.into_iter().filter(|(column, _)| taken.contains(column)).collect()
}
