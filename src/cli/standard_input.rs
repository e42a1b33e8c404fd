//! A trace on standard input, `-`. Only the last of several runs is read, and its place is known only at the end, so
//! the input is kept in a temporary file without a name. Input that does not begin like a trace is not kept: it may
//! have no end.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use color_eyre::eyre::{Result, eyre};

use super::exit::Usage;
use crate::trace::{self, Trace};

/// Its name on the command line.
pub(super) const NAME: &str = "-";
/// Its name in messages.
const WORDS: &str = "standard input";

/// Whether an argument stands for standard input.
pub(super) fn is_meant(path: &Path) -> bool {
    path == Path::new(NAME)
}

/// The last run of the trace on standard input.
pub(super) fn read_last() -> Result<Trace> {
    let file = spooled(&mut io::stdin().lock())?;
    Ok(trace::read_last_of(file, Path::new(WORDS))?)
}

fn spooled(input: &mut impl Read) -> Result<File> {
    let mut beginning = Vec::new();
    let read = input.take(trace::BEGINNING.len() as u64).read_to_end(&mut beginning);
    read.map_err(|error| eyre!("cannot read {WORDS}: {error}: write nablatop export - < trace.jsonl"))?;
    if beginning != trace::BEGINNING {
        let advice = "standard input does not begin like a trace: write nablatop export - < trace.jsonl";
        return Err(Usage(advice.to_owned()).into());
    }
    let failed = |error: io::Error| eyre!("cannot copy standard input to a temporary file: {error}");
    let mut file = nameless().map_err(failed)?;
    let kept = file.write_all(&beginning).and_then(|()| io::copy(input, &mut file));
    kept.and_then(|_| file.seek(SeekFrom::Start(0))).map_err(failed)?;
    Ok(file)
}

/// A new file that is removed when it is closed.
fn nameless() -> io::Result<File> {
    let mut number = 0_u64;
    loop {
        let path = std::env::temp_dir().join(format!("nablatop-{}-{number}", std::process::id()));
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => return made.and_then(|file| fs::remove_file(&path).map(|()| file)),
        }
    }
}
