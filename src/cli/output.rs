//! Where an export goes: standard output, or a file that appears whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use color_eyre::eyre::{Context, Report, Result, eyre};

pub(super) use crate::whole_file::Existing;
use crate::whole_file::{FileError, WholeFile};

/// Start of the message when the output cannot be written.
pub(super) const UNWRITTEN: &str = "cannot write the export";

/// Lets `fill` write to standard output (no path, or `-`) or to a file, which gets its name only when it is complete.
///
/// # Errors
/// Fails when the file exists and must be kept, or something cannot be written.
pub(super) fn write(
    path: Option<&Path>,
    existing: Existing,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return filled(&mut BufWriter::new(io::stdout().lock()), fill);
    };
    let mut out = WholeFile::create(path, existing).map_err(with_remedy)?;
    filled(&mut out, fill)?;
    out.finish().map_err(with_remedy)
}

fn filled(out: &mut dyn Write, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    fill(out)?;
    out.flush().context(UNWRITTEN)
}

fn with_remedy(error: FileError) -> Report {
    match error {
        FileError::There(_) => error.into(),
        FileError::Unwritable { .. } => eyre!("{error}: give -o another file"),
    }
}
