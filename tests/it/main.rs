//! Behaviour across modules: one binary, so that it links once.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(feature = "lab")]
mod data;
#[cfg(feature = "lab")]
mod depth;
#[cfg(feature = "lab")]
mod divergence;
#[cfg(feature = "lab")]
mod gains;
#[cfg(feature = "lab")]
mod recording;
#[cfg(feature = "lab")]
mod reference;
#[cfg(feature = "cli")]
mod report;
mod specimen;
mod trace;
#[cfg(feature = "lab")]
mod training;
#[cfg(feature = "lab")]
mod unchanged;
#[cfg(feature = "lab")]
mod updates;
