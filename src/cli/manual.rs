//! Shell completions and the manual page, made from the same command line.

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::arguments::command;
use super::exit::Exit;
use super::standard_output::print;

/// Prints completions for a shell.
pub(super) fn completions(matches: &ArgMatches) -> Result<Exit> {
    if let Some(shell) = matches.get_one::<clap_complete::Shell>("shell") {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut command(), "nablatop", &mut script);
        print(&script)?;
    }
    Ok(Exit::DONE)
}

/// Prints the manual page.
pub(super) fn man() -> Result<Exit> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    print(&page)?;
    Ok(Exit::DONE)
}
