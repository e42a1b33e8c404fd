//! The table of keys as Markdown, for the README.

use std::fmt::Write;

use super::{BINDINGS, Group, MOUSE};

/// One table with a row per binding, by heading.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| keys | what they do |\n|---|---|\n");
    let mut row = |keys: &str, help: &str| {
        let keys = keys.replace('|', "\\|");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {keys} | {help} |");
    };
    for (group, heading) in Group::ALL {
        row(&format!("**{heading}**"), "");
        for binding in BINDINGS.iter().filter(|binding| binding.group == group) {
            row(&format!("`{}`", binding.label), binding.help);
        }
    }
    row("**Mouse**", "");
    for (gesture, help) in MOUSE {
        row(gesture, help);
    }
    text
}
