//! The last line: the most important keys, from the table of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::keymap;
use crate::tui::pane::frame::{fit, put};
use crate::tui::scene::Scene;
use crate::tui::theme::{Role, Theme};
use crate::tui::view;

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (key, word) = (theme.style(Role::Accent), theme.style(Role::Dim));
    let view = view::in_view(scene);
    let parts = keymap::footer(scene).into_iter().filter_map(|(binding, footer)| {
        let label = theme.glyph(binding.label, binding.ascii);
        let label = Span::styled(short(label), key);
        let says = match binding.label {
            "space" => scene.space_word()?,
            "End" if scene.follows() => return None,
            "m M" if !view.shows_quantity => return None,
            "z Z" if !view.has_steps() => return None,
            _ => footer.word,
        };
        Some((footer.rank, Line::from(vec![label, Span::styled(format!(" {says}"), word)])))
    });
    let line = fit(parts.collect(), area.width.saturating_sub(2));
    put((area.x + 1, area.y), &line, area.width.saturating_sub(1), buffer);
}

/// `m` of `m M`, whose capital does the opposite. Other labels stay whole.
fn short(label: &'static str) -> &'static str {
    match label.split_once(' ') {
        Some((letter, capital)) if letter.eq_ignore_ascii_case(capital) => letter,
        _ => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_belong_together_are_both_named() {
        assert_eq!([short("m M"), short("[ ]"), short("up down"), short("space")], ["m", "[ ]", "up down", "space"]);
    }
}
