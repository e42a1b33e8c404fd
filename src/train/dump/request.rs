//! The user's request for a dump: `STEP:FILE`.

use std::fmt;
use std::fs;
use std::path::{MAIN_SEPARATOR, PathBuf};
use std::str::FromStr;

use crate::text;
use crate::units::Step;

/// A step and the file for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The step; the first is 1.
    pub(crate) step: Step,
    /// The file, as it was written.
    pub(crate) path: PathBuf,
}

impl Dump {
    /// The same step of a restarted run, given its number: `first-2.safetensors` beside `first.safetensors`, with the
    /// next free number. A device or a pipe, in which nothing can be overwritten, stays.
    #[must_use]
    pub fn for_run(&self, run: u64) -> Self {
        let is_file = fs::metadata(&self.path).map_or(true, |there| there.is_file());
        if !is_file {
            return self.clone();
        }
        let mut number = run;
        while self.numbered(number).exists() {
            number += 1;
        }
        Self { step: self.step, path: self.numbered(number) }
    }

    fn numbered(&self, number: u64) -> PathBuf {
        let mut name = self.path.file_stem().unwrap_or_default().to_owned();
        name.push(format!("-{number}"));
        if let Some(extension) = self.path.extension() {
            name.push(".");
            name.push(extension);
        }
        self.path.with_file_name(name)
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.step.0, text::path(&self.path))
    }
}

impl FromStr for Dump {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, String> {
        let example = "write STEP:FILE, such as 1:first.safetensors";
        let Some((step, path)) = words.split_once(':') else {
            return Err(format!("'{words}' does not name a step and a file: {example}"));
        };
        let step = match step.trim().parse() {
            Ok(0) => return Err(format!("'{words}': steps count from 1: {example}")),
            Ok(step) => Step(step),
            Err(_) => return Err(format!("'{words}': '{step}' is not a whole number from 1: {example}")),
        };
        if path.is_empty() || path.ends_with(MAIN_SEPARATOR) {
            return Err(format!("'{words}' does not name a file: {example}"));
        }
        Ok(Self { step, path: PathBuf::from(path) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restarted_run_has_a_name_of_its_own_beside_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let anew = |name: &str, run| {
            let dump = Dump { step: Step(1), path: folder.path().join(name) }.for_run(run);
            dump.path.file_name().map(|name| name.to_string_lossy().into_owned())
        };
        assert_eq!(anew("a.b.safetensors", 2).as_deref(), Some("a.b-2.safetensors"));
        assert_eq!(anew("step", 3).as_deref(), Some("step-3"));
        fs::write(folder.path().join("step-3"), "another's").expect("written");
        assert_eq!(anew("step", 3).as_deref(), Some("step-4"));
        let device = Dump { step: Step(1), path: "/dev/null".into() };
        assert_eq!(device.for_run(2), device);
    }

    #[test]
    fn a_step_and_a_file_are_written_with_a_colon() {
        let dump: Dump = "12:runs/a:b.safetensors".parse().expect("good");
        assert_eq!(dump, Dump { step: Step(12), path: PathBuf::from("runs/a:b.safetensors") });
        assert_eq!(dump.to_string(), "12:runs/a:b.safetensors");
        for (words, problem) in [
            ("x.safetensors", "does not name a step and a file"),
            ("0:x", "steps count from 1"),
            ("-1:x", "'-1' is not a whole number from 1"),
            ("1:", "does not name a file"),
            ("1:folder/", "does not name a file"),
        ] {
            let refusal = words.parse::<Dump>().unwrap_err();
            assert!(refusal.contains(problem) && refusal.ends_with("write STEP:FILE, such as 1:first.safetensors"));
        }
    }
}
