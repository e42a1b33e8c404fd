//! **nablatop** is "top" for gradients: it shows them flow, vanish and explode, layer by layer.
//!
//! `docs/architecture.md` has the picture. The vocabulary ([`event`], [`quantity`], [`layer`], [`grid`], [`units`])
//! is plain data; Burn stays in the modules behind the `watch` and `lab` features.

#[cfg(feature = "lab")]
mod available_memory;
pub mod config;
mod counts;
pub mod diagnose;
pub mod event;
pub mod glossary;
pub mod grid;
pub mod histogram;
pub mod history;
pub mod layer;
pub mod measurement;
mod new_file;
// The screen needs most of it.
#[cfg(any(feature = "lab", feature = "tui", feature = "cli"))]
#[cfg_attr(not(feature = "tui"), allow(dead_code))]
mod number;
pub mod preset;
pub(crate) mod profile;
pub mod quantity;
pub mod recorder;
mod regular_file;
pub mod robust;
#[cfg(any(feature = "tui", feature = "cli"))]
mod round;
pub mod sink;
pub mod text;
pub mod theory;
pub mod trace;
pub mod units;
#[cfg(any(feature = "lab", feature = "cli"))]
pub mod whole_file;

#[cfg(feature = "watch")]
pub mod backend;
#[cfg(feature = "watch")]
pub mod probe;

#[cfg(feature = "lab")]
pub mod data;
#[cfg(feature = "lab")]
pub mod random;
#[cfg(feature = "lab")]
pub mod stack;
#[cfg(feature = "lab")]
pub mod train;

#[cfg(any(feature = "tui", feature = "cli"))]
pub mod signals;

#[cfg(feature = "tui")]
pub mod tui;

// Without training or the screen, parts of the command line are unused.
#[cfg(feature = "cli")]
#[cfg_attr(not(all(feature = "lab", feature = "tui")), allow(dead_code))]
pub mod cli;
#[cfg(feature = "cli")]
pub mod report;
