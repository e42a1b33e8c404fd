//! What a trace is written to: a file, or in tests one that runs full.

use std::fs::File;
use std::io::{self, Write};

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
}
