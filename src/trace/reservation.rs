//! A log folder, claimed before training starts, so that the user learns of a problem before the first step.
//!
//! No existing file is changed until the run begins.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::location::FILE_NAME;
use super::log_error::{Difference, LogError};
use super::reader::{first, open_file};
use super::run_file::{RUN_FILE, RunFile};
use super::status::TraceStatus;
use super::writer::Writer;
use super::{checksum, lines, parser};
use crate::event::RunHeader;

/// How an existing trace is handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnExisting {
    /// Keep it and report an error.
    #[default]
    Refuse,
    /// Write the new run after it, after cutting off its torn tail.
    Append,
    /// Replace it.
    Force,
}

/// The claim on a folder.
#[derive(Debug)]
pub struct Reservation {
    folder: PathBuf,
    file: File,
    existing: Option<Existing>,
    status: Arc<TraceStatus>,
}

/// The trace to which the run will be appended.
#[derive(Debug)]
struct Existing {
    header: Arc<RunHeader>,
    /// Bytes up to the end of its last good line.
    whole: u64,
}

impl Reservation {
    /// Creates the folder if needed and locks the trace in it against other writers.
    ///
    /// # Errors
    /// Fails when the folder cannot be used, or holds a trace that `on_existing` protects.
    pub(crate) fn open(folder: &Path, on_existing: OnExisting) -> Result<Self, LogError> {
        let owned = || folder.to_owned();
        if folder.exists() && !folder.is_dir() {
            return Err(LogError::NotAFolder { path: owned() });
        }
        fs::create_dir_all(folder).map_err(|source| LogError::CreateFolder { path: owned(), source })?;
        let path = folder.join(FILE_NAME);
        let failed = |source| LogError::Write { path: path.clone(), source };
        let file = Self::claim(folder, &path)?;
        let empty = file.metadata().map_err(failed)?.len() == 0;
        let existing = match on_existing {
            OnExisting::Refuse if !empty => return Err(LogError::Exists { path: owned() }),
            OnExisting::Refuse if folder.join(RUN_FILE).exists() => {
                // The file was created just now, or it was empty.
                let _ = fs::remove_file(&path);
                return Err(LogError::Foreign { path: folder.join(RUN_FILE) });
            }
            OnExisting::Append if !empty => Some(existing(&path)?),
            OnExisting::Refuse | OnExisting::Append | OnExisting::Force => None,
        };
        Ok(Self { folder: owned(), file, existing, status: Arc::default() })
    }

    /// The trace's file, locked against other writers.
    pub(super) fn claim(folder: &Path, path: &Path) -> Result<File, LogError> {
        let failed = |source| LogError::Write { path: path.to_owned(), source };
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        // File systems without locks are trusted.
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(LogError::InUse { path: folder.to_owned() }),
            _ => Ok(file),
        }
    }

    /// The claim on a folder with a file that is already complete.
    pub(super) fn of(folder: &Path, file: File) -> Self {
        Self { folder: folder.to_owned(), file, existing: None, status: Arc::default() }
    }

    /// The status of the writing.
    #[must_use]
    pub fn status(&self) -> Arc<TraceStatus> {
        Arc::clone(&self.status)
    }

    /// Writes the header and `run.json`, and returns the writer of everything else.
    ///
    /// # Errors
    /// Fails when the run is appended to one with other lanes, layers or quantities, or the files cannot be written.
    pub(crate) fn begin(self, header: &Arc<RunHeader>) -> Result<Writer, LogError> {
        let whole = match &self.existing {
            Some(existing) => {
                same_rows(&existing.header, header)
                    .map_err(|difference| LogError::Different { path: self.folder.clone(), difference })?;
                existing.whole
            }
            None => 0,
        };
        let path = self.folder.join(FILE_NAME);
        let failed = |source| LogError::Write { path: path.clone(), source };
        let run_file = self.cut(header, whole)?;
        let mut writer = Writer::new(self.file, &header.quantities, whole, self.status).with_run_file(run_file);
        writer.begin(header).map_err(failed)?;
        Ok(writer)
    }

    /// Writes `run.json` and empties the trace, for a run whose header and first steps are copied from elsewhere.
    pub(super) fn emptied(&self, header: &Arc<RunHeader>) -> Result<PathBuf, LogError> {
        self.cut(header, 0)?;
        Ok(self.folder.join(FILE_NAME))
    }

    /// The trace's file.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Writes `run.json`, and returns a writer that continues after the existing lines.
    pub(super) fn go_on(self, header: &Arc<RunHeader>) -> Result<Writer, LogError> {
        let path = self.folder.join(FILE_NAME);
        let whole = self.file.metadata().map_err(|source| LogError::Write { path, source })?.len();
        let run_file = RunFile::new(&self.folder, header);
        run_file.write(None)?;
        Ok(Writer::new(self.file, &header.quantities, whole, self.status).with_run_file(run_file))
    }

    /// Cuts the trace after its first `whole` bytes.
    fn cut(&self, header: &Arc<RunHeader>, whole: u64) -> Result<RunFile, LogError> {
        // Operations that may find the disk full come first, then those that cannot be undone.
        let run_file = RunFile::new(&self.folder, header);
        run_file.write(None)?;
        let cut = self.file.set_len(whole);
        cut.map_err(|source| LogError::Write { path: self.folder.join(FILE_NAME), source })?;
        Ok(run_file)
    }
}

impl Writer {
    /// Claims the folder and begins the run at once.
    ///
    /// # Errors
    /// Fails as `Reservation::open` and `Reservation::begin` do.
    pub fn create(folder: &Path, header: &Arc<RunHeader>, on_existing: OnExisting) -> Result<Self, LogError> {
        Reservation::open(folder, on_existing)?.begin(header)
    }
}

/// Reads the header and finds the end of the last good line. Costs one pass over the file.
fn existing(path: &Path) -> Result<Existing, LogError> {
    let failed = |source| LogError::Write { path: path.to_owned(), source };
    let mut lines = lines::Lines::new(open_file(path)?, 0, 0);
    let header = first(&mut lines, &mut parser::Parser::new(path))?;
    let mut whole = lines.whole();
    while let Some(line) = lines.next().map_err(failed)? {
        let good = matches!(line, lines::Line::Whole(line) if checksum::check(line).is_some());
        if good {
            whole = lines.whole();
        }
    }
    Ok(Existing { header, whole })
}

/// Whether arrays of both runs have the same meaning.
fn same_rows(there: &RunHeader, here: &RunHeader) -> Result<(), Difference> {
    same_stacks(there, here)?;
    if there.quantities == here.quantities { Ok(()) } else { Err(Difference::Quantities) }
}

/// Whether both runs have the same lanes with the same layers.
pub(super) fn same_stacks(there: &RunHeader, here: &RunHeader) -> Result<(), Difference> {
    if there.lanes.len() != here.lanes.len() {
        return Err(Difference::Lanes { there: there.lanes.len(), here: here.lanes.len() });
    }
    for (old, new) in there.lanes.iter().zip(&here.lanes) {
        if old.name != new.name {
            return Err(Difference::Name { there: old.name.clone(), here: new.name.clone() });
        }
        if old.layers != new.layers {
            return Err(Difference::Layers { lane: new.name.clone() });
        }
    }
    Ok(())
}

/// A folder inside `folder` for a restarted run: the first of `folder/2`, `folder/3` … that does not exist.
#[must_use]
pub fn restart_folder(folder: &Path) -> PathBuf {
    let mut number = 2_u64;
    loop {
        let candidate = folder.join(number.to_string());
        if !candidate.exists() {
            return candidate;
        }
        number += 1;
    }
}
