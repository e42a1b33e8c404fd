//! The program's own diagnostics. They go to a file, never to the screen.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::ArgMatches;
use color_eyre::eyre::{Context, Result};
use tracing::Level;

/// Where diagnostics go.
pub(super) struct Diagnostics {
    /// The file of `--diagnostics`.
    asked: Option<File>,
}

impl Diagnostics {
    /// Opens the file of `--diagnostics`, before a run touches anything.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn of(matches: &ArgMatches) -> Result<Self> {
        let asked = matches.get_one::<PathBuf>("diagnostics").map(|path| open(path)).transpose()?;
        Ok(Self { asked })
    }

    /// Starts writing: into the file of `--diagnostics`, or else beside the trace; without either nothing is written.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(super) fn start(self, beside: Option<&Path>) -> Result<()> {
        let beside = || beside.map(|folder| open(&folder.join("diagnostics.log"))).transpose();
        let Some(file) = self.asked.map_or_else(beside, |file| Ok(Some(file)))? else { return Ok(()) };
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(Level::INFO)
            .with_writer(Mutex::new(file))
            .finish();
        // The subscriber is set once per process; a second call (in tests) changes nothing.
        let _ = tracing::subscriber::set_global_default(subscriber);
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "nablatop starts");
        Ok(())
    }
}

fn open(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.with_context(|| format!("cannot write diagnostics to {}: give --diagnostics another file", path.display()))
}
