//! Shell completions and the manual page, made from the same command line.

use std::io::{self, Write};

use clap::ArgMatches;
use color_eyre::eyre::{Context, Result};

use super::Exit;
use super::arguments::command;

/// Prints completions for a shell.
pub(super) fn completions(matches: &ArgMatches) -> Result<Exit> {
    if let Some(shell) = matches.get_one::<clap_complete::Shell>("shell") {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut command(), "nablatop", &mut script);
        super::print(&script)?;
    }
    Ok(Exit::DONE)
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    super::print(&page)?;
    Ok(Exit::DONE)
}

/// Writes to standard output; a reader that has gone (`| head`) is no error.
pub(super) fn print(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    printed(out.write_all(bytes).and_then(|()| out.flush()))
}

/// What became of printing to standard output, worded for a person.
pub(super) fn printed(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}
