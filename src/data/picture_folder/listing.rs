//! The classes of a folder and the files of each class, sorted by name on every machine.

use std::path::{Path, PathBuf};

use crate::data::DataError;

/// A class of pictures.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    /// At least one.
    pub(super) files: Vec<PathBuf>,
}

/// The classes in a folder, at least one.
pub(super) fn classes(root: &Path, holds: &str) -> Result<Vec<Class>, DataError> {
    let folders = folders(root)?;
    if folders.is_empty() {
        return Err(DataError::content(root, format!("it holds no class: it must hold {holds}")));
    }
    let mut found: Vec<Class> = Vec::new();
    for folder in folders {
        let inside = entries(&folder)?;
        let is_group = !inside.is_empty() && inside.iter().all(|path| path.is_dir());
        for folder in if is_group { inside } else { vec![folder] } {
            let class = class(folder)?;
            if let Some(other) = found.iter().find(|other| other.name == class.name) {
                let problem = format!("a class of that name is in {} too: rename one of them", other.folder.display());
                return Err(DataError::content(&class.folder, problem));
            }
            found.push(class);
        }
    }
    Ok(found)
}

fn class(folder: PathBuf) -> Result<Class, DataError> {
    let files = entries(&folder)?;
    if files.is_empty() {
        return Err(DataError::content(&folder, "this class has no picture: add some, or remove the folder"));
    }
    if let Some(inner) = files.iter().find(|path| path.is_dir()) {
        return Err(DataError::content(
            inner,
            "a folder inside a class: move its pictures into the folder of the class",
        ));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Class { name, folder, files })
}

/// The folders in a folder that are not hidden, by name.
pub(super) fn folders(root: &Path) -> Result<Vec<PathBuf>, DataError> {
    Ok(entries(root)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// The entries of a folder that are not hidden, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let failed = |source| DataError::Read { what: "folder", path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
