//! A frame: every region of the screen is one file with one `render`. Pure: no clock, no I/O, no mutation.

mod absence;
mod anatomy;
pub(in crate::tui) mod caption;
mod cell;
mod command;
mod confirm;
mod denoising;
mod ends;
mod filters;
mod footer;
mod form;
mod frame;
mod header;
mod heatmap;
pub(super) mod help;
mod histogram;
pub(in crate::tui) mod inspector;
pub(in crate::tui) mod layers;
pub(in crate::tui) mod legend;
mod loss;
mod measured_at;
pub(in crate::tui) mod notes;
mod notice;
mod picker;
mod pictures;
mod profile;
mod rho;
mod samples;
pub(in crate::tui) mod scroll;
mod small;
pub(in crate::tui) mod stages;
pub(super) mod step_chart;
mod steps;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::layout::Layout;
use super::scene::{Overlay, Scene};
use super::theme::{Glyphs, Theme, to_ascii, to_console};

/// Draws the scene; [`Scene::prepare`] comes before, for the same area and theme.
pub fn render(scene: &Scene, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    match Layout::new(area, scene) {
        None => small::render(scene, theme, area, buffer),
        Some(layout) => panes(scene, theme, &layout, area, buffer),
    }
    match theme.glyphs {
        Glyphs::Unicode => {}
        Glyphs::Console => to_console(area, buffer),
        Glyphs::Ascii => to_ascii(area, buffer),
    }
}

fn panes(scene: &Scene, theme: &Theme, layout: &Layout, area: Rect, buffer: &mut Buffer) {
    let axis = layout.step_axis(scene);
    header::render(scene, theme, layout.header, buffer);
    for pane in &layout.heatmaps {
        heatmap::render(scene, theme, pane, &axis, buffer);
    }
    for pane in &layout.histograms {
        histogram::render(scene, theme, pane, buffer);
    }
    for pane in &layout.opened {
        layers::render(scene, theme, pane, &axis, buffer);
    }
    for pane in &layout.filters {
        filters::render(scene, theme, pane, buffer);
    }
    for pane in &layout.denoising {
        denoising::render(scene, theme, pane, buffer);
    }
    for pane in &layout.samples {
        samples::render(scene, theme, pane, buffer);
    }
    for diagram in &layout.diagrams {
        anatomy::render(scene, theme, diagram, buffer);
    }
    if layout.shown().is_empty() && layout.loss.is_some() && layout.profile.is_some() {
        small::nothing_to_compare(scene, theme, layout, buffer);
    }
    if let Some(loss) = layout.loss {
        loss::render(scene, theme, loss, &axis, buffer);
    }
    if let Some(profile) = layout.profile {
        profile::render(scene, theme, profile, buffer);
    }
    if let Some(rho) = layout.rho {
        rho::render(scene, theme, rho, &axis, buffer);
    }
    if let Some(inspector) = layout.inspector {
        inspector::render(scene, theme, inspector, buffer);
    }
    caption::render(scene, theme, layout.caption, buffer);
    legend::render(scene, theme, layout, buffer);
    notice::render(scene, theme, layout, buffer);
    footer::render(scene, theme, layout.footer, buffer);
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
