//! Frames of scenes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::prepare::prepare;
use crate::tui::render;
use crate::tui::scene::Scene;
use crate::tui::theme::{Background, Colours, Glyphs, Theme};

/// Truecolour, Unicode, dark.
pub(in crate::tui) fn theme() -> Theme {
    Theme::new(Colours::True, Glyphs::Unicode, Background::Dark)
}

/// A frame of this size.
pub(in crate::tui) fn frame(scene: &mut Scene, theme: &Theme, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    prepare(scene, theme, area);
    let mut buffer = Buffer::empty(area);
    render::render(scene, theme, area, &mut buffer);
    buffer
}
