//! A frame: every region of the screen is one file with one `render`. Pure: no clock, no I/O, no mutation.
//!
//! ```
//! use nablatop::tui::render;
//! use nablatop::tui::scene::Scene;
//! use nablatop::tui::source::SourceKind;
//! use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
//! use ratatui::buffer::Buffer;
//! use ratatui::layout::Rect;
//!
//! let (scene, area) = (Scene::new(SourceKind::Live), Rect::new(0, 0, 80, 24));
//! let theme = Theme::new(Colours::True, Glyphs::Unicode, Background::Dark);
//! let draw = || {
//!     let mut buffer = Buffer::empty(area);
//!     render::render(&scene, &theme, area, &mut buffer);
//!     buffer
//! };
//! assert_eq!(draw(), draw());
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::Layout;
use super::overlay::{command, confirm, form, help, notes, picker};
use super::pane::{LanePane, Panes, inspector, loss, profile, rho};
use super::region::{caption, footer, header, legend, notice, small};
use super::scene::{Overlay, Scene};
use super::theme::{Glyphs, Theme, to_ascii, to_console};
use super::view;

/// Draws the scene after [`super::prepare::prepare`] was called for the same area and theme.
pub fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    match Layout::new(area, scene) {
        None => small::render(scene, theme, area, buffer),
        Some(layout) => {
            regions(scene, theme, &layout, buffer);
            overlay(scene, theme, &layout, area, buffer);
        }
    }
    match theme.glyphs {
        Glyphs::Unicode => {}
        Glyphs::Console => to_console(area, buffer),
        Glyphs::Ascii => to_ascii(area, buffer),
    }
}

fn regions(scene: &Scene, theme: &Theme, layout: &Layout, buffer: &mut Buffer) {
    header::render(scene, theme, layout.header, buffer);
    panes(scene, theme, &layout.panes, buffer);
    caption::render(scene, theme, layout.caption, buffer);
    legend::render(scene, theme, &layout.panes, layout.legend, buffer);
    notice::render(scene, theme, layout, buffer);
    footer::render(scene, theme, layout.footer, buffer);
}

fn panes(scene: &Scene, theme: &Theme, panes: &Panes, buffer: &mut Buffer) {
    let axis = &panes.step_axis(scene);
    let view = view::in_view(scene);
    for pane in &panes.of_lanes {
        (view.draw)(&LanePane { scene, theme, pane, axis }, buffer);
    }
    if panes.of_lanes.is_empty() && panes.loss.is_some() && panes.profile.is_some() {
        small::without_lanes(scene, theme, panes, buffer);
    }
    if let Some(frame) = panes.loss {
        loss::render(scene, theme, frame, axis, buffer);
    }
    if let Some(frame) = panes.profile {
        profile::render(scene, theme, frame, buffer);
    }
    if let Some(frame) = panes.rho {
        rho::render(scene, theme, frame, axis, buffer);
    }
    if let Some(frame) = panes.inspector {
        inspector::render(scene, theme, frame, buffer);
    }
}

fn overlay(scene: &Scene, theme: &Theme, layout: &Layout, area: Rect, buffer: &mut Buffer) {
    match &scene.view.overlay {
        Overlay::None => {}
        Overlay::Help { scroll } => help::render(scene, theme, *scroll, area, buffer),
        Overlay::Notes { scroll } => notes::render(scene, theme, *scroll, area, buffer),
        Overlay::Form(form) => form::render(form, theme, area, buffer),
        Overlay::Picker(picker) => picker::render(picker, scene, theme, area, buffer),
        Overlay::Command(input) => command::render(input, theme, layout.footer, layout.notice, buffer),
        Overlay::Preparing(form) => {
            if let Some(form) = form {
                form::render(form, theme, area, buffer);
            }
            confirm::waiting(theme, layout.footer, buffer);
        }
        Overlay::Confirm(question) => confirm::render(question, theme, layout.footer, buffer),
    }
}

#[cfg(test)]
mod tests;
