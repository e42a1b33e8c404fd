//! Keys of the cursor, the zoom and the quantity.

use std::borrow::Cow;

use crossterm::event::KeyCode;

use super::{at, key};
use crate::tui::action::Direction::{Down, Left, Right, Up};
use crate::tui::action::{Action, Motion, Turn};
use crate::tui::keymap::binding::{Binding, Context, Group, Scope};
use crate::tui::keymap::key::Key;

bindings! {
    Panes Always Cursor "←→↑↓" "arrows" "move the cursor by one step or layer (also h l k j)" Some(at(3, 3, "cursor")) =>
        Key::plain(KeyCode::Left) => Action::Cursor(Motion::One(Left)), key('h') => Action::Cursor(Motion::One(Left)),
        Key::plain(KeyCode::Right) => Action::Cursor(Motion::One(Right)), key('l') => Action::Cursor(Motion::One(Right)),
        Key::plain(KeyCode::Up) => Action::Cursor(Motion::One(Up)), key('k') => Action::Cursor(Motion::One(Up)),
        Key::plain(KeyCode::Down) => Action::Cursor(Motion::One(Down)), key('j') => Action::Cursor(Motion::One(Down));
    Panes Always Cursor "Shift ←→↑↓" "Shift arrows" "move by ten steps or layers" None =>
        Key::shift(KeyCode::Left) => Action::Cursor(Motion::Ten(Left)),
        Key::shift(KeyCode::Right) => Action::Cursor(Motion::Ten(Right)),
        Key::shift(KeyCode::Up) => Action::Cursor(Motion::Ten(Up)),
        Key::shift(KeyCode::Down) => Action::Cursor(Motion::Ten(Down));
    Panes Always Cursor "Ctrl ←→" "Ctrl arrows" "move by a tenth of the steps in view" None =>
        Key::control(KeyCode::Left) => Action::Cursor(Motion::Page(Left)),
        Key::control(KeyCode::Right) => Action::Cursor(Motion::Page(Right));
    Panes Always Cursor "PgUp PgDn" "PgUp PgDn" "move by a tenth of the layers in view" None =>
        Key::plain(KeyCode::PageUp) => Action::Cursor(Motion::Page(Up)),
        Key::plain(KeyCode::PageDown) => Action::Cursor(Motion::Page(Down));
    Panes Always Cursor "Home" "Home" "first step" None => Key::plain(KeyCode::Home) => Action::Cursor(Motion::End(Left));
    Panes Always Cursor "End" "End" "newest step, and follow it" Some(at(3, 2, "follow")) =>
        Key::plain(KeyCode::End) => Action::Cursor(Motion::End(Right));
    Panes Always Cursor "n p" "n p" "next mark (a divergence or a note); previous" None =>
        key('n') => Action::Mark(Turn::Forward), key('p') => Action::Mark(Turn::Back);
    Panes Always Cursor "g G" "g G" "stem; head" None =>
        key('g') => Action::Cursor(Motion::End(Up)), key('G') => Action::Cursor(Motion::End(Down));

    Panes Always Window "z Z" "z Z" "zoom into the steps at the cursor; out" Some(at(6, 6, "zoom")) =>
        key('z') => Action::ZoomSteps(Turn::Forward), key('Z') => Action::ZoomSteps(Turn::Back);
    Panes Always Window "x X" "x X" "zoom into the layers at the cursor; out" None =>
        key('x') => Action::ZoomLayers(Turn::Forward), key('X') => Action::ZoomLayers(Turn::Back);
    Panes Always Window "H J K L" "H J K L" "pan left, down, up, right" None =>
        key('H') => Action::Pan(Left), key('J') => Action::Pan(Down),
        key('K') => Action::Pan(Up), key('L') => Action::Pan(Right);
    Panes Always Window "0" "0" "everything in view" None => key('0') => Action::ZoomOut;

    Panes Always Picture "m M" "m M" "next quantity; previous" Some(at(4, 4, "quantity")) =>
        key('m') => Action::Quantity(Turn::Forward), key('M') => Action::Quantity(Turn::Back);
    Panes Always Picture "/" "/" "find a quantity by its name or meaning" Some(at(4, 9, "find")) =>
        key('/') => Action::OpenPicker;
}
