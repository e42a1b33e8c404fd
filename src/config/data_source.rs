//! The data set as the user names it: a word for embedded data, a word and a path for the user's own.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::spelling::not_one_of;

/// The data that a run trains on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataSource {
    /// The embedded handwritten digits.
    Digits,
    /// The user's own table.
    Csv(PathBuf),
    /// Handwritten digits: a folder with the files of MNIST.
    Mnist(PathBuf),
    /// Pieces of clothing: a folder with the files of Fashion-MNIST.
    Fashion(PathBuf),
    /// Small colour pictures in 10 classes: a folder with the binary files of CIFAR-10.
    Cifar10(PathBuf),
    /// The same in 100 classes: a folder with the binary files of CIFAR-100.
    Cifar100(PathBuf),
    /// The user's own pictures: a folder with a sub-folder per class.
    ImageFolder(PathBuf),
    /// The characters of a text, whose next character is predicted: the embedded text or the user's own.
    Text(Option<PathBuf>),
}

/// A kind of data in files: the word before the colon, the value after it, and what the file or folder must hold.
struct Kind {
    word: &'static str,
    path: &'static str,
    holds: &'static str,
    make: fn(PathBuf) -> DataSource,
}

const KINDS: &[Kind] = &[
    Kind { word: "csv", path: "FILE", holds: "numbers and a class per line", make: DataSource::Csv },
    Kind { word: "mnist", path: "DIR", holds: MNIST, make: DataSource::Mnist },
    Kind { word: "fashion", path: "DIR", holds: FASHION, make: DataSource::Fashion },
    Kind { word: "cifar10", path: "DIR", holds: CIFAR10, make: DataSource::Cifar10 },
    Kind { word: "cifar100", path: "DIR", holds: CIFAR100, make: DataSource::Cifar100 },
    Kind { word: "image-folder", path: "DIR", holds: PICTURES, make: DataSource::ImageFolder },
    Kind { word: "text", path: "FILE", holds: "text as UTF-8", make: |path| DataSource::Text(Some(path)) },
];

const MNIST: &str = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
                     t10k-labels-idx1-ubyte (or each with .gz) of the MNIST database of handwritten digits";
const FASHION: &str = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and \
                       t10k-labels-idx1-ubyte (or each with .gz) of Fashion-MNIST";
const CIFAR10: &str = "data_batch_1.bin to data_batch_5.bin and test_batch.bin of CIFAR-10, binary version (or PNG files \
                       in train and test, a folder per class)";
const CIFAR100: &str = "train.bin and test.bin of CIFAR-100, binary version (or PNG files in train and test, a folder per \
                        class)";

const PICTURES: &str = "a folder of PNG or JPEG pictures per class (or such folders in train and test)";

/// All accepted forms, in the order of the help.
const WORDS: &[&str] = &[
    "digits",
    "text",
    "csv:FILE",
    "text:FILE",
    "image-folder:DIR",
    "mnist:DIR",
    "fashion:DIR",
    "cifar10:DIR",
    "cifar100:DIR",
];

impl DataSource {
    /// The word and the path, where it has one.
    fn parts(&self) -> (&'static str, Option<&PathBuf>) {
        match self {
            Self::Digits => ("digits", None),
            Self::Csv(path) => ("csv", Some(path)),
            Self::Mnist(path) => ("mnist", Some(path)),
            Self::Fashion(path) => ("fashion", Some(path)),
            Self::Cifar10(path) => ("cifar10", Some(path)),
            Self::Cifar100(path) => ("cifar100", Some(path)),
            Self::ImageFolder(path) => ("image-folder", Some(path)),
            Self::Text(path) => ("text", path.as_ref()),
        }
    }

    /// What its file or folder must hold, as a part of a sentence; empty for embedded data.
    #[must_use]
    pub fn holds(&self) -> &'static str {
        let (word, path) = self.parts();
        KINDS.iter().find(|kind| path.is_some() && kind.word == word).map_or("", |kind| kind.holds)
    }
}

impl DataSource {
    /// Whether its examples are characters.
    #[must_use]
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}

impl fmt::Display for DataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (word, None) => f.write_str(word),
            (word, Some(path)) => write!(f, "{word}:{}", path.display()),
        }
    }
}

impl FromStr for DataSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "digits" => return Ok(Self::Digits),
            "text" => return Ok(Self::Text(None)),
            _ => {}
        }
        let (word, path) = text.split_once(':').unwrap_or((text, ""));
        let Some(Kind { path: place, holds, make, .. }) = KINDS.iter().find(|kind| kind.word == word) else {
            return Err(match kind_of_bare_path(text) {
                Some(kind) => format!("'{text}' does not say what kind of data it is: write {}:{text}", kind.word),
                None => not_one_of(text, WORDS),
            });
        };
        if path.is_empty() {
            return Err(format!("'{text}' has no {place}: write {word}:{place}, where {place} holds {holds}"));
        }
        Ok(make(PathBuf::from(path)))
    }
}

/// The kind of a file named without one, by its extension: a table or a text.
fn kind_of_bare_path(text: &str) -> Option<&'static Kind> {
    let name = text.to_ascii_lowercase();
    let word = match name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?.1 {
        "csv" => "csv",
        "txt" | "md" => "text",
        _ => return None,
    };
    KINDS.iter().find(|kind| kind.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_reads_back_what_it_writes() {
        for word in WORDS {
            let source: DataSource = word.parse().expect("one of its words");
            assert_eq!(source.to_string(), *word);
            assert_eq!(source.holds().is_empty(), !word.contains(':'), "{word}");
        }
        let colon: DataSource = "csv:C:/a:b.csv".parse().expect("a path may hold colons");
        assert_eq!(colon, DataSource::Csv("C:/a:b.csv".into()));
    }

    #[test]
    fn a_source_without_its_path_says_what_the_path_is_to_hold() {
        let refused = |word: &str| word.parse::<DataSource>().unwrap_err();
        assert_eq!(
            refused("mnist"),
            "'mnist' has no DIR: write mnist:DIR, where DIR holds train-images-idx3-ubyte, train-labels-idx1-ubyte, \
             t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or each with .gz) of the MNIST database of \
             handwritten digits"
        );
        assert_eq!(
            refused("csv:"),
            "'csv:' has no FILE: write csv:FILE, where FILE holds numbers and a class per line"
        );
        assert_eq!(
            refused("data/Iris.CSV.gz"),
            "'data/Iris.CSV.gz' does not say what kind of data it is: write csv:data/Iris.CSV.gz"
        );
        assert_eq!(refused("./book.txt"), "'./book.txt' does not say what kind of data it is: write text:./book.txt");
        assert!(refused("fashon:x").starts_with("'fashon:x' is unknown: did you mean 'fashion:DIR'?"));
        assert!(refused("digits:x").contains("did you mean 'digits'?"), "{}", refused("digits:x"));
    }
}
