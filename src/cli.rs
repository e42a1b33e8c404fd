//! The command line: one file per subcommand; the flags of a run are made from the table of settings.
//!
//! ```
//! use std::ffi::OsString;
//!
//! use nablatop::cli;
//!
//! let arguments = ["nablatop", "explain", "grad_norm"].map(OsString::from);
//! let exit = cli::main(arguments).expect("a quantity that it knows");
//! assert_eq!(exit, cli::Exit::DONE);
//! ```

mod arguments;
mod check;
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
mod messages;
mod output;
#[cfg(feature = "lab")]
mod progress;
#[cfg(feature = "lab")]
mod refusal;

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
#[cfg(feature = "lab")]
mod screen;
#[cfg(feature = "tui")]
mod show;
mod standard_input;
mod standard_output;
#[cfg(feature = "tui")]
mod view;
#[cfg(feature = "lab")]
mod waiting;

use std::ffi::OsString;

use clap::ArgMatches;
use color_eyre::eyre::Result;

pub use exit::Exit;
pub use messages::complain;

use messages::say;
use standard_output::printed;

/// Parses the arguments and runs the subcommand.
///
/// # Errors
/// Any failure of the subcommand, worded for the user; [`Exit::of`] gives its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Result<Exit> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Before anything is written.
    let _ = crate::signals::limits_are_errors();
    let matches = match arguments::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(mut error) => {
            arguments::name_variable(&mut error, &arguments);
            arguments::name_order(&mut error);
            // Help and version are "errors" of clap that go to standard output with code 0.
            let code = u8::try_from(error.exit_code()).unwrap_or(1);
            if error.use_stderr() {
                // The error contains what was typed, or what the environment contains.
                say(error.to_string().trim_end());
            } else {
                printed(error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout())))?;
            }
            return Ok(Exit::code(code));
        }
    };
    match matches.subcommand() {
        Some(("view", matches)) => view(matches),
        Some(("export", matches)) => export::export(matches),
        Some(("check", matches)) => check::check(matches),
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
    missing("download", "build one with `--no-default-features --features download`, which is quick")
}

#[cfg(not(all(feature = "lab", feature = "tui", feature = "download")))]
fn missing(feature: &str, therefore: &str) -> Result<Exit> {
    Err(exit::Usage(format!("this nablatop was built without the feature '{feature}': {therefore}")).into())
}
