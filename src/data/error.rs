//! Why the data cannot be used: what was read, where, what is wrong with it, and what to do.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::setting::SettingError;

/// Why the data cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The system cannot read a file.
    #[error("cannot read the {what} {}: {source}", path.display())]
    Read {
        /// What was to be read, such as `table`.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row of a table is wrong.
    #[error("{}:{line}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// A file or folder as a whole cannot be used.
    #[error("{}: {problem}", path.display())]
    Content {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A picture cannot be decoded.
    #[error("{}: it is not a readable picture ({source}): replace or remove it", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: image::ImageError,
    },
    /// A setting does not fit the data.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The embedded data is damaged: a broken build.
    #[error("the embedded digits are damaged: {0}")]
    Embedded(String),
}

impl DataError {
    /// An error about a file or folder as a whole.
    pub(super) fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.into() }
    }
}
