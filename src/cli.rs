//! The command line: one file per subcommand; the flags of a run are made from the table of settings.

mod arguments;
mod columns;
mod diagnostics;
#[cfg(feature = "download")]
mod download;
#[cfg(feature = "lab")]
mod dumping;
#[cfg(feature = "lab")]
mod earlier_events;
#[cfg(feature = "lab")]
mod ending;
mod exit;
mod explain;
mod export;
mod manual;
mod output;
#[cfg(feature = "lab")]
mod progress;

#[cfg(feature = "lab")]
mod headless;
#[cfg(all(feature = "lab", feature = "tui"))]
mod live;
#[cfg(feature = "lab")]
mod logging;
#[cfg(feature = "lab")]
mod run;
#[cfg(feature = "lab")]
mod saving;
#[cfg(feature = "tui")]
mod show;
mod standard_input;
#[cfg(feature = "tui")]
mod view;
#[cfg(feature = "lab")]
mod waiting;

use std::ffi::OsString;

use clap::ArgMatches;
use color_eyre::eyre::{Report, Result};

pub use exit::Exit;

use crate::text;
use manual::print;

/// Parses the arguments and does what they say.
///
/// # Errors
/// Whatever went wrong, worded for a person; [`Exit::of`] knows its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Result<Exit> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Before anything is written.
    let _ = crate::signals::limits_are_errors();
    let matches = match arguments::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(mut error) => {
            arguments::name_variable(&mut error, &arguments);
            // Help and version are "errors" of clap that go to standard output with code 0.
            let code = u8::try_from(error.exit_code()).unwrap_or(1);
            if error.use_stderr() {
                // It holds what was typed, or what stands in the environment.
                say(error.to_string().trim_end());
            } else {
                manual::printed(error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout())))?;
            }
            return Ok(Exit::code(code));
        }
    };
    match matches.subcommand() {
        Some(("view", matches)) => view(matches),
        Some(("export", matches)) => export::export(matches),
        Some(("explain", matches)) => explain::explain(matches),
        Some(("download", matches)) => download(matches),
        Some(("completions", matches)) => manual::completions(matches),
        Some(("man", _)) => manual::man(),
        Some(("run", matches)) => run(matches),
        _ => run(&matches),
    }
}

#[cfg(feature = "lab")]
fn run(matches: &ArgMatches) -> Result<Exit> {
    run::run(matches)
}

#[cfg(not(feature = "lab"))]
fn run(_: &ArgMatches) -> Result<Exit> {
    missing("lab", "it reads traces but trains nothing")
}

#[cfg(feature = "tui")]
fn view(matches: &ArgMatches) -> Result<Exit> {
    view::view(matches)
}

#[cfg(not(feature = "tui"))]
fn view(_: &ArgMatches) -> Result<Exit> {
    missing("tui", "it has no screen")
}

#[cfg(feature = "download")]
fn download(matches: &ArgMatches) -> Result<Exit> {
    download::download(matches)
}

#[cfg(not(feature = "download"))]
fn download(_: &ArgMatches) -> Result<Exit> {
    missing("download", "build one that has it, with `--no-default-features --features download`, which is quick")
}

/// A live run on the screen.
#[cfg(all(feature = "lab", feature = "tui"))]
fn screen(
    matches: &ArgMatches,
    prepared: crate::train::Prepared,
    logging: logging::Logging,
    log: logging::Log,
) -> Result<Exit> {
    let signals = show::signals()?;
    let mut source = live::LiveSource::start(prepared, logging, log).map_err(run::refused)?;
    signals.at_end(source.end());
    let show::Shown { exit, mut runs } = show::show(matches, &mut source, &signals)?;
    let asked = if exit == Exit::DONE { ending::Asked::Key } else { ending::Asked::Signal };
    let mut history = runs.pop_first().map(|(_, history)| history);
    let live::Closed { dumps, saves, trace, gap } = source.close(asked, history.as_mut());
    // A key may be followed by a look at the shell; a signal may have taken the terminal away.
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

#[cfg(all(feature = "lab", not(feature = "tui")))]
fn screen(
    _: &ArgMatches,
    prepared: crate::train::Prepared,
    logging: logging::Logging,
    log: logging::Log,
) -> Result<Exit> {
    headless::run(prepared, log, logging.directory())
}

#[cfg(not(all(feature = "lab", feature = "tui", feature = "download")))]
fn missing(feature: &str, therefore: &str) -> Result<Exit> {
    Err(exit::Usage(format!("this nablatop was built without the feature '{feature}': {therefore}")).into())
}

/// Prints what went wrong and its causes, one sentence, to standard error.
pub fn complain(report: &Report) {
    let mut message = report.to_string();
    for cause in report.chain().skip(1) {
        let cause = cause.to_string();
        // Many an error's words hold those of its cause already.
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    say(&fitted(&format!("error: {message}")));
}

/// Prints a sentence for the person beside the output, to standard error.
fn note(sentence: &str) {
    say(&fitted(&format!("nablatop: {sentence}")));
}

/// Lines that the terminal of standard error need not break within a number; as they are where there is none.
fn fitted(text: &str) -> String {
    match columns::of(&std::io::stderr()) {
        Some(width) => text::wrapped_lines(text, width, 2).trim_end().to_owned(),
        None => text.to_owned(),
    }
}

/// The one way to standard error, where a missing reader is not an error.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{}", text::printable(text));
}
