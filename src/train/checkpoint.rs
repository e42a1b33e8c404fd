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
//!
//! ```
//! use nablatop::config::{LaneConfig, Length, RunConfig, Wiring};
//! use nablatop::event::Outcome;
//! use nablatop::sink::Fanout;
//! use nablatop::train::checkpoint::{Checkpoint, Owner};
//! use nablatop::whole_file::Existing;
//!
//! let folder = tempfile::tempdir()?;
//! let lanes = vec![LaneConfig { depth: 2, width: 4, ..LaneConfig::new(Wiring::Residual) }];
//! let config = RunConfig { lanes, length: Length::Steps(2), save_every: Some(2), ..RunConfig::default() };
//! let saving = nablatop::train::prepare(config)?.saving(Some(folder.path()), Owner::Another, Existing::Keep)?;
//! let _ = saving.start(Fanout::new())?.join();
//!
//! let checkpoint = Checkpoint::open(folder.path())?;
//! let longer = RunConfig { length: Length::Steps(4), ..checkpoint.config().clone() };
//! let end = nablatop::train::resume(longer, &checkpoint)?.start(Fanout::new())?.join();
//! assert_eq!((checkpoint.step().0, end.outcome), (2, Outcome::Completed));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
