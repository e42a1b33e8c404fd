//! Behaviour across modules: one binary, so that it links once.

// A test that cannot go on fails; with --nocapture some show their figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

#[cfg(feature = "lab")]
mod anatomy;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod backends;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod checkpoint;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod command_line;
#[cfg(feature = "lab")]
mod data;
#[cfg(feature = "lab")]
mod depth;
#[cfg(feature = "lab")]
mod detail;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod diffusion;
#[cfg(feature = "lab")]
mod divergence;
mod families;
mod fixture;
#[cfg(feature = "lab")]
mod flight;
#[cfg(feature = "lab")]
mod footprint;
#[cfg(feature = "lab")]
mod gains;
mod layering;
mod learning;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod logging;
#[cfg(feature = "watch")]
mod observer;
#[cfg(all(target_os = "linux", feature = "cli", feature = "lab", feature = "tui"))]
mod peak;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod presets;
mod program;
#[cfg(feature = "tui")]
mod readme;
#[cfg(all(feature = "cli", feature = "lab", feature = "tui"))]
mod recheck;
#[cfg(feature = "lab")]
mod recomputation;
#[cfg(feature = "lab")]
mod recording;
#[cfg(feature = "lab")]
mod reference;
#[cfg(feature = "cli")]
mod report;
#[cfg(feature = "lab")]
mod stochastic_depth;
#[cfg(feature = "lab")]
mod streams;
#[cfg(feature = "lab")]
mod tensors;
#[cfg(all(unix, feature = "cli", feature = "lab", feature = "tui"))]
mod terminal;
#[cfg(feature = "lab")]
mod theory;
mod trace;
#[cfg(feature = "lab")]
mod training;
#[cfg(feature = "lab")]
mod transformer;
#[cfg(feature = "lab")]
mod unchanged;
#[cfg(feature = "lab")]
mod updates;

/// Counts the bytes that are alive: what an allocator holds beyond them changes from run to run.
#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;
