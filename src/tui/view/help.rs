//! The help: the table of keys, the mouse, the commands, and how to read the picture.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::overlay;
use crate::tui::keymap::{BINDINGS, Context, Group, MOUSE};
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyphs, Role, Theme};
use crate::tui::update::COMMANDS;

/// Columns of the keys.
const KEYS: usize = 15;
/// Widest help.
const WIDTH: u16 = 84;

const READING: [&str; 4] = [
    "A row is a layer, stem at the top and head at the bottom; a column is a step.",
    "Colour is size, on one scale for all lanes: dark towards block 1 = the signal vanishes there.",
    "×0.41 per block is the line fitted to the signal's logarithm over the blocks, at the cursor's step;",
    "the number after it is what is left of the signal at block 1.",
];

pub(super) fn render(scene: &Scene, theme: &Theme, scroll: u16, area: Rect, buffer: &mut Buffer) {
    let place = place(area);
    let lines = lines(scene, theme);
    let title = Line::styled(" keys ", theme.style(Role::Accent));
    let inner = overlay(theme, place, &title, buffer);
    for (line, row) in lines.iter().skip(usize::from(scroll)).zip(inner.rows()) {
        buffer.set_line(row.x, row.y, line, row.width);
    }
    let rest = lines.len().saturating_sub(usize::from(scroll) + usize::from(inner.height));
    if rest > 0 && place.height > 0 {
        let more = format!(" {rest} more lines {} ", theme.glyph("↓", "v"));
        let x = place.right().saturating_sub(more.chars().count() as u16 + 3);
        buffer.set_stringn(x, place.bottom() - 1, more, usize::from(place.width), theme.style(Role::Accent));
    }
}

/// Lines that can be scrolled away.
pub(in crate::tui) fn most_scroll(scene: &Scene, area: Rect) -> u16 {
    let theme = Theme::new(crate::tui::theme::Colours::None, Glyphs::Ascii, crate::tui::theme::Background::Dark);
    (lines(scene, &theme).len() as u16).saturating_sub(page(area))
}

/// Lines in view.
pub(in crate::tui) fn page(area: Rect) -> u16 {
    place(area).height.saturating_sub(2)
}

fn place(area: Rect) -> Rect {
    let width = area.width.saturating_sub(4).min(WIDTH);
    let height = area.height.saturating_sub(2);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + area.height.min(1), width, height }
}

fn lines(scene: &Scene, theme: &Theme) -> Vec<Line<'static>> {
    let (heading, dim) = (theme.style(Role::Strong), theme.style(Role::Dim));
    let row = |keys: &str, help: &str| {
        Line::from(vec![
            Span::styled(format!("  {keys:<KEYS$}"), theme.style(Role::Accent)),
            Span::styled(help.to_owned(), theme.style(Role::Text)),
        ])
    };
    let mut lines = Vec::new();
    let shown = |binding: &&crate::tui::keymap::Binding| {
        binding.scope.includes(scene.status.kind)
            && binding.context != Context::Help
            && binding.context != Context::Confirm
    };
    for (group, name) in Group::ALL {
        let rows: Vec<_> = BINDINGS.iter().filter(|binding| binding.group == group).filter(shown).collect();
        if rows.is_empty() {
            continue;
        }
        lines.push(Line::styled(name, heading));
        lines.extend(rows.iter().map(|binding| row(theme.glyph(binding.label, binding.ascii), binding.help)));
        lines.push(Line::default());
    }
    lines.push(Line::styled("Mouse", heading));
    lines.extend(MOUSE.iter().map(|(gesture, help)| row(gesture, help)));
    lines.push(Line::default());
    lines.push(Line::styled("Commands, after :", heading));
    lines.extend(COMMANDS.iter().map(|command| row(command.word, &format!("{} {}", command.argument, command.help))));
    lines.push(Line::default());
    lines.push(Line::styled("How to read the picture", heading));
    lines.extend(READING.iter().map(|line| Line::styled(format!("  {line}"), dim)));
    lines
}
