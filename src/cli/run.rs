//! `gradtop run`: train and watch, on the screen or without.

use std::io::{self, IsTerminal};

use clap::ArgMatches;
use color_eyre::eyre::{Report, Result};

use super::diagnostics::Diagnostics;
use super::exit::Usage;
use super::logging::Logging;
use super::{Exit, arguments, dumping, headless, saving};
use crate::config::draft::Commented;
use crate::preset::PRESETS;
use crate::train::{Checkpoint, TrainError};

/// Whether the run has a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Screen,
    Headless,
}

/// Reads the settings, claims the log folder, then trains.
pub(super) fn run(matches: &ArgMatches) -> Result<Exit> {
    if matches.get_flag("list-presets") {
        super::print(presets().as_bytes())?;
        return Ok(Exit::DONE);
    }
    let checkpoint = saving::resumed(matches)?;
    let config = arguments::settings(matches, checkpoint.as_ref().map(Checkpoint::config))?;
    if matches.get_flag("print-config") {
        super::print(Commented(&config).to_string().as_bytes())?;
        return Ok(Exit::DONE);
    }
    let diagnostics = Diagnostics::of(matches)?;
    let logging = Logging::of(matches, checkpoint.as_ref());
    let prepared = dumping::prepare(matches, config, checkpoint.as_ref())?;
    let prepared = saving::prepare(prepared, &logging, checkpoint.as_ref())?;
    let log = logging.open(prepared.header())?;
    diagnostics.start(logging.directory().map(AsRef::as_ref))?;
    match face(matches) {
        Face::Headless => headless::run(prepared, log, logging.directory()),
        Face::Screen => super::screen(matches, prepared, logging, log),
    }
}

/// Each preset with its sentence.
fn presets() -> String {
    let lines: Vec<String> =
        PRESETS.iter().map(|preset| format!("{}\n    {}\n", preset.name, preset.about())).collect();
    lines.concat()
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

/// A setting that makes no sense is a matter of usage, wherever it was noticed; its flag is the remedy.
pub(super) fn refused(error: TrainError) -> Report {
    match error {
        TrainError::Setting(error) => Usage(format!("--{error}")).into(),
        TrainError::TooLarge(error) => Usage(format!("--{error}, or add --force to start it all the same")).into(),
        other => other.into(),
    }
}
