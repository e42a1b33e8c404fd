//! The folder of a run's checkpoints: their names, which of them exist, how one is published and how old ones are
//! removed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::layout::{FOLDER, MANIFEST};

use crate::new_file::create_new;
use crate::units::Step;

/// Number of checkpoints that are kept: if the newest is damaged, there is one before it.
const KEPT: usize = 2;
/// Beginning of the names of checkpoints.
const NAME: &str = "step-";
/// Beginning of the names of folders that are not yet, or no longer, a checkpoint.
const HIDDEN: &str = ".step-";

/// Name of a step's checkpoint.
pub(super) fn name(step: Step) -> String {
    format!("{NAME}{:06}", step.0)
}

/// The step in a name.
pub(super) fn step_of(path: &Path) -> Option<Step> {
    let digits = path.file_name()?.to_str()?.strip_prefix(NAME)?;
    let step = Step(digits.parse().ok()?);
    (name(step) == path.file_name()?.to_str()?).then_some(step)
}

/// Everything with the name of a checkpoint, the oldest first.
pub(super) fn listed(folder: &Path) -> Vec<(Step, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = entries.filter_map(|path| Some((step_of(&path)?, path))).collect();
    found.sort();
    found
}

/// The folder of the trace to which a checkpoint belongs.
pub(super) fn log_of(checkpoint: &Path) -> Option<PathBuf> {
    let log_beside = |path: &Path| {
        let folder = path.parent()?;
        let log = (folder.file_name()? == FOLDER).then(|| folder.parent())??;
        Some(if log.as_os_str().is_empty() { PathBuf::from(".") } else { log.to_owned() })
    };
    log_beside(checkpoint).or_else(|| log_beside(&std::path::absolute(checkpoint).ok()?))
}

/// Creates the folder in which a checkpoint is written before it has its name. Any lane may be the first.
pub(super) fn begin(folder: &Path, step: Step) -> io::Result<PathBuf> {
    let beside = folder.join(format!(".{}", name(step)));
    // Only this folder is created: one that was removed during the run is not.
    match fs::create_dir(&beside) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::symlink_metadata(&beside)?.is_dir() => {
            Ok(beside)
        }
        made => made.map(|()| beside),
    }
}

/// Writes a file into it and synchronizes the disk.
pub(super) fn write(beside: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_new(&beside.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Gives it its name in one step. Anything with this name can only be damaged, and is moved aside.
pub(super) fn publish(folder: &Path, beside: &Path, step: Step) -> io::Result<PathBuf> {
    let path = folder.join(name(step));
    sync(beside)?;
    if path.exists() {
        fs::rename(&path, aside(&path))?;
    }
    fs::rename(beside, &path)?;
    sync(folder)?;
    Ok(path)
}

fn aside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 1_u64;
    loop {
        let free = path.with_file_name(format!("{name}.damaged-{number}"));
        if !free.exists() {
            return free;
        }
        number += 1;
    }
}

/// Removes all but the newest of those up to this step.
pub(super) fn prune(folder: &Path, newest: Step) -> io::Result<()> {
    let mut found = listed(folder);
    found.retain(|(step, path)| *step <= newest && is_checkpoint(path));
    let old = found.len().saturating_sub(KEPT);
    found.into_iter().take(old).try_for_each(|(_, path)| remove(&path))
}

/// Removes all checkpoints; anything else with such a name stays, and so do the targets of links.
pub(super) fn clear(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|there| there.is_symlink()) {
        return Ok(());
    }
    let found = listed(folder).into_iter().filter(|(_, path)| is_checkpoint(path));
    found.map(|(_, path)| path).try_for_each(|path| remove(&path))
}

/// Whether it is a checkpoint, judged by its manifest: the user's own folder may have such a name, and a link leads
/// elsewhere.
pub(super) fn is_checkpoint(path: &Path) -> bool {
    let kind = |path: &Path| fs::symlink_metadata(path).map(|there| there.file_type());
    kind(path).is_ok_and(|kind| kind.is_dir()) && kind(&path.join(MANIFEST)).is_ok_and(|kind| kind.is_file())
}

