//! The terminal screen: a pure render of a [`scene::Scene`], changed only by actions.
//!
//! ```text
//! terminal event ─► keymap::action ─► Action ─► update::update(&mut Scene) ─► Effect ─► the event loop
//! run or trace   ─► Event ─► Scene::take            Scene::prepare ─► view::render(&Scene, &Theme) ─► Buffer
//! ```

pub mod action;
pub mod app;
pub mod axis;
pub mod keymap;
pub mod layout;
pub mod render_cache;
pub mod scale;
pub mod scene;
pub mod source;
pub mod svg;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;

mod anatomy;
mod chart;
mod input;
mod meter;
#[cfg(test)]
mod sample;
mod schedule;
