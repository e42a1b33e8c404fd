//! From the flags of the screen to a screen.

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::Exit;
use crate::signals::{JobControl, Signals};
use crate::tui::app::{self, Ended};
use crate::tui::source::Source;
use crate::tui::terminal::ScreenError;
use crate::tui::theme::{Background, Colours, Glyphs, Theme};

/// Shows a source until the end.
pub(super) fn show(matches: &ArgMatches, source: &mut dyn Source) -> Result<Exit> {
    let theme = theme(matches);
    let signals = Signals::listen(JobControl::Messages)?;
    match app::run(source, &theme, &signals) {
        Ok(Ended::Quit) => Ok(Exit::DONE),
        Ok(Ended::Signal(signal)) => Ok(Exit::signal(signal)),
        Err(ScreenError::Gone { source }) => {
            tracing::error!(%source, "the terminal went away");
            Ok(Exit::signal(crate::signals::Signal::Hangup))
        }
        Err(error) => Err(error.into()),
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
