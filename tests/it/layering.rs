//! Which module may use which: the table in `docs/architecture.md`, checked against every path in `src`.

mod doctests;
mod graph;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use graph::Graph;

/// The modules of the library, ground floor first. A module uses only floors below its own.
const FLOORS: &[&[&str]] = &[
    &[
        "available_memory",
        "counts",
        "grid",
        "histogram",
        "new_file",
        "regular_file",
        "robust",
        "round",
        "signals",
        "text",
    ],
    &["number", "profile", "units", "whole_file"],
    &["layer", "measurement", "random"],
    &["quantity"],
    &["event", "glossary"],
    &["config", "history"],
    &["backend"],
    &["data", "preset", "probe", "trace"],
    &["sink", "theory"],
    &["diagnose"],
    &["recorder", "stack"],
    &["train"],
    &["report", "tui"],
    &["cli"],
    &["", "main"],
];

/// What is on a lower floor and must be left alone all the same: each feature is built without the others.
const APART: &[(&[&str], &[&str])] = &[
    (&["tui", "report"], &["backend", "data", "probe", "stack", "train"]),
    (&["recorder", "sink", "theory"], &["backend", "data", "probe"]),
    (&["data"], &["backend"]),
];

/// Crates, and the modules that may name them.
const CRATES: &[(&[&str], &[&str])] = &[
    (&["burn", "burn_ndarray"], &["backend", "probe", "stack", "train"]),
    (&["ratatui", "crossterm"], &["tui"]),
    (&["clap", "clap_complete", "clap_mangen", "color_eyre"], &["cli", "main"]),
];

fn source() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The first segment of a module's path.
fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

#[test]
fn every_module_has_a_floor_and_uses_only_those_below() {
    let graph = Graph::read(&source());
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&top(module)));
    let homeless: BTreeSet<&str> =
        graph.uses.keys().map(|module| top(module)).filter(|top| floor(top).is_none()).collect();
    assert!(homeless.is_empty(), "modules without a row in FLOORS: {homeless:?}");
    let mut wrong = Vec::new();
    for (module, uses) in &graph.uses {
        for (target, paths) in uses.iter().filter(|(target, _)| top(target) != top(module)) {
            let is_apart = |(modules, others): &(&[&str], &[&str])| {
                modules.contains(&top(module)) && others.contains(&top(target))
            };
            if floor(target) >= floor(module) || APART.iter().any(is_apart) {
                wrong.push(format!("{module} uses {target}: {paths:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let graph = Graph::read(&source());
    assert!(graph.uses.len() > 300, "only {} files were read", graph.uses.len());
    let circles: Vec<String> = graph.circles().iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn a_crate_is_named_only_where_its_subject_lives() {
    let graph = Graph::read(&source());
    let mut wrong = Vec::new();
    for (crates, modules) in CRATES {
        for (module, named) in graph.crates.iter().filter(|(module, _)| !modules.contains(&top(module))) {
            let foreign = crates.iter().filter(|name| named.contains(**name));
            wrong.extend(foreign.map(|name| format!("{module} names {name}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A source of three files, with what the reader must see.
#[test]
fn a_circle_is_seen_through_braces_macros_inline_paths_and_exports() {
    let cases = [
        ("use crate::{b::Thing};", "use crate::a::Other;"),
        ("fn f() { crate::b::f() }", "fn g() { super::a::f() }"),
        ("fn f() { println!(\"{}\", crate::b::f()) }", "use crate::a;\nfn g() { a::f() }"),
        ("use crate::facade::Thing;", "use crate::a::Other;"),
        ("use crate::b as other;\nfn f() { other::f() }", "type X = crate::a::Y;"),
    ];
    for (a, b) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        write("lib.rs", "mod a;\nmod b;\nmod facade;\n");
        write("facade.rs", "pub use crate::b::Thing;\n");
        write("a.rs", a);
        write("b.rs", b);
        assert_eq!(Graph::read(folder.path()).circles(), [["a", "b"]], "{a} {b}");
        write("b.rs", "#[cfg(test)]\nmod tests { use crate::a::Other; }\n");
        assert!(Graph::read(folder.path()).circles().is_empty(), "{a}");
    }
}

/// What is written elsewhere could lose the end of a number where room is short.
#[test]
fn only_the_frame_writes_text_onto_the_screen() {
    let writes = |line: &&str| line.contains("set_line(") || line.contains("set_string");
    let files = graph::rust_files(&source().join("tui"));
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("frame.rs")) {
        let text = fs::read_to_string(file).expect("a file");
        let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        found.extend(product.lines().filter(writes).map(|line| format!("{}: {line}", file.display())));
    }
    assert!(files.len() > 100 && found.is_empty(), "{}", found.join("\n"));
}
