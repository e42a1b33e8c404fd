//! From the flags of the screen to a screen.

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::Exit;
use crate::signals::{Farewell, JobControl, Signals};
use crate::tui::app::{self, Ended};
use crate::tui::source::Source;
use crate::tui::terminal::{self, ScreenError};
use crate::tui::theme::{Background, Colours, Glyphs, Theme};

/// Signals for a screen: an end by force gives the terminal back as far as that goes.
pub(super) fn signals() -> Result<Signals> {
    Ok(Signals::listen(JobControl::Messages)?)
}

/// Shows a source until the end.
pub(super) fn show(matches: &ArgMatches, source: &mut dyn Source, signals: &Signals) -> Result<Exit> {
    let theme = theme(matches);
    signals.at_end(TerminalBack);
    match app::run(source, &theme, signals) {
        Ok(Ended::Quit) => Ok(Exit::DONE),
        Ok(Ended::Signal(signal)) => Ok(Exit::signal(signal)),
        Err(ScreenError::Gone { source }) => {
            tracing::error!(%source, "the terminal went away");
            Ok(Exit::signal(crate::signals::Signal::Hangup))
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives the terminal back when the screen's thread cannot.
struct TerminalBack;

impl Farewell for TerminalBack {
    fn stop(&mut self) {}

    fn end_now(&mut self) {
        terminal::abandon();
    }
}

/// What the flags and the terminal allow.
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
        "dark" => Background::Dark,
        "light" => Background::Light,
        _ => Background::detect(),
    };
    let glyphs = if matches.get_flag("ascii") { Glyphs::Ascii } else { Glyphs::detect() };
    Theme::new(colours, glyphs, background)
}
