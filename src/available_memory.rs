//! Memory that this process may still allocate, as the system reports it.
//!
//! ```text
//! available = min( MemAvailable of the machine,  limit − usage + unused file pages  of each control group above )
//! ```
//!
//! Control groups of both versions count, and so do the groups above the process's own: a container's limit is often
//! set there.
//! Source: proc_meminfo(5), cgroups(7). On other systems than Linux nothing is known.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes; `None` where the system does not say.
#[must_use]
pub(crate) fn in_bytes() -> Option<u64> {
    below(Path::new("/"))
}

/// Bytes that only this process holds, files aside; 0 where the system does not report them.
#[must_use]
pub(crate) fn held() -> u64 {
    fs::read_to_string("/proc/self/status").ok().and_then(|status| kibibytes(&status, "RssAnon:")).unwrap_or(0)
}

/// What the system below this root reports.
fn below(root: &Path) -> Option<u64> {
    let machine = fs::read_to_string(root.join("proc/meminfo")).ok();
    let machine = machine.and_then(|text| kibibytes(&text, "MemAvailable:"));
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().flat_map(|line| of_group(root, line));
    machine.into_iter().chain(limits).min()
}

/// Bytes behind a key in a kernel file that counts in kB.
fn kibibytes(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Names of the files of a control group: its limit, its usage, and the unused file pages among its statistics.
struct Names {
    mount: &'static [&'static str],
    limit: &'static str,
    usage: &'static str,
    unused: &'static str,
}

/// Bytes that a line `id:controllers:path` leaves available, for its group and for each group above it.
fn of_group(root: &Path, line: &str) -> Vec<u64> {
    const FIRST: Names = Names {
        mount: &["sys/fs/cgroup/memory"],
        limit: "memory.limit_in_bytes",
        usage: "memory.usage_in_bytes",
        unused: "total_inactive_file ",
    };
    const SECOND: Names = Names {
        mount: &["sys/fs/cgroup", "sys/fs/cgroup/unified"],
        limit: "memory.max",
        usage: "memory.current",
        unused: "inactive_file ",
    };
    let mut parts = line.splitn(3, ':');
    let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let names = match controllers {
        "" => SECOND,
        named if named.split(',').any(|controller| controller == "memory") => FIRST,
        _ => return Vec::new(),
    };
    let folders = names.mount.iter().flat_map(|mount| {
        let mount = root.join(mount);
        let own: PathBuf = mount.join(path.trim_start_matches('/'));
        // A group that is mounted as the root of its namespace has its own path only above it.
        own.ancestors().take_while(|folder| folder.starts_with(&mount)).map(Path::to_owned).collect::<Vec<_>>()
    });
    folders.filter_map(|folder| left(&folder, &names)).collect()
}

/// Bytes that one control group leaves available; `None` without a limit.
fn left(folder: &Path, names: &Names) -> Option<u64> {
    let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
    let limit = number(names.limit)?;
    let statistics = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let unused = statistics.lines().find_map(|line| line.strip_prefix(names.unused)?.trim().parse::<u64>().ok());
    Some(limit.saturating_sub(number(names.usage)?.saturating_sub(unused.unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const MACHINE: (&str, &str) = ("proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:    8000 kB\n");

    #[test]
    fn the_machine_and_every_control_group_above_bound_what_is_there() {
        let second = system(&[
            MACHINE,
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("sys/fs/cgroup/a/memory.max", "5000000\n"),
            ("sys/fs/cgroup/a/memory.current", "3000000\n"),
            ("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file 500000\n"),
        ]);
        assert_eq!(below(second.path()), Some(2_500_000));
        let first = system(&[
            MACHINE,
            ("proc/self/cgroup", "5:cpu,memory:/a\n3:cpu:/a\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n"),
            ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096\n"),
            ("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "5000\n"),
        ]);
        assert_eq!(below(first.path()), Some(0), "more is used than may be");
    }

    #[test]
    fn without_a_limit_the_machine_counts_and_without_either_nothing_is_known() {
        assert_eq!(below(system(&[MACHINE]).path()), Some(8000 << 10));
        assert_eq!(below(system(&[("proc/meminfo", "MemAvailable: many\n")]).path()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_system_says_what_is_there_and_what_is_held() {
        assert!(in_bytes().is_some_and(|bytes| bytes > 1 << 20));
        assert!(held() > 1 << 16);
    }
}
