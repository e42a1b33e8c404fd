//! What a trace is written to: a file, or in tests one that runs full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Something that grows at its end and can be cut.
pub trait Medium: Send {
    /// Appends some of the bytes and says how many.
    ///
    /// # Errors
    /// When none could be written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Cuts everything behind the first `length` bytes off.
    ///
    /// # Errors
    /// When the system refuses.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Returns when what was written would outlive a loss of power.
    ///
    /// # Errors
    /// When the system refuses.
    fn sync(&mut self) -> io::Result<()>;

    /// What became of it under this name, if it is no longer what was written there: its first `whole` bytes.
    fn fate(&self, path: &Path, whole: u64) -> Option<FileLoss>;
}

/// What became of a file that is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileLoss {
    /// Its name is gone.
    Removed,
    /// Its name is another file's.
    Replaced,
    /// It is so many bytes shorter than what was written.
    Cut(u64),
}

/// The file must be open for appending, so that it goes on at its end after a cut.
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
            // Where nothing can be learned, the next write tells.
            _ => whole.checked_sub(ours.len()).filter(|missing| *missing > 0).map(FileLoss::Cut),
        }
    }
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Other systems do not let a file go that is being written.
#[cfg(not(unix))]
fn is_same(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
