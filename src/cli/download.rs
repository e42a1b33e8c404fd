//! `nablatop download`: fetches a published data set with burn-dataset, which shows the progress, into the user's cache
//! folder, and prints how to train on it.

use std::io;
use std::panic;
use std::path::{Path, PathBuf};

use burn_dataset::Dataset;
use burn_dataset::vision::{CifarDataset, CifarType, MnistDataset};
use clap::ArgMatches;
use color_eyre::eyre::{Result, eyre};
use thiserror::Error;

use super::exit::Exit;
use super::messages::note;
use super::standard_output::print;
use crate::number;

/// A data set that burn-dataset offers.
struct Offered {
    /// Its name in `--data`, and the name of its folder.
    word: &'static str,
    /// Pictures of the training and of the held-out part.
    pictures: [usize; 2],
    /// Downloads the files that are missing and counts the pictures that are there; panics if either fails.
    fetch: fn() -> [usize; 2],
}

const OFFERED: [Offered; 3] = [
    Offered {
        word: "mnist",
        pictures: [60_000, 10_000],
        fetch: || [MnistDataset::train().len(), MnistDataset::test().len()],
    },
    Offered { word: "cifar10", pictures: [50_000, 10_000], fetch: || cifar(CifarType::Cifar10) },
    Offered { word: "cifar100", pictures: [50_000, 10_000], fetch: || cifar(CifarType::Cifar100) },
];

fn cifar(set: CifarType) -> [usize; 2] {
    let set = CifarDataset::new(set);
    [set.train().len(), set.test().len()]
}

/// A data set that could not be fetched.
#[derive(Debug, Error)]
enum DownloadError {
    #[error(
        "cannot download {word}: {reason}. Is there a network? If you have the files, --data {word}:DIR reads them from any \
         folder{remains}"
    )]
    Failed { word: &'static str, reason: String, remains: String },
    #[error("{} holds {} of {} pictures of {word}: remove the folder and download it again", folder.display(), number::count(*found as u64), number::count(*expected as u64))]
    Incomplete { word: &'static str, folder: PathBuf, found: usize, expected: usize },
}

/// Fetches the data set that the user named.
pub(super) fn download(matches: &ArgMatches) -> Result<Exit> {
    let word = matches.get_one::<String>("set").map_or("", String::as_str);
    let Some(set) = OFFERED.iter().find(|set| set.word == word) else {
        return Err(eyre!("'{word}' is not offered"));
    };
    // burn-dataset stores it here.
    let cache = dirs::cache_dir().ok_or_else(|| eyre!("the cache folder is unknown: set XDG_CACHE_HOME or HOME"))?;
    let folder = cache.join("burn-dataset").join(set.word);
    note(&format!("downloading {} into {}", set.word, folder.display()));
    let found = caught(set.fetch).map_err(|reason| {
        let remains = if holds_files(&folder) {
            format!("; if {} is not complete, remove it and download again", folder.display())
        } else {
            String::new()
        };
        DownloadError::Failed { word: set.word, reason, remains }
    })?;
    let ([found, expected], word) = ([found, set.pictures].map(|parts| parts.iter().sum()), set.word);
    if found < expected {
        return Err(DownloadError::Incomplete { word, folder, found, expected }.into());
    }
    print(format!("nablatop --data {}\n", quoted(&format!("{word}:{}", folder.display()))).as_bytes())?;
    Ok(Exit::DONE)
}

/// Runs a function that panics when it fails; the error says in words what went wrong.
fn caught<T>(fetch: fn() -> T) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(fetch);
    panic::set_hook(hook);
    result.map_err(|payload| {
        let said = payload.downcast_ref::<String>().map(String::as_str);
        reason(said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it panicked")).to_owned()
    })
}

/// The useful part of an error that was worded for programmers: the innermost quoted text, if there is any.
fn reason(said: &str) -> &str {
    let innermost = said.split('"').skip(1).step_by(2).last();
    innermost.filter(|words| words.contains(' ')).unwrap_or(said)
}

/// A word quoted for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/:._-+@%=".contains(letter);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Whether there is a file in a folder, at any depth.
fn holds_files(folder: &Path) -> bool {
    let look = || -> io::Result<bool> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.is_dir() || holds_files(&path) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    look().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_words_are_the_reason() {
        let said = r#"called `Result::unwrap()` on an `Err` value: Error { url: "https://a.b/c", source: Connect(Os {
            code: 111, message: "Connection refused" }) }"#;
        assert_eq!(reason(said), "Connection refused");
        assert_eq!(
            reason(r#"Error { url: "https://a.b/c", source: TimedOut }"#),
            r#"Error { url: "https://a.b/c", source: TimedOut }"#
        );
        assert_eq!(reason("no words in quotes"), "no words in quotes");
    }

    #[test]
    fn a_word_with_spaces_or_quotes_is_quoted() {
        assert_eq!(quoted("mnist:/a/b-1.c"), "mnist:/a/b-1.c");
        assert_eq!(quoted("mnist:/it's a/b"), r"'mnist:/it'\''s a/b'");
    }
}
