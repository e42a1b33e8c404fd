//! The table of keys as Markdown: all keys by where they apply for `docs/keys.md`, the frequent ones for the README.

use std::fmt::Write;

use super::binding::{Binding, Context, Group, Scope};
use super::mouse::MOUSE;
use super::table::BINDINGS;

/// Labels of the keys that the README lists, in its order.
const FREQUENT: [&str; 12] = ["←→↑↓", "End", "m M", "/", "v V", "Enter", "z Z", "0", "space", "e", "?", "q"];

/// Every key by where it applies: a heading for each place, with a table of its keys.
#[must_use]
pub fn all_keys() -> String {
    let mut text = String::new();
    heading(&mut text, "Everywhere");
    table(&mut text, |row| row.context == Context::Everywhere);
    for (group, name) in Group::ALL.into_iter().filter(|(group, _)| *group != Group::Overlay) {
        heading(&mut text, &format!("On the panes: {}", lower(name)));
        table(&mut text, |row| row.context == Context::Panes && row.group == group);
    }
    for (context, name) in Context::ON_TOP {
        heading(&mut text, &format!("On top of the panes: {name}"));
        table(&mut text, |row| row.context == context);
    }
    heading(&mut text, "Mouse");
    begin(&mut text);
    for (gesture, help) in MOUSE {
        row(&mut text, gesture, help);
    }
    text
}

/// The keys that matter most, with the source that they need.
#[must_use]
pub fn frequent_keys() -> String {
    let mut text = String::new();
    begin(&mut text);
    for label in FREQUENT {
        for binding in BINDINGS.iter().filter(|binding| binding.context == Context::Panes && binding.label == label) {
            let scope = match binding.scope {
                Scope::Always => "",
                Scope::Live => " (live run)",
                Scope::Traces => " (trace)",
            };
            row(&mut text, &format!("`{label}`"), &format!("{}{scope}", binding.help));
        }
    }
    text
}

// Writing to a string cannot fail.
fn heading(text: &mut String, words: &str) {
    let gap = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}## {words}\n");
}

fn begin(text: &mut String) {
    text.push_str("| keys | what they do |\n|---|---|\n");
}

fn table(text: &mut String, is_here: impl Fn(&Binding) -> bool) {
    begin(text);
    for binding in BINDINGS.iter().filter(|binding| is_here(binding)) {
        row(text, &format!("`{}`", binding.label), &binding.help);
    }
}

fn row(text: &mut String, keys: &str, help: &str) {
    let keys = keys.replace('|', "\\|");
    let _ = writeln!(text, "| {keys} | {help} |");
}

/// The same words with a small first letter.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_binding_has_one_row_below_the_heading_of_its_place() {
        let text = all_keys();
        for binding in BINDINGS.iter() {
            let row = format!("| `{}` | {} |", binding.label, binding.help);
            let count = BINDINGS.iter().filter(|other| (other.label, &other.help) == (binding.label, &binding.help));
            assert_eq!(text.matches(&row).count(), count.count(), "{row}");
        }
    }

    #[test]
    fn no_key_has_two_rows_below_one_heading() {
        for section in all_keys().split("## ") {
            let mut keys: Vec<&str> = section.lines().filter_map(|line| line.split('`').nth(1)).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{section}");
        }
    }

    #[test]
    fn every_frequent_key_is_one_of_the_table() {
        for label in FREQUENT {
            assert!(frequent_keys().contains(&format!("| `{label}` |")), "{label}");
        }
    }
}
