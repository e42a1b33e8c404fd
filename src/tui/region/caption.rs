//! The caption above the legend: what to look for in the heatmaps, in one line or, on a tall screen, in two.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::pane::frame::{put, wrapped};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};
use crate::tui::view;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let room = area.width.saturating_sub(2);
    let mut lines = lines(scene, area.width);
    // Words without a row of their own continue in the last one, where they are shortened.
    let rest = lines.split_off(usize::from(area.height).min(lines.len()));
    if let Some(last) = lines.last_mut() {
        for line in &rest {
            *last = format!("{last} {line}");
        }
    }
    for (line, row) in lines.into_iter().zip(area.rows()) {
        let line = Line::styled(line, theme.style(Role::Text));
        put((row.x + 1, row.y), &line, room, buffer);
    }
}

/// Number of rows of the whole sentence.
pub(in crate::tui) fn rows(scene: &Scene, width: u16) -> u16 {
    lines(scene, width).len() as u16
}

fn lines(scene: &Scene, width: u16) -> Vec<String> {
    let caption = scene.caption().filter(|_| view::in_view(scene).has_caption);
    caption.map_or_else(Vec::new, |words| wrapped(&words, usize::from(width.saturating_sub(2))))
}
