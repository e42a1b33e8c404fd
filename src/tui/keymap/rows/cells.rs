//! Keys of the panes that change neither quantity nor view.

use std::borrow::Cow;

use crossterm::event::KeyCode;

use super::key;
use crate::tui::action::{Action, Turn};
use crate::tui::keymap::binding::{Binding, Context, Group, Scope};
use crate::tui::keymap::key::Key;

bindings! {
    Panes Always Picture "a" "a" "whether a cell shows the extreme or the mean of its values" None =>
        key('a') => Action::Reduce;
    Panes Always Picture "{ }" "{ }" "scroll the values at the cursor up; down (also the wheel over them)" None =>
        key('{') => Action::ScrollValues(Turn::Back), key('}') => Action::ScrollValues(Turn::Forward);
    Panes Always Picture "c" "c" "show or hide the caption" None => key('c') => Action::ToggleCaption;
    Panes Always Picture "Tab" "Tab" "next lanes, where not all fit (Shift Tab: previous)" None =>
        Key::plain(KeyCode::Tab) => Action::Lanes(Turn::Forward),
        Key::plain(KeyCode::BackTab) => Action::Lanes(Turn::Back);
}
