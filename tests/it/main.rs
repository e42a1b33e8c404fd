//! Behaviour across modules: one binary, so that it links once.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod layering;
#[cfg(feature = "tui")]
mod readme;
#[cfg(feature = "cli")]
mod report;
mod specimen;
mod trace;
#[cfg(feature = "lab")]
mod training;
