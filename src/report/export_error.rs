//! Why nothing, or not all, was exported.

use std::io;

use thiserror::Error;

use crate::trace::TraceError;

/// Why nothing, or not all, was exported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The trace cannot be read further.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The output takes no more.
    #[error("cannot write the export: {0}")]
    Write(#[from] io::Error),
    /// The picture has no room for its panels.
    #[error("a picture of {width}×{height} has no room for {lanes} lanes: make it larger")]
    TooSmall {
        /// Units across.
        width: u32,
        /// Units down.
        height: u32,
        /// Lanes to be drawn.
        lanes: usize,
    },
    /// The picture would not fit into memory.
    #[error("a picture of {width}×{height} is too large: at most {most} each way")]
    TooLarge {
        /// Units across.
        width: u32,
        /// Units down.
        height: u32,
        /// Units each way at most.
        most: u32,
    },
    /// The drawing library refuses.
    #[error("cannot draw the picture: {0}")]
    Draw(String),
}
