//! Why a run does not start.

use thiserror::Error;

use super::checkpoint::CheckpointError;
use super::oversize::TooLarge;
use super::weights::WeightsError;
use crate::config::setting::SettingError;
use crate::data::DataError;

/// Why a run did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no data.
    #[error(transparent)]
    Data(DataError),
    /// The weights to start from do not fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint cannot be used, or there is no place for one.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The run does not fit into the memory that there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The system gave no thread.
    #[error("cannot start a thread for lane {lane}: {source}")]
    Thread {
        /// Name of the lane.
        lane: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<DataError> for TrainError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Setting(error) => Self::Setting(error),
            other => Self::Data(other),
        }
    }
}
