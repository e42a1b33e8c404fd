//! Every module that a user of the library reaches begins with an example that runs.

use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, Item, Lit, Meta, Visibility};

/// Public modules, each with its file, from the root down.
fn public_modules(source: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), source.join("lib.rs"), source.to_owned())];
    while let Some((parent, file, folder)) = open.pop() {
        let syntax = syn::parse_file(&fs::read_to_string(&file).expect("a file")).expect("Rust");
        for item in syntax.items {
            let Item::Mod(module) = item else { continue };
            if module.content.is_some() || !matches!(module.vis, Visibility::Public(_)) {
                continue;
            }
            let name = module.ident.to_string();
            let path = format!("{parent}::{name}");
            let file = folder.join(format!("{name}.rs"));
            found.push((path.clone(), file.clone()));
            open.push((path, file, folder.join(name)));
        }
    }
    found
}

/// A line of documentation.
fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(literal) = &pair.value else { return None };
    match &literal.lit {
        Lit::Str(text) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Whether a block of code among these lines is compiled as a test.
fn has_example(lines: impl Iterator<Item = String>) -> bool {
    let fences = lines.filter_map(|line| line.trim().strip_prefix("```").map(str::to_owned));
    fences.step_by(2).any(|language| matches!(language.as_str(), "" | "no_run" | "should_panic"))
}

#[test]
fn every_public_module_begins_with_an_example_that_runs() {
    let modules = public_modules(&super::source());
    assert!(modules.len() > 20, "only {} modules were found", modules.len());
    let without = modules.iter().filter(|(_, file)| {
        let syntax = syn::parse_file(&fs::read_to_string(file).expect("a file")).expect("Rust");
        !has_example(syntax.attrs.iter().filter_map(doc_line))
    });
    let without: Vec<&str> = without.map(|(path, _)| path.as_str()).collect();
    assert!(without.is_empty(), "public modules without a doctest in their `//!`: {without:?}");
}

#[test]
fn a_picture_in_the_docs_is_not_an_example() {
    let example = |lines: &[&str]| has_example(lines.iter().map(|line| (*line).to_owned()));
    assert!(example(&["Words.", " ```", " assert!(true);", " ```"]));
    assert!(!example(&[" ```text", " a ──► b", " ```"]) && !example(&["Words."]));
    assert!(!example(&[" ```ignore", " f();", " ```"]));
}
