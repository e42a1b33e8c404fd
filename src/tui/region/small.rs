//! One plain sentence that replaces the panes if there is no room or nothing to show.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::tui::layout::{LEAST_COLUMNS, LEAST_ROWS};
use crate::tui::overlay::confirm;
use crate::tui::pane::Panes;
use crate::tui::scene::{Overlay, Scene};
use crate::tui::theme::{Role, Theme};
use crate::tui::view;

/// The terminal is too small.
pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let advice = match &scene.view.overlay {
        Overlay::Confirm(question) => {
            let (asks, yes, no) = confirm::words(question);
            format!("{asks} y: {yes}, n: {no}.")
        }
        _ => "Enlarge it, or press q to quit.".to_owned(),
    };
    let sentence = format!(
        "nablatop needs {LEAST_COLUMNS}×{LEAST_ROWS} cells; this terminal has {}×{}. {advice}",
        area.width, area.height
    );
    Paragraph::new(Line::styled(sentence, theme.style(Role::Text))).wrap(Wrap { trim: true }).render(area, buffer);
}

/// No lane has a pane above the charts.
pub(in crate::tui) fn without_lanes(scene: &Scene, theme: &Theme, panes: &Panes, buffer: &mut Buffer) {
    let top = panes.area.y;
    let bottom = panes.loss.map_or(top, |loss| loss.y);
    let middle = Rect { y: top + (bottom - top) / 2, height: 1.min(bottom - top), ..panes.area };
    let sentence = match scene.lanes().count() {
        0 => "waiting for the first event",
        _ => view::in_view(scene).why_empty,
    };
    let sentence = Line::styled(sentence, theme.style(Role::Dim));
    Paragraph::new(sentence.centered()).render(middle, buffer);
}
