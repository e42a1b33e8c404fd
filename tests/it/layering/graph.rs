//! Which file of `src` uses which: read from the syntax tree, without tests.
//!
//! A path counts wherever it stands: in a `use` with braces, inline, in a type, within a macro. A re-export is followed to
//! the file that defines the name; a name that a file takes from its parent counts like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// A module by its path, such as `tui::view`; the root is empty.
pub(crate) type Module = String;

/// A path as it is written, segment by segment.
type Segments = Vec<String>;

/// The files of the library and the names that each takes from another.
pub(crate) struct Graph {
    /// Per file the files that it uses, each with the paths that lead there.
    pub(crate) uses: BTreeMap<Module, BTreeMap<Module, BTreeSet<String>>>,
    /// Per file the crates that it names.
    pub(crate) crates: BTreeMap<Module, BTreeSet<String>>,
}

/// One file.
#[derive(Default)]
struct File {
    /// Paths that `use` statements name, each with the name that it has here.
    imports: Vec<(String, Segments)>,
    /// The same of those that are passed on.
    exports: Vec<(String, Segments)>,
    /// All other paths of at least two segments.
    paths: Vec<Segments>,
}

impl Graph {
    /// Reads every file below a folder.
    pub(crate) fn read(source: &Path) -> Self {
        let files: BTreeMap<Module, File> =
            rust_files(source).into_iter().map(|path| (module_of(source, &path), File::read(&path))).collect();
        let mut graph = Self { uses: BTreeMap::new(), crates: BTreeMap::new() };
        for (module, file) in &files {
            let aliases: BTreeMap<&str, &Segments> =
                file.imports.iter().map(|(name, path)| (name.as_str(), path)).collect();
            let inline = file.paths.iter().map(|path| match aliases.get(path[0].as_str()) {
                Some(alias) => alias.iter().chain(&path[1..]).cloned().collect(),
                None => path.clone(),
            });
            let named = file.imports.iter().chain(&file.exports).map(|(_, path)| path.clone());
            for path in named.chain(inline) {
                match resolve(&files, module, &path) {
                    Some(target) if target == *module => {}
                    Some(target) => {
                        let uses = graph.uses.entry(module.clone()).or_default();
                        uses.entry(target).or_default().insert(path.join("::"));
                    }
                    None => {
                        graph.crates.entry(module.clone()).or_default().insert(path[0].clone());
                    }
                }
            }
            graph.uses.entry(module.clone()).or_default();
        }
        graph
    }

    /// Groups of files that use each other in a circle.
    pub(crate) fn circles(&self) -> Vec<Vec<Module>> {
        let reach: BTreeMap<&Module, BTreeSet<&Module>> =
            self.uses.keys().map(|module| (module, self.reached_from(module))).collect();
        let mut circles = Vec::new();
        let mut done: BTreeSet<Module> = BTreeSet::new();
        for (module, reached) in &reach {
            if done.contains(*module) || !reached.contains(module) {
                continue;
            }
            let circle: Vec<Module> =
                reached.iter().filter(|other| reach[*other].contains(module)).map(|other| (*other).clone()).collect();
            done.extend(circle.iter().cloned());
            circles.push(circle);
        }
        circles
    }

    fn reached_from(&self, module: &Module) -> BTreeSet<&Module> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Module> = self.uses[module].keys().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.uses.get(next).into_iter().flat_map(BTreeMap::keys));
            }
        }
        reached
    }
}

