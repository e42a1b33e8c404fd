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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::draft::Draft;
    use crate::preset::PRESETS;
    use crate::tui::layout::Layout;
    use crate::tui::sample;
    use crate::tui::source::SourceKind;

    #[test]
    fn the_sentence_of_every_preset_is_whole_at_120_and_132_columns() {
        for preset in PRESETS {
            let mut draft = Draft::new();
            preset.write(&mut draft).expect("a preset");
            let config = draft.finish().expect("a preset");
            let mut scene = Scene::new(SourceKind::Live);
            scene.take(0, &sample::header_of(&config, 3));
            assert_eq!(scene.caption().as_deref(), Some(preset.about().as_str()), "{}", preset.name);
            for (width, height) in [(120, 40), (132, 38)] {
                let layout = Layout::new(Rect::new(0, 0, width, height), &scene).expect("large enough");
                assert_eq!(rows(&scene, width), layout.caption.height, "{} at {width}×{height}", preset.name);
            }
        }
    }
}
