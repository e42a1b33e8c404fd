//! Standard output, where a reader that has gone (`| head`) is not an error.

use std::io::{self, Write};

use color_eyre::eyre::{Context, Result};

/// Writes to standard output; a reader that has gone (`| head`) is not an error.
pub(super) fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    printed(out.write_all(bytes).and_then(|()| out.flush()))
}

/// The result of printing to standard output, worded for the user.
pub(super) fn printed(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}
