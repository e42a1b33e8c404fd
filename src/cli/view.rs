//! `gradtop view`: traces on the screen.

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::Exit;

/// Replays, follows, compares.
#[cfg(feature = "tui")]
pub(super) fn view(matches: &ArgMatches) -> Result<Exit> {
    use std::io::{self, IsTerminal};
    use std::path::PathBuf;

    use super::diagnostics::Diagnostics;
    use super::exit::Usage;
    use super::screen;
    use crate::tui::source::traces::TraceSource;

    if !io::stdout().is_terminal() {
        let advice = "view needs a terminal: for a table or a picture write gradtop export TRACE --to csv|svg|png";
        return Err(Usage(advice.to_owned()).into());
    }
    let paths: Vec<PathBuf> = matches.get_many::<PathBuf>("trace").into_iter().flatten().cloned().collect();
    let mut source = TraceSource::open(&paths)?;
    Diagnostics::of(matches)?.start(None)?;
    screen::show(matches, &mut source)
}

/// There is no screen in this build.
#[cfg(not(feature = "tui"))]
pub(super) fn view(_: &ArgMatches) -> Result<Exit> {
    Err(super::exit::Usage("this gradtop was built without the feature 'tui': it has no screen".to_owned()).into())
}
