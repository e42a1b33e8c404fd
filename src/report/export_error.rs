//! Why nothing, or only a part, was exported.

use std::io;

use thiserror::Error;

use crate::trace::TraceError;

/// Why nothing, or only a part, was exported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The trace cannot be read further.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The output cannot be written.
    #[error("cannot write the export: {0}")]
    Write(#[from] io::Error),
    /// The picture has no room for its panels.
    #[error("a picture of {width}×{height} has no room for {lanes} lanes: make it larger")]
    TooSmall {
        /// Width in units.
        width: u32,
        /// Height in units.
        height: u32,
        /// Number of lanes.
        lanes: usize,
    },
    /// The picture would not fit into memory.
    #[error("a picture of {width}×{height} is too large: at most {most} each way")]
    TooLarge {
        /// Width in units.
        width: u32,
        /// Height in units.
        height: u32,
        /// Maximum width and height in units.
        most: u32,
    },
    /// The drawing library failed.
    #[error("cannot draw the picture: {0}")]
    Draw(String),
}
