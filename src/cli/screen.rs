//! A live run on the screen, and what is printed after the screen is closed; headless in a build without the screen.

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::exit::Exit;
#[cfg(not(feature = "tui"))]
use super::headless;
use super::logging::{Log, Logging};
#[cfg(feature = "tui")]
use super::standard_output::print;
#[cfg(feature = "tui")]
use super::{columns, dumping, ending, exit, live, refusal, saving, show};
use crate::train::Prepared;

/// A live run on the screen.
#[cfg(feature = "tui")]
pub(super) fn screen(matches: &ArgMatches, prepared: Prepared, logging: Logging, log: Log) -> Result<Exit> {
    let signals = show::signals()?;
    let mut source = live::LiveSource::start(prepared, logging, log).map_err(refusal::refused)?;
    signals.at_end(source.end());
    let show::Shown { exit, mut runs } = show::show(matches, &mut source, &signals)?;
    let asked = if exit == Exit::DONE { ending::Asked::Key } else { ending::Asked::Signal };
    let mut history = runs.pop_first().map(|(_, history)| history);
    let live::Closed { dumps, saves, trace, gap } = source.close(asked, history.as_mut());
    // After a key the user is at the shell and reads the table; a signal may have closed the terminal.
    if let Some(history) = history.filter(|_| asked == ending::Asked::Key) {
        print(crate::report::closing(&history, columns::of(&std::io::stdout())).as_bytes())?;
    }
    for dumps in &dumps {
        dumping::tell(dumps);
    }
    if let Some(saves) = &saves {
        saving::tell(saves, trace.as_deref());
    }
    let unsaved = saves.and_then(|saves| saves.problem());
    exit::complete(gap, dumps.iter().find_map(|dumps| dumps.problem()).or(unsaved))?;
    Ok(exit)
}

/// A build without the screen trains headless.
#[cfg(not(feature = "tui"))]
pub(super) fn screen(_: &ArgMatches, prepared: Prepared, logging: Logging, log: Log) -> Result<Exit> {
    headless::run(prepared, log, logging.folder())
}
