//! Checkpoints: everything that a run needs to continue as if it had never stopped, bit by bit.
//!
//! ```text
//! LOG/checkpoints/step-000200/checkpoint.json     format, step, and checksums of the other files and of itself
//!                             settings.toml       the settings, as --print-config writes them
//!                             lane-1.safetensors  weights, running statistics, optimizer, initial weights, dead units
//!                             lane-1-kept-1.safetensors   an earlier state, kept by the flight recorder: the same
//!                                                         without the initial weights
//!                             lane-2.safetensors
//! ```
//!
//! The order of the data and all random numbers derive from (seed, step), so that nothing else of them is saved. A
//! folder is written under a hidden name, synchronized to the disk, and renamed, so that it is complete or missing.
//! `docs/format.md` specifies it.

mod error;
mod folder;
mod layout;
mod manifest;
mod opened;
mod writer;

pub use error::CheckpointError;
pub use layout::FOLDER;
pub use opened::Checkpoint;
pub use writer::{CheckpointWriter, Owner};

pub(super) use manifest::Ended;
pub(super) use writer::{About, LaneState, Moment};
