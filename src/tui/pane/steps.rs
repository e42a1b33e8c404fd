//! Labels of steps in the lower edge of a frame: the cursor's first, then the first step, then round ones.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::words;
use crate::number;
use crate::round;
use crate::tui::scene::Scene;
use crate::tui::scene::marks::Mark;
use crate::tui::theme::{Role, Theme};

/// Minimum columns between two labels.
const APART: u16 = 11;

/// Labels that do not touch each other; earlier ones keep their place.
pub(in crate::tui) struct Labels {
    edge: Rect,
    taken: Vec<Range<u16>>,
}

impl Labels {
    /// Labels in one line of cells.
    pub(in crate::tui) fn new(edge: Rect) -> Self {
        Self { edge, taken: Vec::new() }
    }

    /// Adds a label centred at a column, unless another one is there.
    pub(in crate::tui) fn put(&mut self, column: u16, text: &str, style: Style, buffer: &mut Buffer) {
        let width = text.chars().count() as u16;
        let start = (column + 1).saturating_sub(width / 2 + 1).min(self.edge.width.saturating_sub(width));
        let place = start..start + width;
        let is_free = self.taken.iter().all(|other| place.end < other.start || other.end < place.start);
        if is_free && place.end <= self.edge.width {
            words((self.edge.x + start, self.edge.y), text, width, style, buffer);
            self.taken.push(place);
        }
    }

    /// The same, but not directly after the words at the left of the edge: `block` and a step would look like a block
    /// number.
    fn put_apart(&mut self, column: u16, text: &str, style: Style, buffer: &mut Buffer) {
        self.put(column.max(text.chars().count() as u16 / 2 + 1), text, style, buffer);
    }
}

/// What is known about the steps of a picture.
pub(in crate::tui) struct Known<'a> {
    cursor: Option<u64>,
    marks: &'a [Mark],
    /// The last step that will come.
    last: Option<u64>,
}

impl<'a> Known<'a> {
    pub(in crate::tui) fn of(scene: &Scene, marks: &'a [Mark]) -> Self {
        let last = scene.total_steps().max(scene.last_step().map(|step| step.0));
        let last = last.filter(|_| scene.total_steps().is_some());
        Self { cursor: scene.cursor_step().map(|step| step.0), marks, last }
    }
}

/// Labels the steps below a picture, the cursor's step and marks first; `column` gives the column of a step, if it is
/// shown.
pub(in crate::tui) fn label(
    theme: &Theme,
    edge: Rect,
    steps: &Range<u64>,
    Known { cursor, marks, last }: Known<'_>,
    column: impl Fn(u64) -> Option<u16>,
    buffer: &mut Buffer,
) {
    let mut labels = Labels::new(edge);
    let role_of = |mark: &Mark| if mark.is_bad { Role::Bad } else { Role::Warning };
    if let Some((cursor, column)) = cursor.and_then(|step| Some((step, column(step)?))) {
        // If the cursor's own step has a mark, its sign is that of the mark.
        let mark = marks.iter().find(|mark| mark.step.0 == cursor);
        let (sign, role) =
            mark.map_or((theme.glyph("▴", ""), Role::Cursor), |mark| (theme.glyph("◆", "*"), role_of(mark)));
        labels.put_apart(column, &format!("{sign}{}", number::count(cursor)), theme.style(role), buffer);
    }
    for mark in marks {
        let role = role_of(mark);
        if let Some(column) = column(mark.step.0) {
            labels.put(column, theme.glyph("◆", "*"), theme.style(role), buffer);
        }
    }
    // No label is placed where no step will come.
    let steps = steps.start..steps.end.min(last.map_or(u64::MAX, |last| last.saturating_add(1))).max(steps.start);
    let round = round::counts(&steps, usize::from(edge.width / APART).max(1));
    labels.put(edge.width.saturating_sub(1), "step", theme.style(Role::Dim), buffer);
    for step in std::iter::once(steps.start).chain(round) {
        if let Some(column) = column(step) {
            labels.put_apart(column, &number::count(step), theme.style(Role::Dim), buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::event::{Event, RunHeader};
    use crate::tui::sample;

    #[test]
    fn a_step_at_the_left_edge_is_not_read_as_a_block() {
        for width in [80, 100, 120, 200] {
            for start in [5_633, 10_625, 1_000_001] {
                let mut scene = sample::demo(30);
                scene.take(0, &sample::step(0, start + 400, 2.3, 52, |_, _| Some(1.0)));
                scene.view.steps = Some(start..start + 400);
                let buffer = sample::frame(&mut scene, &sample::theme(), width, 40);
                let text: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
                let glued = text
                    .split("block")
                    .skip(1)
                    .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '▴'));
                assert_eq!(glued.count(), 0, "{width}: {text}");
            }
        }
    }

    #[test]
    fn no_label_stands_beyond_the_last_step_and_a_short_run_ends_at_the_right_edge() {
        for (newest, total) in [(13, 20), (30, 100), (1_700, 2_000)] {
            let mut scene = sample::demo(newest);
            let Event::RunStarted(header) = sample::header(&[("plain", 50), ("residual", 50)]) else {
                panic!("a header")
            };
            let header = RunHeader { steps: Some(total), ..(*header).clone() };
            scene.take(0, &Event::RunStarted(Arc::new(header)));
            (1..=newest).for_each(|at| scene.take(0, &sample::step(0, at, 2.3, 52, |_, _| Some(1.0))));
            for width in [80, 120, 200] {
                let area = ratatui::layout::Rect::new(0, 0, width, 40);
                let layout = crate::tui::layout::Layout::new(area, &scene).unwrap();
                let axis = layout.panes.step_axis(&scene);
                let is_short = total <= u64::from(axis.columns());
                assert!(!is_short || axis.steps() == (1..total + 1), "{width}: {:?}", axis.steps());
                let buffer = sample::frame(&mut scene, &sample::theme(), width, 40);
                let pane = &layout.panes.heatmaps()[0];
                let edge: String =
                    (pane.frame.x..pane.frame.right()).map(|x| buffer[(x, pane.frame.bottom() - 1)].symbol()).collect();
                let steps = edge.split(|c: char| !c.is_ascii_digit() && c != ',').filter(|text| !text.is_empty());
                for step in steps.map(|text| text.replace(',', "").parse::<u64>().unwrap()) {
                    assert!(step <= total, "{width}: {edge}");
                }
            }
        }
    }
}
