//! Parts of a legend that several views share: the colour bar with its ends, every special glyph with its meaning,
//! which lanes are shown.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::history::{self, Cell};
use crate::number;
use crate::quantity::{Axis, Quantity};
use crate::tui::pane::Panes;
use crate::tui::pane::cell::{Painter, special_look};
use crate::tui::scale::Scale;
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Shade, Theme};
use crate::units::Step;

/// Maximum columns of the colour bar, and its share of the line.
const BAR: u16 = 60;
const BAR_SHARE: u16 = 4;

/// A part of the line with its rank: the lowest is kept longest.
pub(in crate::tui) type Part = (u8, Line<'static>);

/// The context for which a legend is written.
#[derive(Clone, Copy)]
pub(in crate::tui) struct LegendContext<'a> {
    pub(in crate::tui) scene: &'a Scene,
    pub(in crate::tui) theme: &'a Theme,
    pub(in crate::tui) panes: &'a Panes,
    /// Columns of the line.
    pub(in crate::tui) width: u16,
}

impl LegendContext<'_> {
    /// Dim words.
    pub(super) fn words(&self, rank: u8, text: impl Into<String>) -> Part {
        (rank, Line::styled(text.into(), self.theme.style(Role::Dim)))
    }

    /// The colours of a painter between the words for their ends.
    pub(super) fn bar(&self, painter: &Painter<'_>, [low, high]: [String; 2]) -> Part {
        let dim = self.theme.style(Role::Dim);
        let mut bar = vec![Span::styled(format!("{low} "), dim)];
        let width = (self.width / BAR_SHARE).clamp(8, BAR);
        for column in 0..width {
            bar.push(patch(painter.palette.at((f32::from(column) + 0.5) / f32::from(width))));
        }
        bar.push(Span::styled(format!(" {high}"), dim));
        (0, Line::from(bar))
    }

    /// The ends of a scale in words, with an arrow if a lane has had values beyond; these have the colour of that end.
    pub(super) fn ends(&self, [low, high]: [String; 2], [below, above]: [bool; 2]) -> [String; 2] {
        let low = if below { format!("{} {low}", self.theme.glyph("≤", "<=")) } else { low };
        let high = if above { format!("{} {high}", self.theme.glyph("≥", ">=")) } else { high };
        [low, high]
    }

    /// Whether a lane has had values of the current quantity below and above a scale.
    pub(super) fn beyond(&self, scale: Scale) -> [bool; 2] {
        let extents = self.scene.lanes().filter_map(|lane| lane.history.extent(self.scene.view.quantity));
        history::beyond(extents, (scale.low, scale.high))
    }

    /// Which lanes are shown, if not all are.
    pub(super) fn lanes_in_view(&self) -> Option<Part> {
        let shown = self.panes.lanes_in_view();
        let count = self.panes.lanes.end;
        let words = match shown.len() {
            0 => return None,
            1 => format!("lane {} of {count}, Tab: more", shown.end),
            _ => format!("lanes {}–{} of {count}, Tab: more", shown.start + 1, shown.end),
        };
        let style = self.theme.style(Role::Warning);
        (shown.len() < self.panes.lanes.len()).then(|| (0, Line::styled(words, style)))
    }

    /// The glyphs of cells without a finite value.
    pub(super) fn specials(&self) -> [Part; 4] {
        [(Cell::Zero, "exact zero"), (Cell::Nan, "NaN"), (Cell::Infinite, "infinite"), (Cell::Absent, "no value")]
            .map(|(cell, words)| self.special(cell, words))
    }

    /// One such glyph with its meaning.
    pub(super) fn special(&self, cell: Cell, words: &str) -> Part {
        let (unicode, ascii, role) = special_look(cell);
        let style = match cell {
            Cell::Nan | Cell::Infinite => self.theme.field(role),
            _ => self.theme.style(role),
        };
        let glyph = Span::styled(self.theme.glyph(unicode, ascii), style);
        (1, Line::from(vec![glyph, Span::styled(format!(" {words}"), self.theme.style(Role::Dim))]))
    }

    /// The meaning of blank cells: the lane has no steps there, or none yet.
    pub(super) fn not_reached(&self) -> Option<Part> {
        let scene = self.scene;
        let end = self.panes.step_axis(scene).steps().end;
        let reaches = |step: Step| step.0 + 1 >= end;
        let all = scene.lanes().all(|lane| lane.history.last_step().is_some_and(reaches));
        let is_full = scene.has_ended() && all && scene.newest().is_some_and(reaches);
        (!is_full).then(|| self.words(2, "blank: not reached"))
    }
}

/// The ends of a quantity's scale as numbers.
pub(super) fn numbers(quantity: Quantity, scale: Scale) -> [String; 2] {
    [scale.low, scale.high].map(|end| match quantity.definition().axis {
        Axis::Log => number::power(end),
        Axis::Linear => number::value(f64::from(end)),
    })
}

/// One cell in the colours of a shade.
pub(super) fn patch(shade: Shade) -> Span<'static> {
    Span::styled(shade.glyph, Style::new().fg(shade.ink).bg(shade.ground))
}
