//! The help: the table of keys, the mouse, the commands, and how to read the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::scroll::{self, Scrolled};
use crate::tui::command::COMMANDS;
use crate::tui::keymap::{BINDINGS, Context, Group, MOUSE};
use crate::tui::pane::frame::wrapped;
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyphs, Role, Theme};

/// Width of the keys.
const KEYS: usize = 15;

const READING: [&str; 6] = [
    "A row is a layer, the stem at the top and the head at the bottom; a column is a step.",
    "Colour shows size on one scale for all lanes: if block 1 is dark, the signal vanishes there.",
    "×0.41 per block is fitted to the signal's logarithm over the blocks, at the cursor's step.",
    "If there is room: theory ×0.40 is the same factor, predicted for the initial weights;",
    "×6e-20 in all is the share of block 50's signal that arrives at block 1, as measured.",
    "If the screen is pale on a light background: --theme light. An unknown background counts as dark.",
];

pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, scrolled: u16, area: Rect, buffer: &mut Buffer) {
    let lines = lines(scene, theme, area);
    scroll::render(theme, &Scrolled { title: " keys ", lines: &lines, above: scrolled }, area, buffer);
}

/// Number of lines that can be scrolled away.
pub(in crate::tui) fn most_scroll(scene: &Scene, area: Rect) -> u16 {
    let theme = Theme::new(crate::tui::theme::Colours::None, Glyphs::Ascii, crate::tui::theme::Background::Dark);
    scroll::most(lines(scene, &theme, area).len(), area)
}

fn lines(scene: &Scene, theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let (heading, dim) = (theme.style(Role::Strong), theme.style(Role::Dim));
    let width = usize::from(scroll::width(area));
    let row = |keys: &str, help: &str| -> Vec<Line<'static>> {
        let keys = std::iter::once(keys.to_owned()).chain(std::iter::repeat(String::new()));
        let help = wrapped(help, width.saturating_sub(KEYS + 2));
        keys.zip(help)
            .map(|(keys, help)| {
                Line::from(vec![
                    Span::styled(format!("  {keys:<KEYS$}"), theme.style(Role::Accent)),
                    Span::styled(help, theme.style(Role::Text)),
                ])
            })
            .collect()
    };
    let mut lines = Vec::new();
    let shown = |binding: &&crate::tui::keymap::Binding| {
        binding.scope.includes(scene.status.kind)
            && binding.context != Context::Help
            && !matches!(binding.context, Context::Preparing | Context::Confirm)
    };
    for (group, name) in Group::ALL {
        let rows: Vec<_> = BINDINGS.iter().filter(|binding| binding.group == group).filter(shown).collect();
        if rows.is_empty() {
            continue;
        }
        lines.push(Line::styled(name, heading));
        lines.extend(rows.iter().flat_map(|binding| row(theme.glyph(binding.label, binding.ascii), &binding.help)));
        lines.push(Line::default());
    }
    lines.push(Line::styled("Mouse", heading));
    lines.extend(MOUSE.iter().flat_map(|(gesture, help)| row(gesture, help)));
    lines.push(Line::default());
    lines.push(Line::styled("Commands, after :", heading));
    lines.extend(
        COMMANDS.iter().flat_map(|command| row(command.word, &format!("{} {}", command.argument, command.help))),
    );
    lines.push(Line::default());
    lines.push(Line::styled("How to read the screen", heading));
    let reading = READING.iter().flat_map(|line| wrapped(line, width.saturating_sub(2)));
    lines.extend(reading.map(|line| Line::styled(format!("  {line}"), dim)));
    lines
}
