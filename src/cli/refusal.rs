//! Settings that cannot be trained; the error names the flag to change.

use color_eyre::eyre::Report;

use super::exit::Usage;
use crate::train::TrainError;

/// Turns a setting that cannot be trained into a usage error.
pub(super) fn refused(error: TrainError) -> Report {
    match error {
        TrainError::Setting(error) => Usage(format!("--{error}")).into(),
        TrainError::TooLarge(error) => Usage(format!("--{error}, or add --force to start it anyway")).into(),
        other => other.into(),
    }
}
