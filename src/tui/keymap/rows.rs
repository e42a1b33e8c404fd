//! The rows of the table, by where they apply.

use super::binding::Footer;
use super::key::Key;

/// One row per line: `context scope group "label" "ascii" "help" footer => key: action, …;`
macro_rules! bindings {
    ($($context:ident $scope:ident $group:ident $label:literal $ascii:literal $help:literal $footer:expr =>
        $($key:expr => $action:expr),+;)+) => {
        pub(in crate::tui) static ROWS: &[Binding] = &[$(Binding {
            keys: Cow::Borrowed(&[$(($key, $action)),+]),
            label: $label,
            ascii: $ascii,
            help: Cow::Borrowed($help),
            group: Group::$group,
            context: Context::$context,
            scope: Scope::$scope,
            footer: $footer,
        }),+];
    };
}

pub(super) mod cells;
pub(super) mod cursor;
pub(super) mod overlays;
pub(super) mod run;
pub(super) mod views;

/// A place in the footer.
const fn at(position: u8, rank: u8, word: &'static str) -> Footer {
    Footer { position, rank, word }
}

const fn key(character: char) -> Key {
    Key::char(character)
}
