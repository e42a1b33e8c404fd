//! Opens and reads only regular files. A pipe without a writer, a device and a kernel log never answer or never end,
//! and a sparse file is long although it takes no space: every reader states how much it accepts.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why a pipe, socket or device is refused.
const NOT_REGULAR: &str = "it is a pipe, a socket or a device, and only regular files are read";

/// Opens a file for reading. A folder is opened too: its reader reports that it is a folder.
///
/// # Errors
/// Fails when there is no such file, it is neither a regular file nor a folder, or the system refuses.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, NOT_REGULAR));
    }
    let mut options = OpenOptions::new();
    options.read(true);
    never_waiting(&mut options);
    options.open(path)
}

/// The whole content of a file of at most `most` bytes, in no more memory than that, whatever the file is.
///
/// # Errors
/// Fails as [`open`] does, and when the file is longer.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {}", size(most)));
    if file.metadata()?.len() > most {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_long()) } else { Ok(bytes) }
}

/// A limit in words: `64 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Some kernel files look regular and make their reader wait; with this option they answer with an error instead.
#[cfg(unix)]
fn never_waiting(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    /// `O_NONBLOCK`.
    const NO_WAIT: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 4 };
    options.custom_flags(NO_WAIT);
}

#[cfg(not(unix))]
fn never_waiting(_: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_not_opened_and_a_sparse_file_is_refused_by_its_length() {
        assert_eq!(open(Path::new("/dev/zero")).unwrap_err().to_string(), NOT_REGULAR);
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(1 << 40).unwrap();
        assert_eq!(read(file.path(), 64 << 20).unwrap_err().to_string(), "it is longer than 64 MiB");
        file.as_file().set_len(3).unwrap();
        assert_eq!(read(file.path(), 3).unwrap(), [0; 3]);
    }

    #[test]
    fn a_pipe_without_a_writer_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(read(&pipe, 10).unwrap_err().to_string(), NOT_REGULAR);
    }
}
