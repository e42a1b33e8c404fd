//! A file of the program's own with a name of its own, such as `run.json.new`, which is always created.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Creates a new file: an existing one (a leftover, or a planted link) is removed and never followed.
///
/// # Errors
/// Fails when the existing file cannot be removed or the new one cannot be created.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The file is opened for appending: a trace continues at its end after it was cut.
    OpenOptions::new().append(true).create_new(true).open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_planted_link_is_replaced_and_never_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (victim, planted) = (folder.path().join("victim"), folder.path().join("run.json.new"));
        fs::write(&victim, "precious").expect("written");
        std::os::unix::fs::symlink(&victim, &planted).expect("planted");
        create_new(&planted).expect("created").write_all(b"mine").expect("written");
        assert_eq!(fs::read_to_string(&victim).expect("read"), "precious");
        assert_eq!(fs::read_to_string(&planted).expect("read"), "mine");
        assert!(!fs::symlink_metadata(&planted).expect("there").is_symlink());
    }
}