impl File {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a file");
        let mut syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        syntax.items.retain(|item| !is_test(item));
        let mut file = Self::default();
        file.visit_file(&syntax);
        file
    }

    fn import(&mut self, tree: &UseTree, before: &Segments, visibility: &Visibility) {
        match tree {
            UseTree::Path(path) => {
                let mut segments = before.clone();
                segments.push(path.ident.to_string());
                self.import(&path.tree, &segments, visibility);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before, visibility)),
            UseTree::Name(name) if name.ident == "self" => {
                self.keep(before.last().cloned().unwrap_or_default(), before.clone(), visibility);
            }
            UseTree::Name(name) => {
                let mut segments = before.clone();
                segments.push(name.ident.to_string());
                self.keep(name.ident.to_string(), segments, visibility);
            }
            UseTree::Rename(rename) => {
                let mut segments = before.clone();
                if rename.ident != "self" {
                    segments.push(rename.ident.to_string());
                }
                self.keep(rename.rename.to_string(), segments, visibility);
            }
            UseTree::Glob(_) => self.keep("*".to_owned(), before.clone(), visibility),
        }
    }

    fn keep(&mut self, name: String, path: Segments, visibility: &Visibility) {
        let kept = if matches!(visibility, Visibility::Inherited) { &mut self.imports } else { &mut self.exports };
        kept.push((name, path));
    }

    /// Paths among the tokens of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Segments = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.push(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => colons += 1,
                TokenTree::Group(group) => {
                    self.push(std::mem::take(&mut path));
                    self.tokens(group.stream());
                    colons = 0;
                }
                _ => {
                    self.push(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.push(path);
    }

    fn push(&mut self, path: Segments) {
        if path.len() > 1 {
            self.paths.push(path);
        }
    }
}

impl<'ast> Visit<'ast> for File {
    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Use(import) = item {
            self.import(&import.tree, &Vec::new(), &import.vis);
        } else if !is_test(item) {
            visit::visit_item(self, item);
        }
    }

    /// `pub(in crate::train)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, found: &'ast syn::Macro) {
        self.tokens(found.tokens.clone());
        visit::visit_macro(self, found);
    }
}

/// The file that a path written in `module` leads to; `None` where it leads out of the library or to a local name.
fn resolve(files: &BTreeMap<Module, File>, module: &str, path: &[String]) -> Option<Module> {
    let mut at: Vec<&str> = module.split("::").filter(|segment| !segment.is_empty()).collect();
    let mut rest = path;
    match path[0].as_str() {
        "crate" => at.clear(),
        "self" | "super" => {}
        child if files.contains_key(&join(&at, child)) => {}
        _ => return None,
    }
    if matches!(path[0].as_str(), "crate" | "self") {
        rest = &rest[1..];
    }
    while let Some("super") = rest.first().map(String::as_str) {
        at.pop();
        rest = &rest[1..];
    }
    while let Some(segment) = rest.first() {
        let next = join(&at, segment);
        if !files.contains_key(&next) {
            break;
        }
        at.push(segment);
        rest = &rest[1..];
    }
    let target = at.join("::");
    let export = rest.first().and_then(|name| {
        let exports = &files.get(&target)?.exports;
        exports.iter().find(|(exported, _)| exported == name).map(|(_, path)| path)
    });
    match export {
        Some(export) if export.as_slice() != path || target != module => {
            let full: Segments = export.iter().chain(&rest[1..]).cloned().collect();
            resolve(files, &target, &full).or(Some(target))
        }
        _ => Some(target),
    }
}

fn join(at: &[&str], segment: &str) -> Module {
    let mut path = at.to_vec();
    path.push(segment);
    path.join("::")
}

/// Whether an item exists in tests alone.
fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        _ => return false,
    };
    let names_test = |tokens: &TokenStream| tokens.to_string().split([' ', '(', ')', ',']).any(|word| word == "test");
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(|list| names_test(&list.tokens))
    })
}

/// `src/tui/view.rs` is `tui::view`, `src/lib.rs` the root.
fn module_of(source: &Path, path: &Path) -> Module {
    let relative = path.strip_prefix(source).expect("below the source").with_extension("");
    let segments: Vec<_> = relative.iter().map(|segment| segment.to_string_lossy().into_owned()).collect();
    let module = segments.join("::");
    if module == "lib" { String::new() } else { module }
}

/// Every file that is no test.
pub(crate) fn rust_files(source: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let is_tests = entry.file_stem().is_some_and(|stem| stem == "tests");
            if entry.is_dir() && !is_tests {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") && !is_tests {
                files.push(entry);
            }
        }
    }
    files
}
