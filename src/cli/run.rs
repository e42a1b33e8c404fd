//! `nablatop run`: trains stacks and shows them, with or without a screen.

use std::io::{self, IsTerminal};

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::diagnostics::Diagnostics;
use super::exit::Exit;
use super::logging::Logging;
use super::messages::note;
use super::standard_output::print;
use super::waiting::Waiting;
use super::{arguments, columns, dumping, headless, saving, screen};
use crate::config::draft::Commented;
use crate::preset::PRESETS;
use crate::text;
use crate::train::Checkpoint;

/// Indent of a preset's description.
const ABOUT: usize = 4;

/// Whether the run has a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interface {
    Screen,
    Headless,
}

/// Reads the settings, claims the log folder, then trains.
pub(super) fn run(matches: &ArgMatches) -> Result<Exit> {
    if matches.get_flag("list-presets") {
        let width = columns::of(&io::stdout()).unwrap_or(columns::USUAL);
        print(presets(width).as_bytes())?;
        return Ok(Exit::DONE);
    }
    let checkpoint = saving::resumed(matches)?;
    let config = arguments::settings(matches, checkpoint.as_ref().map(Checkpoint::config))?;
    if matches.get_flag("print-config") {
        print(Commented(&config).to_string().as_bytes())?;
        return Ok(Exit::DONE);
    }
    let diagnostics = Diagnostics::of(matches)?;
    let logging = Logging::of(matches, checkpoint.as_ref());
    let waiting = Waiting::for_the_run();
    let prepared = dumping::prepare(matches, config, checkpoint.as_ref());
    drop(waiting);
    let prepared = prepared?;
    let prepared = saving::prepare(prepared, &logging, checkpoint.as_ref())?;
    let log = logging.open(prepared.header())?;
    diagnostics.start(logging.folder().map(AsRef::as_ref))?;
    saving::tell_of_the_start(checkpoint.as_ref());
    match interface(matches) {
        Interface::Headless => headless::run(prepared, log, logging.folder()),
        Interface::Screen => screen::screen(matches, prepared, logging, log),
    }
}

/// Each preset with its description, wrapped below its name.
fn presets(width: usize) -> String {
    let mut text = String::new();
    for preset in PRESETS {
        text.extend([preset.name, "\n"]);
        for line in text::wrapped(&preset.about(), width.saturating_sub(ABOUT)) {
            text.extend([&" ".repeat(ABOUT), &line, "\n"]);
        }
    }
    text
}

fn interface(matches: &ArgMatches) -> Interface {
    if matches.get_flag("headless") {
        return Interface::Headless;
    }
    if cfg!(feature = "tui") && io::stdout().is_terminal() {
        return Interface::Screen;
    }
    note("standard output is not a terminal: running headless");
    Interface::Headless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_presets_breaks_between_words_whatever_the_width() {
        for width in [40, 80, 200] {
            let list = presets(width);
            assert!(list.lines().all(|line| text::columns(line) <= width), "{width}:\n{list}");
            for preset in PRESETS {
                let lines: Vec<&str> = list.lines().skip_while(|line| *line != preset.name).skip(1).collect();
                let about: Vec<&str> = lines.iter().take_while(|line| line.starts_with("    ")).copied().collect();
                let words: Vec<&str> = about.iter().flat_map(|line| line.split_whitespace()).collect();
                assert_eq!(words.join(" "), preset.about());
            }
        }
    }
}
