//! MNIST (LeCun, Bottou, Bengio & Haffner 1998) and Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): four IDX files each,
//! 60,000 pictures of 28×28 for training and 10,000 held out; pixels 0 … 255 become 0 … 1.
//!
//! The files lie in the folder itself or, as burn-dataset downloads them, in `train` and `test`.
//! Sizes and counts are those of the files, so that parts of the sets and sets of the same form (EMNIST digits, KMNIST)
//! are read too.

use std::path::{Path, PathBuf};

use super::idx::{Idx, Kind};
use super::{Augmentation, Classified, DataError, Shape, Split};
use crate::config::DataSource;
use crate::number;

/// The published names of the pieces of clothing, by number.
const CLOTHES: [&str; 10] =
    ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];
const CLASSES: usize = CLOTHES.len();
/// The largest grey value.
const WHITE: f32 = 255.0;

/// The handwritten digits of MNIST in a folder.
///
/// # Errors
/// Fails when the folder or one of its four files is missing, or a file does not follow its format.
pub(crate) fn mnist(folder: &Path) -> Result<Classified, DataError> {
    let classes = (0..CLASSES).map(|digit| digit.to_string()).collect();
    four_files(folder, classes, DataSource::Mnist(PathBuf::new()).holds())
}

/// The pieces of clothing of Fashion-MNIST in a folder.
///
/// # Errors
/// As [`mnist`].
pub(crate) fn fashion(folder: &Path) -> Result<Classified, DataError> {
    let classes = CLOTHES.map(str::to_owned).to_vec();
    four_files(folder, classes, DataSource::Fashion(PathBuf::new()).holds())
}

fn four_files(folder: &Path, classes: Vec<String>, holds: &str) -> Result<Classified, DataError> {
    if !folder.is_dir() {
        return Err(DataError::content(folder, format!("there is no such folder: create one that holds {holds}")));
    }
    let places = [folder.to_owned(), folder.join("train"), folder.join("test")];
    let find = |name: &str| {
        let paths = places.iter().flat_map(|place| spellings(name).map(|name| place.join(name)));
        let found = paths.into_iter().find(|path| path.exists());
        found.ok_or_else(|| DataError::content(folder, format!("there is no {name}: the folder must hold {holds}")))
    };
    let files = [
        find("train-images-idx3-ubyte")?,
        find("train-labels-idx1-ubyte")?,
        find("t10k-images-idx3-ubyte")?,
        find("t10k-labels-idx1-ubyte")?,
    ];
    let [pictures, labels, held_out_pictures, held_out_labels] = &files;
    let (shape, training) = part(pictures, labels)?;
    let (other, held_out) = part(held_out_pictures, held_out_labels)?;
    if other != shape {
        let [height, width] = [other.height, other.width];
        let of = format!("pictures of {height}×{width}, and {}×{} in {}", shape.height, shape.width, name(pictures));
        return Err(DataError::content(held_out_pictures, format!("{of}: do both files belong to one set?")));
    }
    Ok(Classified { shape, classes, training, held_out, augmentation: Augmentation::None, numbered_header: false })
}

/// The accepted names of a file: the published one, the one with a dot instead of the second hyphen, and each with
/// `.gz`.
fn spellings(name: &str) -> [String; 4] {
    let dotted = name.replace("-idx", ".idx");
    [name.to_owned(), format!("{name}.gz"), dotted.clone(), format!("{dotted}.gz")]
}

fn part(pictures: &Path, labels: &Path) -> Result<(Shape, Split), DataError> {
    let (images, classes) = (Idx::read(pictures, Kind::Pictures)?, Idx::read(labels, Kind::Labels)?);
    if let Some(position) = classes.bytes.iter().position(|class| usize::from(*class) >= CLASSES) {
        let label = classes.bytes.get(position).copied().unwrap_or_default();
        let problem = format!(
            "label {} is {label}, and classes are 0 to 9: get the file again",
            number::count(position as u64 + 1)
        );
        return Err(DataError::content(labels, problem));
    }
    let [count, height, width] = *images.sizes.as_slice() else {
        return Err(DataError::content(pictures, "it holds no pictures: get the file again"));
    };
    if classes.bytes.len() != count {
        let problem = format!(
            "{} labels for the {} pictures of {}",
            number::count(classes.bytes.len() as u64),
            number::count(count as u64),
            name(pictures)
        );
        return Err(DataError::content(labels, format!("{problem}: do both files belong to one set?")));
    }
    let inputs = images.bytes.iter().map(|pixel| f32::from(*pixel) / WHITE).collect();
    let targets = classes.bytes.iter().map(|class| usize::from(*class)).collect();
    Ok((Shape { channels: 1, height, width }, Split { inputs, targets }))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
