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
    /// The data cannot be used.
    #[error(transparent)]
    Data(DataError),
    /// The weights to start from do not fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint cannot be used, or there is no folder for one.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The run does not fit into the available memory.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The system cannot start a thread.
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
