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

pub mod action;
pub mod app;
pub mod axis;
pub mod keymap;
pub mod layout;
pub mod pane;
pub mod prepare;
pub mod render;
pub mod render_cache;
pub mod scale;
pub mod scene;
pub mod source;
pub mod svg;
pub mod terminal;
pub mod terminal_cell;
pub mod theme;
pub mod update;

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
