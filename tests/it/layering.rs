//! Who may use whom, read from the `use` lines: the picture in `docs/architecture.md`.

use std::fs;
use std::path::{Path, PathBuf};

/// Module, and what it must not name.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    // The vocabulary is plain data.
    (
        &[
            "units",
            "grid",
            "layer",
            "quantity",
            "glossary",
            "robust",
            "event",
            "config",
            "preset",
            "profile",
            "text",
            "whole_file",
            "regular_file",
            "available_memory",
        ],
        &["burn", "ratatui", "crossterm", "clap", "crate::tui", "crate::cli", "crate::report", "crate::train"],
    ),
    // Data sets give batches on the host, of which stacks make tensors.
    (
        &["random", "data"],
        &[
            "burn",
            "ratatui",
            "crossterm",
            "clap",
            "crate::tui",
            "crate::cli",
            "crate::report",
            "crate::train",
            "crate::probe",
            "crate::stack",
        ],
    ),
    (
        &["sink", "trace", "history", "theory"],
        &[
            "burn",
            "ratatui",
            "crossterm",
            "clap",
            "crate::tui",
            "crate::cli",
            "crate::report",
            "crate::train",
            "crate::probe",
        ],
    ),
    (
        &["tui"],
        &["burn", "clap", "color_eyre", "crate::cli", "crate::report", "crate::train", "crate::probe", "crate::stack"],
    ),
    (&["report"], &["burn", "ratatui", "crossterm", "clap", "crate::tui", "crate::cli", "crate::train"]),
    (
        &["backend", "probe", "stack", "train"],
        &["ratatui", "crossterm", "clap", "color_eyre", "crate::tui", "crate::cli", "crate::report"],
    ),
    (&["cli"], &["burn", "burn_ndarray"]),
];

#[test]
fn modules_use_only_what_lies_to_their_left() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for (modules, forbidden) in FORBIDDEN {
        for file in modules.iter().flat_map(|module| files_of(module)) {
            read += 1;
            for line in uses(&file) {
                if forbidden.iter().any(|name| names(&line, name)) {
                    wrong.push(format!("{}: {line}", file.display()));
                }
            }
        }
    }
    assert!(read > 100, "only {read} files were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is written elsewhere could lose the end of a number where room is short.
#[test]
fn only_the_frame_writes_text_into_the_view() {
    let files = files_of("tui/view");
    let is_ours =
        |file: &&PathBuf| !file.ends_with("frame.rs") && !file.components().any(|part| part.as_os_str() == "tests");
    let writes = |line: &&str| line.contains("set_line(") || line.contains("set_string");
    let mut found = Vec::new();
    for file in files.iter().filter(is_ours) {
        let text = fs::read_to_string(file).unwrap();
        found.extend(text.lines().filter(writes).map(|line| format!("{}: {line}", file.display())));
    }
    assert!(files.len() > 30 && found.is_empty(), "{}", found.join("\n"));
}

/// `x.rs` and everything under `x/`.
fn files_of(module: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join(format!("{module}.rs"))];
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                files.push(entry);
            }
        }
    }
    files
}

/// The file's `use` statements, each as one line; those of its tests aside.
fn uses(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let statements = product.split(';').map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "));
    statements.filter_map(|statement| statement.split_once("use ").map(|(_, path)| path.to_owned())).collect()
}

/// Whether a path begins with a name.
fn names(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with(' '))
}
