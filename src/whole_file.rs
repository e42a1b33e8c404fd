//! A file that appears whole or not at all: it is written under a hidden name beside its own and takes its name when it
//! is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// It is replaced.
    Replace,
}

/// Why a file cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is there already.
    #[error("{} is there already: write --force to replace it", .0.display())]
    There(PathBuf),
    /// The system refuses.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A file being written. Dropped before [`WholeFile::finish`], it leaves nothing behind.
pub(crate) struct WholeFile {
    path: PathBuf,
    existing: Existing,
    out: BufWriter<File>,
    /// Where it is written; `None` for a device or a pipe, in which nothing can be lost.
    beside: Option<PathBuf>,
}

impl WholeFile {
    /// Begins a file.
    ///
    /// # Errors
    /// When it is there already and must be kept, or cannot be created.
    pub(crate) fn create(path: &Path, existing: Existing) -> Result<Self, FileError> {
        let refused = |source| FileError::Unwritable { path: path.to_owned(), source };
        let there = fs::metadata(path).ok();
        let (file, beside) = if there.as_ref().is_some_and(|there| !there.is_file()) {
            (OpenOptions::new().write(true).open(path).map_err(refused)?, None)
        } else if there.is_some() && existing == Existing::Keep {
            return Err(FileError::There(path.to_owned()));
        } else {
            let beside = beside(path);
            (File::create_new(&beside).map_err(refused)?, Some(beside))
        };
        Ok(Self { path: path.to_owned(), existing, out: BufWriter::new(file), beside })
    }

    /// Gives the complete file its name.
    ///
    /// # Errors
    /// When the rest of it cannot be written, or another file has taken its name meanwhile and must be kept.
    pub(crate) fn finish(mut self) -> Result<(), FileError> {
        let refused = |source| FileError::Unwritable { path: self.path.clone(), source };
        self.out.flush().map_err(refused)?;
        let Some(beside) = &self.beside else { return Ok(()) };
        if self.existing == Existing::Keep && self.path.exists() {
            return Err(FileError::There(self.path.clone()));
        }
        fs::rename(beside, &self.path).map_err(refused)?;
        self.beside = None;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // It is of no use to anybody; should it stay, it is in nobody's way.
            let _ = fs::remove_file(beside);
        }
    }
}

/// A name in the same folder, so that renaming is one step.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let mut file = WholeFile::create(&path, Existing::Keep).expect("begun");
        file.write_all(b"half").expect("written");
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 0);
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let file = WholeFile::create(&path, Existing::Keep).expect("begun");
        fs::write(&path, "another's").expect("written");
        assert!(matches!(file.finish(), Err(FileError::There(_))));
        assert_eq!(fs::read_to_string(&path).expect("read"), "another's");
        let mut file = WholeFile::create(&path, Existing::Replace).expect("begun");
        file.write_all(b"mine").expect("written");
        file.finish().expect("finished");
        assert_eq!(fs::read_to_string(&path).expect("read"), "mine");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1);
    }
}
