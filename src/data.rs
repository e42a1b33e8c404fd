//! Data sets, split into a training and a held-out part: rows of numbers with a class each (pictures are such rows), or
//! text.

mod batches;
mod digits;
mod resize;
mod table;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use thiserror::Error;

pub use batches::Batches;
pub use digits::digits;
pub use table::table;
pub use text::Text;

use crate::config::DataSource;
use crate::stack::init::Purpose;
use crate::units::Step;

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

/// Shape of one example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Colours of a picture; 1 for a row of a table.
    pub channels: usize,
    /// Lines of a picture; 1 for a row of a table.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    /// A row of a table.
    #[must_use]
    pub fn row(numbers: usize) -> Self {
        Self { channels: 1, height: 1, width: numbers }
    }

    /// Numbers per example.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.channels * self.height * self.width
    }

    /// Whether it is a picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        self.height > 1
    }
}

/// Which part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is learned.
    Training,
    /// What is only looked at.
    HeldOut,
}

/// A data set whose examples have a class each.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    /// Shape of one example; rows are stored in its order, channels first.
    pub shape: Shape,
    /// Name of each class.
    pub classes: Vec<String>,
    /// What is learned.
    pub training: Split,
    /// What is only looked at.
    pub held_out: Split,
}

impl Source for Classified {
    fn rows(&self, part: Part) -> usize {
        self.part(part).rows()
    }
}

impl Classified {
    /// The rows of a part.
    #[must_use]
    pub fn part(&self, part: Part) -> &Split {
        match part {
            Part::Training => &self.training,
            Part::HeldOut => &self.held_out,
        }
    }
}

/// Examples on the host, to be picked by their number.
pub trait Source: Send + Sync {
    /// How many there are.
    fn rows(&self, part: Part) -> usize;
}

/// What a step draws of its own, beside its rows: noise, crops, which blocks are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Seed of the run.
    pub seed: u64,
    /// The step; 0 for an evaluation.
    pub step: Step,
}

impl Draw {
    /// The generator of this step for a purpose.
    #[must_use]
    pub fn rng(self, purpose: Purpose) -> ChaCha8Rng {
        purpose.rng(self.seed, self.step.0 as usize)
    }
}

/// A data set of either kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Dataset {
    /// Rows with a class each.
    Classified(Arc<Classified>),
    /// Characters.
    Text(Arc<Text>),
}

impl Dataset {
    /// Examples of a part.
    #[must_use]
    pub fn rows(&self, part: Part) -> usize {
        match self {
            Self::Classified(data) => data.rows(part),
            Self::Text(text) => text.rows(part),
        }
    }
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
    /// The text could not be read.
    #[error("cannot read the text {}: {source}", path.display())]
    ReadText {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A text that is of no use.
    #[error("{name}: {problem}")]
    Text {
        /// The file, or that it is the embedded one.
        name: String,
        /// What is wrong and what to write instead.
        problem: String,
    },
    /// The embedded data is damaged: a broken build.
    #[error("the embedded digits are damaged: {0}")]
    Embedded(String),
}

/// Loads a data set; a text in examples of so many characters.
///
/// # Errors
/// When a person's table cannot be read or makes no sense as a classification task, or a text cannot be read or is too
/// short.
pub fn load(source: &DataSource, seed: u64, context: usize) -> Result<Dataset, DataError> {
    let classified = |data| Dataset::Classified(Arc::new(data));
    let text = |text| Dataset::Text(Arc::new(text));
    match source {
        DataSource::Digits => digits().map(classified),
        DataSource::Csv(path) => table(path, seed).map(classified),
        DataSource::Text(None) => Text::embedded(context).map(text),
        DataSource::Text(Some(path)) => Text::read(path, context).map(text),
    }
}
