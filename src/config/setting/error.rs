//! A value that a setting does not take, with what to write instead.

use thiserror::Error;

/// A value that a setting does not take.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{key}: {problem}")]
#[non_exhaustive]
pub struct SettingError {
    /// The setting.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}
