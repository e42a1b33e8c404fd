//! `nablatop view`: traces on the screen.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::diagnostics::Diagnostics;
use super::exit::Exit;
use super::exit::Usage;
use super::{show, standard_input};
use crate::tui::source::traces::TraceSource;

/// Replays, follows and compares traces. A trace that turns out to be broken stays on the screen with everything that
/// could be read; if that is not even one step, the program ends with its error.
pub(super) fn view(matches: &ArgMatches) -> Result<Exit> {
    let paths: Vec<PathBuf> = matches.get_many::<PathBuf>("trace").into_iter().flatten().cloned().collect();
    if paths.iter().any(|path| standard_input::is_meant(path)) {
        let advice = "view reads keys from standard input and moves back and forth in the trace: write it into a file first, or \
                      nablatop export - --to csv|svg|png";
        return Err(Usage(advice.to_owned()).into());
    }
    if !io::stdout().is_terminal() {
        let advice = "view needs a terminal: to get a table or a picture, write nablatop export TRACE --to csv|svg|png";
        return Err(Usage(advice.to_owned()).into());
    }
    let mut source = TraceSource::open(&paths)?;
    Diagnostics::of(matches)?.start(None)?;
    let exit = show::show(matches, &mut source, &show::signals()?)?.exit;
    if exit == Exit::DONE {
        source.close()?;
    }
    Ok(exit)
}
