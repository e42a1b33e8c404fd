//! Where a trace lies.

use std::path::{Path, PathBuf};

/// Name of the trace in its directory.
pub const FILE_NAME: &str = "trace.jsonl";

/// The trace file that a path means: itself, or the one in the directory.
#[must_use]
pub fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() }
}
