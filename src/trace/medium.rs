//! The medium of a trace: a file, or in tests one that becomes full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A medium that grows at its end and can be cut.
pub trait Medium: Send {
    /// Appends some of the bytes and returns how many.
    ///
    /// # Errors
    /// Fails when none could be written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Cuts off everything after the first `length` bytes.
    ///
    /// # Errors
    /// Fails when the system refuses.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Returns when the written bytes would survive a loss of power.
    ///
    /// # Errors
    /// Fails when the system refuses.
    fn sync(&mut self) -> io::Result<()>;

    /// The loss, if the file at this path no longer holds what was written: its first `whole` bytes.
    fn fate(&self, path: &Path, whole: u64) -> Option<FileLoss>;
}

/// How a file was lost while it was being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileLoss {
    /// Its name was removed.
    Removed,
    /// Its name belongs to another file.
    Replaced,
    /// It is this many bytes shorter than what was written.
    Cut(u64),
}

/// The file must be open for appending, so that it continues at its end after a cut.
impl Medium for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(self, bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn fate(&self, path: &Path, whole: u64) -> Option<FileLoss> {
        let ours = self.metadata().ok()?;
        match fs::metadata(path) {
            Ok(there) if !is_same(&ours, &there) => Some(FileLoss::Replaced),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(FileLoss::Removed),
            // If the state is unknown, the next write reports the problem.
            _ => whole.checked_sub(ours.len()).filter(|missing| *missing > 0).map(FileLoss::Cut),
        }
    }
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Other systems do not remove a file that is being written.
#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
