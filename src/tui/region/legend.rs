//! The line that explains the drawing: the parts of the view's legend that fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::pane::Panes;
use crate::tui::pane::frame::{fit, put};
use crate::tui::scene::Scene;
use crate::tui::theme::Theme;
use crate::tui::view;
use crate::tui::view::legend::LegendContext;

/// Draws the legend of the view in a line.
pub(in crate::tui) fn render(scene: &Scene, theme: &Theme, panes: &Panes, area: Rect, buffer: &mut Buffer) {
    let Some(parts) = view::in_view(scene).legend.filter(|_| !area.is_empty()) else { return };
    let context = LegendContext { scene, theme, panes, width: area.width };
    let room = area.width.saturating_sub(2);
    put((area.x + 1, area.y), &fit(parts(&context), room), room, buffer);
}
