//! The common parts of every chart over steps: a frame, the step axis in its lower edge, a faint line at the cursor,
//! and room at the left for the numbers of the other axis.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::frame::{dot, framed, words};
use super::steps;
use crate::tui::axis::StepAxis;
use crate::tui::pane::split::{inside, split_left};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};

/// Columns for the numbers of the axis, also in the depth profile, so that charts above each other are aligned.
const LABELS: u16 = 7;

/// The area of the curves within the frame.
pub(in crate::tui) fn chart_of(frame: Rect) -> Rect {
    split_left(inside(frame), LABELS).1
}

/// A frame around a chart, its title, and the steps that it covers.
pub(in crate::tui) struct StepChart<'a> {
    pub(in crate::tui) frame: Rect,
    pub(in crate::tui) title: Line<'a>,
    pub(in crate::tui) axis: &'a StepAxis,
}

impl StepChart<'_> {
    /// Draws all but the curves; returns their area, `None` if there is no room for any.
    pub(in crate::tui) fn render(&self, scene: &Scene, theme: &Theme, buffer: &mut Buffer) -> Option<Rect> {
        framed(theme, self.frame, &self.title, buffer);
        let chart = chart_of(self.frame);
        if chart.is_empty() {
            return None;
        }
        let steps = self.axis.steps();
        let column = |step: u64| column_of(step, &steps, chart.width);
        let cursor = scene.cursor_step().map(|step| step.0);
        let edge = Rect { y: self.frame.bottom() - 1, height: 1, ..chart };
        let marks = scene.marks();
        steps::label(theme, edge, &steps, steps::Known::of(scene, &marks), column, buffer);
        if let Some(column) = scene.view.cursor.step.and(cursor).and_then(column) {
            vertical(theme, chart, column, buffer);
        }
        Some(chart)
    }
}

/// Writes a number of the axis at the left of a row.
pub(in crate::tui) fn number(theme: &Theme, chart: Rect, row: u16, text: &str, buffer: &mut Buffer) {
    let x = chart.x.saturating_sub(LABELS);
    words((x, chart.y + row), &format!("{text:>6}"), chart.x - x, theme.style(Role::Dim), buffer);
}

/// Draws a faint line at the cursor.
pub(in crate::tui) fn vertical(theme: &Theme, chart: Rect, column: u16, buffer: &mut Buffer) {
    for row in chart.rows() {
        dot((chart.x + column, row.y), theme.glyph("│", "|"), theme.style(Role::Frame), buffer);
    }
}

/// The column of a step, unless it is outside.
fn column_of(step: u64, steps: &Range<u64>, width: u16) -> Option<u16> {
    let span = (steps.end - steps.start).max(1);
    steps.contains(&step).then(|| (u128::from(step - steps.start) * u128::from(width) / u128::from(span)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_its_column_and_one_outside_has_none() {
        assert_eq!([1, 50, 100].map(|step| column_of(step, &(1..101), 10)), [Some(0), Some(4), Some(9)]);
        assert_eq!((column_of(101, &(1..101), 10), column_of(0, &(1..101), 10)), (None, None));
        assert_eq!(column_of(u64::MAX - 2, &(1..u64::MAX), 10), Some(9));
    }

    #[test]
    fn the_chart_is_empty_where_the_frame_is() {
        assert!(chart_of(Rect::new(3, 3, 5, 1)).is_empty());
        assert_eq!(chart_of(Rect::new(0, 0, 20, 5)).width, 11);
    }
}
