//! Where there is no room for a picture, or nothing to put in it: one plain sentence.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use super::confirm;
use crate::tui::layout::{LEAST_COLUMNS, LEAST_ROWS, Layout};
use crate::tui::scene::{Overlay, Scene};
use crate::tui::theme::{Role, Theme};

/// The terminal is too small.
pub(super) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let wish = match &scene.view.overlay {
        Overlay::Confirm(question) => {
            let (asks, yes, no) = confirm::words(question);
            format!("{asks} y: {yes}, n: {no}.")
        }
        _ => "Enlarge it, or press q to quit.".to_owned(),
    };
    let sentence = format!(
        "nablatop needs {LEAST_COLUMNS}×{LEAST_ROWS} cells; this terminal has {}×{}. {wish}",
        area.width, area.height
    );
    Paragraph::new(Line::styled(sentence, theme.style(Role::Text))).wrap(Wrap { trim: true }).render(area, buffer);
}

/// No lane stands in the place of the heatmaps.
pub(super) fn nothing_to_compare(scene: &Scene, theme: &Theme, layout: &Layout, buffer: &mut Buffer) {
    let top = layout.header.bottom();
    let bottom = layout.loss.map_or(top, |loss| loss.y);
    let middle = Rect { y: top + (bottom - top) / 2, height: 1.min(bottom - top), ..layout.header };
    let sentence = match scene.lanes().count() {
        0 => "waiting for the first event",
        _ => "the difference view compares lanes, and there is only one: v shows it alone",
    };
    let sentence = Line::styled(sentence, theme.style(Role::Dim));
    Paragraph::new(sentence.centered()).render(middle, buffer);
}
