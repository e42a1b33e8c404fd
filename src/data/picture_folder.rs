//! The user's own pictures, PNG or JPEG: one folder per class, whose name is the class.
//!
//! ```text
//! DIR/cats/a.png  DIR/dogs/b.jpg …                   one in five held out, drawn from the seed
//! DIR/train/cats/a.png …  DIR/test/cats/c.png …      already split (or val, valid, validation)
//! DIR/pets/cats/a.png  DIR/birds/owls/b.png …        classes may be in groups, whose names are left out
//! ```
//!
//! All pictures become three colours of one size, whatever their shape; transparency is dropped; colours are
//! standardized with the training part's mean and deviation. Hidden files (`.name`), and files beside the folders of
//! the classes, are left out.

mod jpeg;
mod listing;
mod picture;

use std::path::{Path, PathBuf};

use rand::seq::SliceRandom;

use self::listing::{Class, classes};
use self::picture::Pictures;
use super::standardization::{Channels, standardize};
use super::{Augmentation, Classified, DataError, Shape, Split};
use crate::config::DataSource;
use crate::random::Purpose;
use crate::text::clean;

/// One picture in five is held out.
const HELD_OUT_ONE_IN: usize = 5;

/// Names of the folder of held-out pictures; if there are several, the first one is used.
const HELD_OUT_NAMES: [&str; 4] = ["test", "val", "valid", "validation"];

/// A picture and its class.
type Labelled<'a> = (&'a Path, usize);

/// Reads a folder of pictures, and splits it unless it is split already; all pictures get `side` rows and columns.
///
/// # Errors
/// Fails when a folder cannot be read, there are fewer than two classes, a class is empty, or a file is not a picture.
pub(crate) fn picture_folder(folder: &Path, side: usize, seed: u64) -> Result<Classified, DataError> {
    let holds = DataSource::ImageFolder(PathBuf::new()).holds();
    if !folder.is_dir() {
        return Err(DataError::content(folder, format!("there is no such folder: create one that holds {holds}")));
    }
    let parts = parts(folder);
    if let Some(parts) = &parts
        && let Some(other) = listing::folders(folder)?.into_iter().find(|path| !parts.contains(path) && !is_part(path))
    {
        let problem = "a folder beside train: move the pictures of a class into train, or remove the folder";
        return Err(DataError::content(&other, problem));
    }
    let [learned, looked_at] = match parts {
        Some([training, held_out]) => [classes(&training, holds)?, classes(&held_out, holds)?],
        None => [classes(folder, holds)?, Vec::new()],
    };
    if let [only] = learned.as_slice() {
        let problem = format!("'{}' is the only class: the folder must hold {holds}, at least two", clean(&only.name));
        return Err(DataError::content(folder, problem));
    }
    let (mut training, mut held_out) = (labelled(&learned, &learned)?, labelled(&looked_at, &learned)?);
    if looked_at.is_empty() {
        if training.len() < HELD_OUT_ONE_IN {
            let problem = format!("{} pictures: one in five is held out, which needs at least 5", training.len());
            return Err(DataError::content(folder, problem));
        }
        training.shuffle(&mut Purpose::Split.rng(seed, 0));
        held_out = training.drain(..training.len() / HELD_OUT_ONE_IN).collect();
    }
    let mut pictures = Pictures::new(side);
    let mut read = |part: &[Labelled<'_>]| -> Result<Split, DataError> {
        let mut split = Split { inputs: Vec::new(), targets: part.iter().map(|(_, class)| *class).collect() };
        part.iter().try_for_each(|(path, _)| pictures.read(path, &mut split.inputs))?;
        Ok(split)
    };
    let (mut training, mut held_out) = (read(&training)?, read(&held_out)?);
    let shape = Shape { channels: 3, height: side, width: side };
    standardize(&mut training, &mut held_out, Channels { count: shape.channels, plane: side * side });
    let classes = learned.iter().map(|class| clean(&class.name)).collect();
    Ok(Classified { shape, classes, training, held_out, augmentation: Augmentation::None, numbered_header: false })
}

/// `train` and `test` (or `val`, `valid`, `validation`), if both exist and `train` holds folders; otherwise these are
/// classes.
pub(super) fn parts(folder: &Path) -> Option<[PathBuf; 2]> {
    let folders = listing::folders(folder).ok()?;
    let find = |name: &str| folders.iter().find(|path| has_name(path, name)).cloned();
    let training = find("train")?;
    let held_out = HELD_OUT_NAMES.iter().find_map(|name| find(name))?;
    let holds_folders = listing::folders(&training).is_ok_and(|inside| !inside.is_empty());
    holds_folders.then_some([training, held_out])
}

/// Whether a folder has this name, in upper or lower case.
fn has_name(folder: &Path, name: &str) -> bool {
    folder.file_name().is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// Whether the name of a folder is that of a part of a set, used or not.
fn is_part(folder: &Path) -> bool {
    has_name(folder, "train") || HELD_OUT_NAMES.iter().any(|name| has_name(folder, name))
}

/// Every picture with the number of its class among the classes of the training part.
fn labelled<'a>(found: &'a [Class], learned: &[Class]) -> Result<Vec<Labelled<'a>>, DataError> {
    let mut pictures = Vec::new();
    for Class { name, folder, files } in found {
        let Some(number) = learned.iter().position(|class| class.name == *name) else {
            let problem = "train has no class of that name: add its pictures there, or remove the folder";
            return Err(DataError::content(folder, problem));
        };
        pictures.extend(files.iter().map(|path| (path.as_path(), number)));
    }
    Ok(pictures)
}

#[cfg(test)]
mod tests;
