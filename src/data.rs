//! Data sets: rows of numbers with a class each, split into a training and a held-out part.

mod batches;
mod digits;
mod table;

use std::path::PathBuf;

use thiserror::Error;

pub use batches::Batches;
pub use digits::digits;
pub use table::table;

use crate::config::DataSource;

/// Rows of numbers with a class each, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Row-major, shape [rows, features].
    pub inputs: Vec<f32>,
    /// Class of every row, 0 … classes − 1.
    pub targets: Vec<usize>,
}

impl Split {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.targets.len()
    }
}

/// A data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Numbers per row.
    pub features: usize,
    /// Name of each class.
    pub classes: Vec<String>,
    /// What is learned.
    pub training: Split,
    /// What is only looked at.
    pub held_out: Split,
}

/// Why there is no data.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file could not be read.
    #[error("cannot read the table {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row is not as the first one.
    #[error("{}:{line}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// The table as a whole is of no use.
    #[error("{}: {problem}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// The embedded data is damaged: a broken build.
    #[error("the embedded digits are damaged: {0}")]
    Embedded(String),
}

/// Loads a data set.
///
/// # Errors
/// When a person's table cannot be read or makes no sense as a classification task.
pub fn load(source: &DataSource, seed: u64) -> Result<Dataset, DataError> {
    match source {
        DataSource::Digits => digits(),
        DataSource::Csv(path) => table(path, seed),
    }
}
