//! `gradtop export`: a trace as a table or a picture.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use color_eyre::eyre::{Context, Result, eyre};

use super::exit::Usage;
use super::{Exit, note};
use crate::quantity::Quantity;
use crate::report::{self, Size, csv};
use crate::trace::{self, Trace};

/// What to do with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Existing {
    Keep,
    Replace,
}

/// What it means when the output cannot be written.
const UNWRITTEN: &str = "cannot write the export";

/// Reads the trace to its end and writes it in another form.
pub(super) fn export(matches: &ArgMatches) -> Result<Exit> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let path = matches.get_one::<PathBuf>("trace").map_or(Path::new("."), PathBuf::as_path);
    let output = matches.get_one::<PathBuf>("output");
    let format = text("to");
    if format == "png" && output.is_none() && io::stdout().is_terminal() {
        return Err(Usage("a picture is no text for a terminal: write -o FILE.png".to_owned()).into());
    }
    let mut trace = trace::read_last(path)?;
    let existing = if matches.get_flag("force") { Existing::Replace } else { Existing::Keep };
    let result = if format == "csv" {
        let mut out = open(output, &trace.path(), existing)?;
        csv::write(&mut trace, &mut out).map_err(Into::into).and_then(|()| out.flush().context(UNWRITTEN))
    } else {
        // Nothing is replaced before there is something to replace it with.
        let quantity = Quantity::named(text("quantity")).unwrap_or(Quantity::SignalNorm);
        picture(&mut trace, quantity, format).and_then(|bytes| {
            let mut out = open(output, &trace.path(), existing)?;
            out.write_all(&bytes).and_then(|()| out.flush()).context(UNWRITTEN)
        })
    };
    for warning in trace.warnings().sentences() {
        note(&warning);
    }
    match result {
        Err(error) if is_broken_pipe(&error) => Ok(Exit::DONE),
        Err(error) => Err(error),
        Ok(()) => Ok(Exit::DONE),
    }
}

fn picture(trace: &mut Trace, quantity: Quantity, format: &str) -> Result<Vec<u8>> {
    let history = report::load(trace)?;
    let size = Size::for_lanes(history.lanes().len());
    let histories = [&history];
    if format == "svg" {
        Ok(report::svg(&histories, quantity, size)?.into_bytes())
    } else {
        Ok(report::png(&histories, quantity, size)?)
    }
}

fn open(output: Option<&PathBuf>, trace: &Path, existing: Existing) -> Result<Box<dyn Write>> {
    let Some(path) = output else { return Ok(Box::new(BufWriter::new(io::stdout().lock()))) };
    if path.canonicalize().is_ok_and(|path| trace.canonicalize().is_ok_and(|trace| path == trace)) {
        return Err(eyre!("{} is the trace itself: give -o another file", path.display()));
    }
    let mut options = OpenOptions::new();
    match existing {
        Existing::Keep => options.write(true).create_new(true),
        Existing::Replace => options.write(true).create(true).truncate(true),
    };
    let file: File = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => eyre!("{} is there already: write --force to replace it", path.display()),
        _ => eyre!("cannot write {}: {error}: give -o another file", path.display()),
    })?;
    Ok(Box::new(BufWriter::new(file)))
}

/// A reader that has gone (`| head`) is no error.
fn is_broken_pipe(error: &color_eyre::eyre::Report) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}
