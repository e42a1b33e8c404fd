//! CIFAR-10 and CIFAR-100 (Krizhevsky 2009), binary version: pictures of 32×32 in three colours, 50,000 for training and
//! 10,000 held out.
//!
//! ```text
//! CIFAR-10    class        | 1024 red, 1024 green, 1024 blue bytes, each line by line
//! CIFAR-100   coarse, fine | the same
//! ```
//!
//! As burn-dataset downloads them, they are PNG files instead, in a folder per class:
//!
//! ```text
//! CIFAR-10    DIR/train/cat/*.png …  DIR/test/cat/*.png …
//! CIFAR-100   DIR/train/aquatic_mammals/beaver/*.png …  DIR/test/…
//! ```
//!
//! Colours are standardized with the training part's mean and deviation. Training pictures are cropped and mirrored
//! ([`Augmentation::CropAndFlip`]). A file may hold fewer pictures than the published one.

use std::path::{Path, PathBuf};

use super::file::DataFile;
use super::picture_folder;
use super::standardization::{Channels, standardize};
use super::{Augmentation, Classified, DataError, Shape, Split};
use crate::config::DataSource;
use crate::number::count;
use crate::text::clean;

const SHAPE: Shape = Shape { channels: 3, height: 32, width: 32 };
/// Maximum number of pictures in a file: all training pictures of CIFAR-100 are in one file.
const MOST_RECORDS: usize = 50_000;
/// Maximum size in bytes of the file of class names: a hundred names of 600 bytes.
const LONGEST_NAMES: u64 = 64 << 10;
/// Bytes of a picture.
const PICTURE: usize = 3 * 32 * 32;

/// How one of the two sets is stored in its binary version.
struct Set {
    training: &'static [&'static str],
    held_out: &'static str,
    /// The folder that its archive unpacks to.
    archive: &'static str,
    names: &'static str,
    classes: usize,
    /// Bytes before the picture; the last of them is the class.
    labels: usize,
}

const CIFAR10: Set = Set {
    training: &["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
    held_out: "test_batch.bin",
    archive: "cifar-10-batches-bin",
    names: "batches.meta.txt",
    classes: 10,
    labels: 1,
};

const CIFAR100: Set = Set {
    training: &["train.bin"],
    held_out: "test.bin",
    archive: "cifar-100-binary",
    names: "fine_label_names.txt",
    classes: 100,
    labels: 2,
};

/// CIFAR-10 in a folder, or in the folder `cifar-10-batches-bin` therein.
///
/// # Errors
/// When the folder or one of its files is missing, or a file does not hold whole records.
pub(crate) fn cifar10(folder: &Path) -> Result<Classified, DataError> {
    load(folder, &CIFAR10, DataSource::Cifar10(PathBuf::new()).holds())
}

/// CIFAR-100 with its fine classes in a folder, or in the folder `cifar-100-binary` therein.
///
/// # Errors
/// As [`cifar10`].
pub(crate) fn cifar100(folder: &Path) -> Result<Classified, DataError> {
    load(folder, &CIFAR100, DataSource::Cifar100(PathBuf::new()).holds())
}

fn load(folder: &Path, set: &Set, holds: &str) -> Result<Classified, DataError> {
    if !folder.is_dir() {
        return Err(DataError::content(folder, format!("there is no such folder: create one that holds {holds}")));
    }
    if picture_folder::parts(folder).is_some() {
        return pictures(folder, set);
    }
    let unpacked = folder.join(set.archive);
    let folder = if unpacked.is_dir() { unpacked.as_path() } else { folder };
    // No file is read before all of them are known to exist.
    for name in set.training.iter().chain([&set.held_out]) {
        if !folder.join(name).exists() {
            return Err(DataError::content(folder, format!("there is no {name}: the folder must hold {holds}")));
        }
    }
    let classes = names(&folder.join(set.names), set.classes)?;
    let mut training = Split { inputs: Vec::new(), targets: Vec::new() };
    let mut held_out = training.clone();
    for name in set.training {
        read(&folder.join(name), set, &mut training)?;
    }
    read(&folder.join(set.held_out), set, &mut held_out)?;
    standardize(&mut training, &mut held_out, Channels { count: SHAPE.channels, plane: SHAPE.height * SHAPE.width });
    Ok(Classified {
        shape: SHAPE,
        classes,
        training,
        held_out,
        augmentation: Augmentation::CropAndFlip,
        numbered_header: false,
    })
}

/// The PNG version.
fn pictures(folder: &Path, set: &Set) -> Result<Classified, DataError> {
    // The parts are separate already, so the seed decides nothing.
    let data = picture_folder(folder, SHAPE.height, 0)?;
    if data.classes.len() != set.classes {
        let problem = format!("{} classes of pictures, but the set has {}", data.classes.len(), set.classes);
        return Err(DataError::content(folder, format!("{problem}: get it again")));
    }
    Ok(Classified { augmentation: Augmentation::CropAndFlip, ..data })
}

/// Appends the records of a file.
fn read(path: &Path, set: &Set, split: &mut Split) -> Result<(), DataError> {
    let refused = |problem: String| DataError::content(path, format!("{problem}: get the file again"));
    let record = set.labels + PICTURE;
    let most = (MOST_RECORDS * record) as u64;
    let bytes = DataFile::open(path)?.all(most, "a file of the set has 50,000 pictures at most")?;
    if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
        let labels = if set.labels == 1 { "a class" } else { "two classes" };
        let of = format!("records of {} bytes ({labels} and 32×32 pixels in three colours)", count(record as u64));
        return Err(refused(format!("{} bytes are not a whole number of {of}", count(bytes.len() as u64))));
    }
    split.inputs.reserve(bytes.len() / record * PICTURE);
    for (index, record) in bytes.chunks_exact(record).enumerate() {
        let (labels, pixels) = record.split_at(set.labels);
        let class = labels.last().copied().map_or(0, usize::from);
        if class >= set.classes {
            let problem = format!(
                "picture {} is of class {class}, and classes are 0 to {}",
                count(index as u64 + 1),
                set.classes - 1
            );
            return Err(refused(problem));
        }
        split.targets.push(class);
        split.inputs.extend(pixels.iter().map(|pixel| f32::from(*pixel)));
    }
    Ok(())
}

/// The names of the classes, one per line; numbers if there is no such file.
fn names(path: &Path, classes: usize) -> Result<Vec<String>, DataError> {
    if !path.exists() {
        return Ok((0..classes).map(|class| class.to_string()).collect());
    }
    let text = DataFile::open(path)?.all(LONGEST_NAMES, "it must have one name per line")?;
    let text = String::from_utf8_lossy(&text);
    let names: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(clean).collect();
    if names.len() != classes {
        let problem =
            format!("{} names for {classes} classes: get the file again, or remove it", count(names.len() as u64));
        return Err(DataError::content(path, problem));
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
