//! Names of the files of a checkpoint.

/// Version of the folder's layout and of the names in its files.
pub(super) const VERSION: u32 = 1;
/// Folder of the checkpoints beside a trace.
pub const FOLDER: &str = "checkpoints";
/// The file that describes the checkpoint.
pub(super) const MANIFEST: &str = "checkpoint.json";
/// The file of the settings.
pub(super) const SETTINGS: &str = "settings.toml";
