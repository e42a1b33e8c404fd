//! A file that is complete or missing: it is written under a hidden name in the same folder and gets its name when it
//! is complete.
//!
//! [`Existing`] says what becomes of a file that is already there, such as a checkpoint of the same step:
//!
//! ```
//! use nablatop::config::{LaneConfig, Length, RunConfig, Wiring};
//! use nablatop::sink::Fanout;
//! use nablatop::train::checkpoint::{Checkpoint, Owner};
//! use nablatop::whole_file::Existing;
//!
//! let folder = tempfile::tempdir()?;
//! let lanes = vec![LaneConfig { depth: 2, width: 4, ..LaneConfig::new(Wiring::Residual) }];
//! let config = RunConfig { lanes, length: Length::Steps(2), save_every: Some(2), ..RunConfig::default() };
//! let saving = nablatop::train::prepare(config)?.saving(Some(folder.path()), Owner::Another, Existing::Keep)?;
//! let _ = saving.start(Fanout::new())?.join();
//! assert_eq!(Checkpoint::open(folder.path())?.step().0, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use thiserror::Error;

/// How an existing file is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Existing {
    /// It is kept, and nothing is written.
    Keep,
    /// It is replaced.
    Replace,
}

/// Why a file cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file exists already.
    #[error("{} already exists: write --force to replace it", .0.display())]
    There(PathBuf),
    /// The system cannot write the file.
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
    out: BufWriter<Target>,
}

/// Where the bytes are written.
enum Target {
    /// A hidden file in the same folder, so that renaming is one step.
    Hidden(NamedTempFile),
    /// A device or a pipe, in which nothing can be overwritten.
    Device(File),
}

impl WholeFile {
    /// Begins a file.
    ///
    /// # Errors
    /// Fails when it exists and must be kept, or cannot be created.
    pub(crate) fn create(path: &Path, existing: Existing) -> Result<Self, FileError> {
        let refused = |source| FileError::Unwritable { path: path.to_owned(), source };
        let there = fs::metadata(path).ok();
        let target = if there.as_ref().is_some_and(|there| !there.is_file()) {
            Target::Device(OpenOptions::new().write(true).open(path).map_err(refused)?)
        } else if there.is_some() && existing == Existing::Keep {
            return Err(FileError::There(path.to_owned()));
        } else {
            Target::Hidden(hidden(path).map_err(|error| refused(without_path(&error)))?)
        };
        Ok(Self { path: path.to_owned(), existing, out: BufWriter::new(target) })
    }

    /// Gives the complete file its name, after its bytes are on the disk.
    ///
    /// # Errors
    /// Fails when the rest cannot be written, or another file has got its name and must be kept.
    pub(crate) fn finish(self) -> Result<(), FileError> {
        let Self { path, existing, out } = self;
        let refused = |source| FileError::Unwritable { path: path.clone(), source };
        let Target::Hidden(file) = out.into_inner().map_err(|error| refused(error.into_error()))? else {
            return Ok(());
        };
        file.as_file().sync_all().map_err(refused)?;
        match existing {
            // The system does this in one step: no other file can get the name between a check and a rename.
            Existing::Keep => file.persist_noclobber(&path),
            Existing::Replace => file.persist(&path),
        }
        .map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => FileError::There(path.clone()),
            _ => refused(error.error),
        })?;
        // The name also survives a loss of power; on systems that cannot sync a folder the file exists anyway.
        let _ = File::open(folder(&path)).and_then(|folder| folder.sync_all());
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

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Hidden(file) => file.write(bytes),
            Self::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Hidden(file) => file.flush(),
            Self::Device(file) => file.flush(),
        }
    }
}

/// The system's message: that of `tempfile` names the hidden file, which the user does not know.
fn without_path(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let cause = text.split_once(" at path ").map_or(text.as_str(), |(cause, _)| cause);
    io::Error::new(error.kind(), cause)
}

/// A new hidden file beside `path`, with the permissions of any new file. Its name has a length of its own: that of
/// `path` may already be as long as a name can be.
fn hidden(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".nablatop.");
    #[cfg(unix)]
    let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder(path))
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
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

    /// Between a look whether a file is there and a rename another program can write it.
    #[test]
    fn of_two_writers_of_one_name_that_race_exactly_one_wins_and_no_other_file_is_lost() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("file");
            let begun = [(); 8].map(|()| WholeFile::create(&path, Existing::Keep).expect("begun"));
            let won: Vec<bool> = std::thread::scope(|scope| {
                let finish = |file: WholeFile| scope.spawn(move || file.finish().is_ok());
                let threads = begun.map(finish);
                threads.map(|thread| thread.join().expect("no panic")).to_vec()
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_rights_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let [ours, plain] = ["ours", "plain"].map(|name| folder.path().join(name));
        WholeFile::create(&ours, Existing::Keep).expect("begun").finish().expect("finished");
        fs::write(&plain, "").expect("written");
        let mode = |path| fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_kept_and_the_longest_name_is_as_good_as_any() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("gone"), &path).expect("linked");
        let file = WholeFile::create(&path, Existing::Keep).expect("nothing is there");
        assert!(matches!(file.finish(), Err(FileError::There(_))));
        assert!(fs::symlink_metadata(&path).expect("there").is_symlink());
        let long = folder.path().join("n".repeat(255));
        WholeFile::create(&long, Existing::Keep).expect("begun").finish().expect("finished");
    }
}
