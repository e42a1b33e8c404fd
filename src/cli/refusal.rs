//! Settings that cannot be trained, named by the flag that is their remedy.

use color_eyre::eyre::Report;

use super::exit::Usage;
use crate::train::TrainError;

/// A setting that cannot be trained is a fault of usage, wherever it was noticed.
pub(super) fn refused(error: TrainError) -> Report {
    match error {
        TrainError::Setting(error) => Usage(format!("--{error}")).into(),
        TrainError::TooLarge(error) => Usage(format!("--{error}, or add --force to start it anyway")).into(),
        other => other.into(),
    }
}
