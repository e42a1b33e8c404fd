//! Keys of the views: next and previous, digits, and each view's own key.

use std::borrow::Cow;

use super::{at, key};
use crate::tui::action::{Action, Turn};
use crate::tui::keymap::binding::{Binding, Context, Footer, Group, Scope};
use crate::tui::keymap::key::Key;
use crate::tui::view::VIEWS;

/// All of them, in the order of the help.
pub(in crate::tui) fn rows() -> Vec<Binding> {
    let turn = vec![(key('v'), Action::View(Turn::Forward)), (key('V'), Action::View(Turn::Back))];
    let numbered = VIEWS.iter().zip('1'..='9').map(|(view, digit)| (key(digit), Action::Show(view.id))).collect();
    let names: Vec<&str> = VIEWS.iter().take(9).map(|view| view.id.name()).collect();
    let mut rows = vec![
        row("v V", "v V", turn, "next view; previous".to_owned(), Some(at(5, 5, "view"))),
        row("1 … 9", "1 to 9", numbered, names.join(", "), None),
    ];
    for view in VIEWS {
        let Some(own) = &view.key else { continue };
        let keys = vec![(own.key, Action::ToggleView(view.id))];
        rows.push(row(own.label, own.label, keys, format!("{}; back to the blocks", view.help), None));
    }
    rows
}

fn row(
    label: &'static str,
    ascii: &'static str,
    keys: Vec<(Key, Action)>,
    help: String,
    footer: Option<Footer>,
) -> Binding {
    let (group, context, scope) = (Group::Picture, Context::Panes, Scope::Always);
    Binding { keys: Cow::Owned(keys), label, ascii, help: Cow::Owned(help), group, context, scope, footer }
}
