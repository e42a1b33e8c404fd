//! The program itself, in an environment that is the same everywhere.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program that was built with these tests.
pub(crate) const NABLATOP: &str = env!("CARGO_BIN_EXE_nablatop");

/// A small run that is over in no time, but for its number of steps.
pub(crate) const SMALL: [&str; 6] = ["--depth", "3", "--width", "8", "--batch", "8"];

/// Both backends, as the command line names them.
pub(crate) const BACKENDS: [&str; 2] = ["flex", "ndarray"];

/// The backend of every program that these tests start ([`super::backends`]); its own default where it is not set.
pub(crate) const BACKEND: &str = "NABLATOP_BACKEND";

/// Variables of the environment; backtraces are asked for, so that a panic would show itself.
pub(crate) fn environment() -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let backend = std::env::var(BACKEND).ok().map(|backend| (BACKEND, backend));
    [("PATH", path), ("LANG", "C.UTF-8".to_owned()), ("RUST_BACKTRACE", "1".to_owned())]
        .into_iter()
        .chain(backend)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The program in a folder of its own.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// What the program said, as text.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A file with this content; gives its name back.
    pub(crate) fn file<'a>(&self, name: &'a str, content: impl AsRef<[u8]>) -> &'a str {
        std::fs::write(self.path(name), content).unwrap();
        name
    }

    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(NABLATOP);
        command.args(arguments).current_dir(self.root()).env_clear().envs(environment());
        command.stdin(std::process::Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn say<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    /// A trace of a few steps of a small run.
    pub(crate) fn trace(&self, folder: &str) -> PathBuf {
        let said = self.say(["--headless", "--steps", "5", "--log", folder].iter().chain(&SMALL));
        assert_eq!(said.code, 0, "{said:?}");
        self.path(folder)
    }

    /// Names of everything that lies here, and how long it is: to see that nothing was touched.
    pub(crate) fn inventory(&self) -> Vec<(PathBuf, u64)> {
        let mut found = Vec::new();
        let mut open = vec![self.root().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    open.push(entry.path());
                }
                found.push((entry.path(), metadata.len()));
            }
        }
        found.sort();
        found
    }
}

impl Said {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().unwrap_or(-1);
        let said = Self { code, out: text(&output.stdout), err: text(&output.stderr) };
        for sign in ["panicked", "backtrace", "RUST_BACKTRACE", "Location:"] {
            assert!(!said.err.contains(sign) && !said.out.contains("panicked"), "{said:?}");
        }
        said
    }
}

/// Python: the one that `NUMPY_PYTHON` names, else the one that `.ci/run` puts beside the target folder, else `python3`.
///
/// # Panics
/// When it is not there, or has no NumPy: what these tests compare with is computed there, and to pass without would be
/// to prove nothing.
pub(crate) fn python() -> Command {
    let named = std::env::var_os("NUMPY_PYTHON").filter(|name| !name.is_empty());
    let beside = || {
        // target/release/deps/it
        let target = std::env::current_exe().ok()?.ancestors().nth(3)?.with_file_name("python/bin/python");
        target.exists().then(|| target.into_os_string())
    };
    let python = named.or_else(beside).unwrap_or_else(|| "python3".into());
    let output = Command::new(&python).args(["-c", "import numpy"]).output();
    assert!(
        output.is_ok_and(|output| output.status.success()),
        "{} is missing or has no NumPy, with which these tests compare: pip install numpy, or name a Python that has it \
         in NUMPY_PYTHON",
        python.display()
    );
    Command::new(python)
}
