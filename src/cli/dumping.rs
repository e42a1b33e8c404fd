//! `--dump STEP:FILE` writes everything about a step into a file.

use std::path::PathBuf;

use clap::ArgMatches;
use color_eyre::eyre::Result;

use super::exit::Usage;
use super::messages::note;
use super::refusal::refused;
use crate::config::RunConfig;
use crate::train::{self, Checkpoint, Dump, DumpError, DumpWriter, Oversize, Prepared, TrainError};
use crate::whole_file::Existing;

/// Prepares a run and the files of the steps that are to be dumped.
pub(super) fn prepare(matches: &ArgMatches, config: RunConfig, checkpoint: Option<&Checkpoint>) -> Result<Prepared> {
    let dumps = requests(matches)?;
    let is_logged =
        matches.contains_id("log") || checkpoint.is_some_and(|checkpoint| checkpoint.log_folder().is_some());
    let is_forced = matches.get_flag("force");
    let existing = if is_forced { Existing::Replace } else { Existing::Keep };
    let prepared = match train::prepare_sized(config.clone(), checkpoint, Oversize::Refused) {
        Err(TrainError::TooLarge(_)) if is_forced => train::prepare_sized(config, checkpoint, Oversize::Allowed),
        Ok(_) if is_forced && dumps.is_empty() && !is_logged => {
            return Err(Usage(
                "--force has no effect, since nothing is written: give --log DIR or --dump STEP:FILE too".to_owned(),
            )
            .into());
        }
        prepared => prepared,
    };
    let prepared = prepared.map_err(refused)?;
    make_log_folder(matches, &dumps);
    let prepared = prepared.dumping(dumps, existing).map_err(|error| match error {
        DumpError::File(_) => error.into(),
        DumpError::PastTheEnd { .. } | DumpError::BeforeTheStart { .. } | DumpError::SameFile(_) => {
            color_eyre::Report::from(Usage(error.to_string()))
        }
    })?;
    for sentence in prepared.notes() {
        note(sentence);
    }
    Ok(prepared)
}

/// Creates the trace's folder if a dump goes into it. If this fails, the code that needs the folder reports it.
fn make_log_folder(matches: &ArgMatches, dumps: &[Dump]) {
    if let Some(folder) = matches.get_one::<PathBuf>("log")
        && dumps.iter().any(|dump| dump.path.starts_with(folder))
    {
        let _ = std::fs::create_dir_all(folder);
    }
}

fn requests(matches: &ArgMatches) -> Result<Vec<Dump>, Usage> {
    let words = matches.get_many::<String>("dump").into_iter().flatten();
    words.map(|words| words.parse().map_err(|problem| Usage(format!("--dump: {problem}")))).collect()
}

/// Reports which dumps were written, after the run has ended.
pub(super) fn tell(dumps: &DumpWriter) {
    for sentence in dumps.notes() {
        note(&sentence);
    }
}
