//! One sentence for the person: what just happened, or what a layer's note says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{blank, cut};
use crate::event::Outcome;
use crate::number;
use crate::tui::scene::{Activity, Scene};
use crate::tui::theme::{Role, Theme};

pub(super) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let Some((text, role)) = sentence(scene) else { return };
    blank(theme, area, buffer);
    let line = Line::from(vec![
        Span::styled(theme.glyph("▸ ", "> "), theme.style(role)),
        Span::styled(text, theme.style(Role::Text)),
    ]);
    let room = area.width.saturating_sub(2);
    buffer.set_line(area.x + 1, area.y, &cut(&line, room), room);
}

/// The first of: what was said to the person, what cannot be read, what is wrong with the source, why the run failed, the
/// newest note.
fn sentence(scene: &Scene) -> Option<(String, Role)> {
    if let Some(notice) = &scene.status.notice {
        return Some((notice.clone(), Role::Warning));
    }
    if let Some((error, others)) = scene.status.errors.split_first() {
        let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
        return Some((format!("{error}{more}"), Role::Bad));
    }
    if let Some(warning) = &scene.status.warning {
        return Some((warning.clone(), Role::Warning));
    }
    if let Activity::Ended(Outcome::Failed(message)) = &scene.status.activity {
        return Some((format!("the run failed: {message}"), Role::Bad));
    }
    let notes = scene.runs.values().filter_map(|run| run.notes().last());
    let note = notes.max_by_key(|note| note.step)?;
    let text = match note.step.0 {
        0 => note.text.clone(),
        step => format!("step {}: {}", number::count(step), note.text),
    };
    Some((text, Role::Warning))
}
