//! The location of a trace.

use std::path::{Path, PathBuf};

/// Name of the trace in its folder.
pub const FILE_NAME: &str = "trace.jsonl";

/// The trace file for a path: the path itself, or the file in that folder.
#[must_use]
pub fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() }
}
