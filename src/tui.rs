//! The terminal screen: a pure rendering of a [`scene::Scene`], which only actions change.
//!
//! ```text
//! terminal event ─► keymap::action ─► Action ─► update::update(&mut Scene) ─► Effect ─► the event loop
//! run or trace   ─► Event ─► Scene::take            prepare::prepare ─► render::render(&Scene, &Theme) ─► Buffer
//! ```
//!
//! Each file imports only from modules further left:
//!
//! ```text
//! theme, axis, scale, chart ◄ scene ◄ pane ◄ view ◄ keymap, layout, region, overlay ◄ prepare, render, update ◄ app
//! ```
//!
//! A frame without a terminal:
//!
//! ```
//! use nablatop::tui::prepare::prepare;
//! use nablatop::tui::render;
//! use nablatop::tui::scene::Scene;
//! use nablatop::tui::source::SourceKind;
//! use nablatop::tui::theme::{Background, Colours, Glyphs, Theme};
//! use ratatui::buffer::Buffer;
//! use ratatui::layout::Rect;
//!
//! let (mut scene, area) = (Scene::new(SourceKind::Live), Rect::new(0, 0, 100, 30));
//! let theme = Theme::new(Colours::None, Glyphs::Ascii, Background::Dark);
//! prepare(&mut scene, &theme, area);
//! let mut buffer = Buffer::empty(area);
//! render::render(&scene, &theme, area, &mut buffer);
//! assert!(buffer.content().iter().any(|cell| cell.symbol() != " "));
//! ```

pub(crate) mod action;
pub mod app;
pub(crate) mod axis;
pub mod keymap;
pub(crate) mod layout;
pub(crate) mod pane;
pub mod prepare;
pub mod render;
pub mod render_cache;
pub(crate) mod scale;
pub mod scene;
pub mod source;
pub mod svg;
pub mod terminal;
pub(crate) mod terminal_cell;
pub mod theme;
pub(crate) mod update;

mod chart;
mod choices;
mod command;
mod input;
mod meter;
mod overlay;
mod region;
#[cfg(test)]
mod sample;
mod schedule;
mod view;
