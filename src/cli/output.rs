//! Where an export goes: standard output, or a file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Context, Report, Result, eyre};

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    Keep,
    Replace,
}

/// What it means when the output cannot be written.
pub(super) const UNWRITTEN: &str = "cannot write the export";

/// Lets `fill` write to standard output (no path, or `-`) or to a file, which takes its name only when it is complete.
///
/// # Errors
/// When the file is there already and must be kept, or something cannot be written.
pub(super) fn write(
    path: Option<&Path>,
    existing: Existing,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return filled(BufWriter::new(io::stdout().lock()), fill);
    };
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        // A device or a pipe: nothing in it can be lost.
        let device = OpenOptions::new().write(true).open(path).map_err(|error| unwritable(path, &error))?;
        return filled(BufWriter::new(device), fill);
    }
    if there.is_some() && existing == Existing::Keep {
        return Err(eyre!("{} is there already: write --force to replace it", path.display()));
    }
    let beside = beside(path);
    let fresh = File::create_new(&beside).map_err(|error| unwritable(path, &error))?;
    let written = filled(BufWriter::new(fresh), fill)
        .and_then(|()| fs::rename(&beside, path).map_err(|error| unwritable(path, &error)));
    if written.is_err() {
        // It is of no use to anybody; should it stay, it is in nobody's way.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn filled(mut out: impl Write, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    fill(&mut out)?;
    out.flush().context(UNWRITTEN)
}

/// A name in the same folder, so that renaming is one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

fn unwritable(path: &Path, error: &io::Error) -> Report {
    eyre!("cannot write {}: {error}: give -o another file", path.display())
}
