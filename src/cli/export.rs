//! `nablatop export`: a trace as a table or a picture.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use color_eyre::eyre::{Context, Result, eyre};

use super::exit::Exit;
use super::exit::Usage;
use super::messages::note;
use super::output::{self, Existing, UNWRITTEN};
use super::standard_input;
use crate::event::Event;
use crate::quantity::Quantity;
use crate::report::csv::Rows;
use crate::report::{self, Size, csv};
use crate::text;
use crate::trace::{self, Trace};

/// The formats of an export, which are also the extensions of such files.
pub(super) const FORMATS: [&str; 3] = ["csv", "svg", "png"];

/// Reads the trace to its end and writes it in another form.
pub(super) fn export(matches: &ArgMatches) -> Result<Exit> {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let path = matches.get_one::<PathBuf>("trace").map_or(Path::new("."), PathBuf::as_path);
    let output = matches.get_one::<PathBuf>("output");
    let format = word("to");
    if format == "png" && output.is_none() && io::stdout().is_terminal() {
        return Err(Usage("a terminal cannot show this picture: write -o FILE.png".to_owned()).into());
    }
    refuse_name(output, format)?;
    let is_piped = standard_input::is_meant(path);
    let mut trace = if is_piped { standard_input::read_last()? } else { trace::read_last(path)? };
    let existing = if matches.get_flag("force") { Existing::Replace } else { Existing::Keep };
    let target = output.map(PathBuf::as_path);
    if !is_piped {
        refuse_itself(target, &trace.path())?;
    }
    let asked = matches.get_one::<String>("quantity").and_then(|name| rows(name));
    if let Some(asked) = asked {
        refuse_missing(asked, format, &trace)?;
    }
    let mut found = Found::default();
    let result = if format == "csv" {
        let rows = asked.unwrap_or(Rows::All);
        output::write(target, existing, |out| {
            let events = trace.by_ref().inspect(|event| found.steps += u64::from(matches!(event, Ok(Event::Step(_)))));
            found.rows = csv::write(events, rows, out)?;
            Ok(())
        })
    } else {
        // The output is opened only when there is something to write.
        let quantity = if let Some(Rows::Of(quantity)) = asked { quantity } else { first_of(&trace) };
        picture(&mut trace, quantity, format, &mut found)
            .and_then(|bytes| output::write(target, existing, |out| out.write_all(&bytes).context(UNWRITTEN)))
    };
    if result.is_ok() {
        say_what_is_missing(&trace, found, word("quantity"));
    }
    if trace.earlier_runs() > 0 {
        let runs = trace.earlier_runs() + 1;
        note(&format!(
            "the last of {runs} runs is exported, and the earlier ones are left out: nablatop view plays all of them"
        ));
    }
    for warning in trace.warnings().sentences() {
        note(&warning);
    }
    match result {
        Err(error) if is_broken_pipe(&error) => Ok(Exit::DONE),
        Err(error) => Err(error),
        Ok(()) => Ok(Exit::DONE),
    }
}

/// What was found in the trace.
#[derive(Clone, Copy, Default)]
struct Found {
    /// Steps of all lanes.
    steps: u64,
    /// Rows of a table, or as many steps of a picture.
    rows: u64,
}

/// Reports that nothing, or nothing of the requested quantity, was found.
fn say_what_is_missing(trace: &Trace, found: Found, asked: &str) {
    let path = text::path(&trace.path());
    if found.steps == 0 {
        note(&format!("{path} has no step: the run has not finished its first step, or it ended before"));
    } else if found.rows == 0 {
        note(&format!("{path} has no {asked}: nablatop explain {asked} says when it is absent"));
    }
}

fn picture(trace: &mut Trace, quantity: Quantity, format: &str, found: &mut Found) -> Result<Vec<u8>> {
    let history = report::load(trace)?;
    let steps = history.lanes().iter().filter(|lane| lane.latest().is_some()).count() as u64;
    *found = Found { steps, rows: steps };
    let size = Size::for_lanes(history.lanes().len());
    let histories = [&history];
    if format == "svg" {
        Ok(report::svg(&histories, quantity, size)?.into_bytes())
    } else {
        Ok(report::png(&histories, quantity, size)?)
    }
}

/// The exported rows of this name.
fn rows(name: &str) -> Option<Rows> {
    Quantity::named(name).map(Rows::Of).or_else(|| csv::names().find(|known| *known == name).map(Rows::Named))
}

/// Refuses a quantity that the trace does not hold, and a picture of a value that has no layers.
fn refuse_missing(asked: Rows, format: &str, trace: &Trace) -> Result<()> {
    let there = &trace.header().quantities;
    let names = || there.iter().map(|quantity| quantity.name()).collect::<Vec<_>>().join(", ");
    match asked {
        Rows::Of(quantity) if !there.contains(&quantity) => {
            let path = text::path(&trace.path());
            Err(eyre!("{path} has no {}: give --quantity one of {}", quantity.name(), names()))
        }
        Rows::Named(name) if format != "csv" => Err(Usage(format!(
            "{name} has one value per step, but a picture shows one per layer: write --to csv, or --quantity one of {}",
            names()
        ))
        .into()),
        _ => Ok(()),
    }
}

/// The quantity that heatmaps show by default, if the trace has it; otherwise the first that it has.
fn first_of(trace: &Trace) -> Quantity {
    let there = &trace.header().quantities;
    let usual = Quantity::default();
    if there.contains(&usual) { usual } else { there.first().copied().unwrap_or(usual) }
}

/// Refuses a file name whose extension contradicts the format.
fn refuse_name(output: Option<&PathBuf>, format: &str) -> Result<()> {
    let named = output.and_then(|path| path.extension()).map(|extension| extension.to_string_lossy().to_lowercase());
    match (named, output) {
        (Some(named), Some(path)) if named != format && FORMATS.contains(&named.as_str()) => {
            let path = path.display();
            Err(Usage(format!("{path} has the name of another format: write --to {named}, or -o FILE.{format}")).into())
        }
        _ => Ok(()),
    }
}

fn refuse_itself(target: Option<&Path>, trace: &Path) -> Result<()> {
    let whole = |path: &Path| path.canonicalize().ok();
    match target {
        Some(path) if whole(path).is_some_and(|target| whole(trace) == Some(target)) => {
            Err(eyre!("{} is the trace itself: give -o another file", path.display()))
        }
        _ => Ok(()),
    }
}

/// Whether the reader of the output has closed it (`| head`), which is not an error.
fn is_broken_pipe(error: &color_eyre::eyre::Report) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
