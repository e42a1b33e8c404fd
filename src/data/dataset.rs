//! A data set of either kind, and how a run's settings name it.

use std::sync::Arc;

use super::{
    Classified, DataError, Source, Subset, Text, cifar10, cifar100, digits, fashion, mnist, picture_folder, table,
};
use crate::config::{DataSource, RunConfig};

/// A data set of either kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) enum Dataset {
    /// Rows with a class each.
    Classified(Arc<Classified>),
    /// Characters to be continued.
    Text(Arc<Text>),
}

impl Dataset {
    /// Number of examples in a part.
    #[must_use]
    pub(crate) fn rows(&self, part: Subset) -> usize {
        match self {
            Self::Classified(data) => data.rows(part),
            Self::Text(text) => text.rows(part),
        }
    }

    /// The word for its examples.
    #[must_use]
    pub(crate) fn examples(&self) -> &'static str {
        match self {
            Self::Classified(_) => "rows",
            Self::Text(_) => "windows",
        }
    }
}

/// Loads the data set of a run.
///
/// # Errors
/// Fails when the files cannot be read or do not make sense as examples.
pub(crate) fn load(config: &RunConfig) -> Result<Dataset, DataError> {
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
