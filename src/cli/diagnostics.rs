//! The program's own diagnostics: to a file, never into the screen.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::ArgMatches;
use color_eyre::eyre::{Context, Result};
use tracing::Level;

/// Starts writing diagnostics where a person asked for them, or else beside the trace; without either nothing is
/// written.
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn start(matches: &ArgMatches, beside: Option<&Path>) -> Result<()> {
    let asked = matches.get_one::<PathBuf>("diagnostics").cloned();
    let Some(path) = asked.or_else(|| beside.map(|directory| directory.join("diagnostics.log"))) else {
        return Ok(());
    };
    let file =
        OpenOptions::new().create(true).append(true).open(&path).with_context(|| {
            format!("cannot write diagnostics to {}: give --diagnostics another file", path.display())
        })?;
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_max_level(Level::INFO).with_writer(Mutex::new(file)).finish();
    // Set once per process; a second call (tests) changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "gradtop starts");
    Ok(())
}