/// The folder of all checkpoints, created if needed. A link is refused: files would be removed and written elsewhere.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(there) if there.is_symlink() => {
            Err(io::Error::other("it is a symbolic link: remove it, or give --log another folder"))
        }
        _ => fs::create_dir_all(folder),
    }
}

/// Removes a checkpoint: it is renamed first, so that a part of it is never mistaken for a damaged one.
fn remove(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let hidden = path.with_file_name(format!(".{name}.old"));
    fs::rename(path, &hidden)?;
    fs::remove_dir_all(hidden)
}

/// Removes what a killed process left unfinished.
pub(super) fn tidy(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(HIDDEN)) {
        // If it stays, it does no harm.
        let _ = fs::remove_dir_all(entry.path());
    }
}

/// Synchronizes a folder's names to the disk.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems cannot open folders.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_count_and_the_newest_two_stay() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path();
        for step in [5, 10, 1_000_000, 15] {
            let beside = begin(folder, Step(step)).expect("begun");
            write(&beside, MANIFEST, b"x").expect("written");
            publish(folder, &beside, Step(step)).expect("published");
        }
        for other in ["step-7", "step-0000070", "step-x", ".step-000008", "step-000010.damaged-1"] {
            fs::create_dir(folder.join(other)).expect("made");
        }
        let steps = || listed(folder).into_iter().map(|(step, _)| step.0).collect::<Vec<_>>();
        assert_eq!(steps(), [5, 10, 15, 1_000_000]);
        prune(folder, Step(15)).expect("pruned");
        assert_eq!(steps(), [10, 15, 1_000_000]);
        tidy(folder);
        assert!(!folder.join(".step-000008").exists() && folder.join("step-7").exists());
    }

    #[test]
    fn a_damaged_one_of_the_same_step_is_moved_aside() {
        let place = tempfile::tempdir().expect("a folder");
        for _ in 0..3 {
            let beside = begin(place.path(), Step(1)).expect("begun");
            publish(place.path(), &beside, Step(1)).expect("published");
        }
        let mut names: Vec<_> =
            fs::read_dir(place.path()).expect("read").flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        assert_eq!(names, ["step-000001", "step-000001.damaged-1", "step-000001.damaged-2"]);
    }

    #[test]
    fn a_checkpoint_knows_the_folder_of_its_trace() {
        assert_eq!(log_of(Path::new("runs/a/checkpoints/step-000200")), Some("runs/a".into()));
        assert_eq!(log_of(Path::new("checkpoints/step-000200")), Some(".".into()));
        assert_eq!(log_of(Path::new("/tmp/step-000200")), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_only_has_the_name_of_a_checkpoint_is_never_removed_and_a_link_not_followed() {
        let place = tempfile::tempdir().expect("a folder");
        let (folder, own) = (place.path().join("checkpoints"), place.path().join("own"));
        fs::create_dir_all(folder.join("step-000005")).expect("made");
        fs::write(folder.join("step-000005/notes"), "mine").expect("written");
        fs::create_dir(&own).expect("made");
        fs::write(own.join(MANIFEST), "mine").expect("written");
        std::os::unix::fs::symlink(&own, folder.join("step-000006")).expect("linked");
        let beside = begin(&folder, Step(7)).expect("begun");
        write(&beside, MANIFEST, b"x").expect("written");
        publish(&folder, &beside, Step(7)).expect("published");
        clear(&folder).expect("cleared");
        assert!(folder.join("step-000005/notes").exists() && own.join(MANIFEST).exists());
        assert!(!folder.join("step-000007").exists());
        std::os::unix::fs::symlink(&folder, place.path().join("link")).expect("linked");
        assert!(make(&place.path().join("link")).is_err_and(|error| error.to_string().contains("symbolic link")));
    }
}
