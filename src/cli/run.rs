//! `gradtop run`: train and watch, on the screen or without.

use std::io::{self, IsTerminal};

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::diagnostics::Diagnostics;
use super::logging::Logging;
use super::{Exit, arguments, headless};
use crate::config::draft::Commented;
use crate::sink::trace::TraceSink;
use crate::train::{self, Prepared};

/// Whether the run has a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Screen,
    Headless,
}

/// Reads the settings, claims the log folder, then trains.
pub(super) fn run(matches: &ArgMatches) -> Result<Exit> {
    let config = arguments::settings(matches)?;
    if matches.get_flag("print-config") {
        super::print(Commented(&config).to_string().as_bytes())?;
        return Ok(Exit::DONE);
    }
    let diagnostics = Diagnostics::of(matches)?;
    let prepared = train::prepare(config)?;
    let logging = Logging::of(matches);
    let trace = logging.open(prepared.header())?;
    diagnostics.start(logging.directory().map(AsRef::as_ref))?;
    match face(matches) {
        Face::Headless => headless::run(prepared, trace, logging.directory()),
        Face::Screen => screen(matches, prepared, logging, trace),
    }
}

fn face(matches: &ArgMatches) -> Face {
    if matches.get_flag("headless") {
        return Face::Headless;
    }
    if cfg!(feature = "tui") && io::stdout().is_terminal() {
        return Face::Screen;
    }
    super::note("standard output is no terminal: running headless");
    Face::Headless
}

#[cfg(feature = "tui")]
fn screen(matches: &ArgMatches, prepared: Prepared, logging: Logging, trace: Option<TraceSink>) -> Result<Exit> {
    use super::exit::Incomplete;
    use super::live::LiveSource;
    use super::screen;

    let mut source = LiveSource::start(prepared, logging, trace)?;
    let exit = screen::show(matches, &mut source)?;
    source.close().map_or(Ok(exit), |gap| Err(Incomplete(gap).into()))
}

#[cfg(not(feature = "tui"))]
fn screen(_: &ArgMatches, prepared: Prepared, logging: Logging, trace: Option<TraceSink>) -> Result<Exit> {
    headless::run(prepared, trace, logging.directory())
}
