//! Opens the screen with the flags that the user gave.

use std::collections::BTreeMap;

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::exit::Exit;
use crate::history::History;
use crate::signals::{Farewell, JobControl, Signals};
use crate::tui::app::{self, Ended, Left};
use crate::tui::source::Source;
use crate::tui::terminal::{self, Mouse, ScreenError};
use crate::tui::theme::{Background, Colours, Glyphs, Theme};

/// Signals for a screen; a forced end restores the terminal as far as possible.
pub(super) fn signals() -> Result<Signals> {
    Ok(Signals::listen(JobControl::Messages)?)
}

/// The exit code, and what the screen showed of each run.
pub(super) struct Shown {
    pub(super) exit: Exit,
    pub(super) runs: BTreeMap<usize, History>,
}

/// Shows a source until the end.
pub(super) fn show(matches: &ArgMatches, source: &mut dyn Source, signals: &Signals) -> Result<Shown> {
    let theme = theme(matches);
    if matches.get_flag("no-mouse") {
        terminal::set_mouse(Mouse::Terminal);
    }
    signals.at_end(TerminalBack);
    match app::run(source, theme, signals) {
        Ok(Left { how: Ended::Quit, runs }) => Ok(Shown { exit: Exit::DONE, runs }),
        Ok(Left { how: Ended::Signal(signal), runs }) => Ok(Shown { exit: Exit::signal(signal), runs }),
        Err(ScreenError::Gone { source }) => {
            tracing::error!(%source, "the terminal is gone");
            Ok(Shown { exit: Exit::signal(crate::signals::Signal::Hangup), runs: BTreeMap::new() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Restores the terminal when the screen's thread cannot.
struct TerminalBack;

impl Farewell for TerminalBack {
    fn stop(&mut self) {}

    fn end_now(&mut self) {
        terminal::abandon();
    }
}

/// The theme that the flags and the terminal allow.
fn theme(matches: &ArgMatches) -> Theme {
    let word = |name: &str| matches.get_one::<String>(name).map_or("auto", String::as_str);
    let colours = match word("color") {
        "truecolor" => Colours::True,
        "256" => Colours::Indexed,
        "16" => Colours::Sixteen,
        "none" => Colours::None,
        _ => Colours::detect(),
    };
    let background = match word("theme") {
        "dark" => Some(Background::Dark),
        "light" => Some(Background::Light),
        _ => Background::detect(),
    };
    let glyphs = if matches.get_flag("ascii") { Glyphs::Ascii } else { Glyphs::detect() };
    match background {
        Some(background) => Theme::new(colours, glyphs, background),
        None => Theme::guessed(colours, glyphs),
    }
}
