//! Data sets, split into a training and a held-out part: rows of numbers with a class each (pictures are such rows), or
//! text.

mod augmentation;
mod batches;
mod cifar;
mod digits;
mod error;
mod file;
mod fingerprint;
mod idx;
mod mnist;
mod picture_folder;
mod resize;
mod standardization;
mod summary;
mod table;
mod text;

use std::sync::Arc;

pub use augmentation::Augmentation;
pub use batches::Batches;
pub use cifar::{cifar10, cifar100};
pub use digits::digits;
pub use error::DataError;
pub use mnist::{fashion, mnist};
pub use picture_folder::picture_folder;
pub use summary::summary;
pub use table::table;
pub use text::Text;

use crate::config::{DataSource, RunConfig};

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
pub enum Subset {
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
    /// What a training step does to its pictures.
    pub augmentation: Augmentation,
    /// Whether a first row of a table was left out because it numbers the columns: it might have been a row.
    pub numbered_header: bool,
}

impl Source for Classified {
    fn rows(&self, part: Subset) -> usize {
        self.part(part).rows()
    }

    fn outputs(&self) -> usize {
        self.classes.len()
    }
}

impl Classified {
    /// The rows of a part.
    #[must_use]
    pub fn part(&self, part: Subset) -> &Split {
        match part {
            Subset::Training => &self.training,
            Subset::HeldOut => &self.held_out,
        }
    }
}

/// Examples on the host, to be picked by their number.
pub trait Source: Send + Sync {
    /// How many there are.
    fn rows(&self, part: Subset) -> usize;

    /// Numbers that a stack says of one of them.
    fn outputs(&self) -> usize;
}

/// A data set of either kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Dataset {
    /// Rows with a class each.
    Classified(Arc<Classified>),
    /// Characters to be continued.
    Text(Arc<Text>),
}

impl Dataset {
    /// Examples of a part.
    #[must_use]
    pub fn rows(&self, part: Subset) -> usize {
        match self {
            Self::Classified(data) => data.rows(part),
            Self::Text(text) => text.rows(part),
        }
    }

    /// What its examples are called.
    #[must_use]
    pub fn examples(&self) -> &'static str {
        match self {
            Self::Classified(_) => "rows",
            Self::Text(_) => "windows",
        }
    }
}

/// Loads the data set of a run.
///
/// # Errors
/// When a person's files cannot be read or make no sense as examples.
pub fn load(config: &RunConfig) -> Result<Dataset, DataError> {
    let classified = match &config.data {
        DataSource::Digits => digits(),
        DataSource::Csv(path) => table(path, config.seed),
        DataSource::Mnist(folder) => mnist(folder),
        DataSource::Fashion(folder) => fashion(folder),
        DataSource::Cifar10(folder) => cifar10(folder),
        DataSource::Cifar100(folder) => cifar100(folder),
        DataSource::ImageFolder(folder) => picture_folder(folder, config.image_size, config.seed),
        DataSource::Text(file) => return Ok(Dataset::Text(Arc::new(Text::load(file.as_deref(), config.context)?))),
    };
    Ok(Dataset::Classified(Arc::new(classified?)))
}
