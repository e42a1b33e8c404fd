//! Keys of the windows on top of the panes.

use std::borrow::Cow;

use crossterm::event::KeyCode;
use tui_input::InputRequest;

use super::{at, key};
use crate::tui::action::Direction::{Down, Up};
use crate::tui::action::{Action, Motion, Turn};
use crate::tui::keymap::binding::{Binding, Context, Group, Scope};
use crate::tui::keymap::key::Key;

bindings! {
    Help Always Overlay "↑↓" "up down" "scroll" Some(at(1, 2, "scroll")) =>
        Key::plain(KeyCode::Up) => Action::Scroll(Motion::One(Up)), key('k') => Action::Scroll(Motion::One(Up)),
        Key::plain(KeyCode::Down) => Action::Scroll(Motion::One(Down)), key('j') => Action::Scroll(Motion::One(Down)),
        Key::plain(KeyCode::PageUp) => Action::Scroll(Motion::Page(Up)),
        Key::plain(KeyCode::PageDown) => Action::Scroll(Motion::Page(Down)),
        Key::plain(KeyCode::Home) => Action::Scroll(Motion::End(Up)),
        Key::plain(KeyCode::End) => Action::Scroll(Motion::End(Down));
    Help Always Overlay "Esc" "Esc" "close the help or the notes" Some(at(2, 1, "close")) =>
        Key::plain(KeyCode::Esc) => Action::Close, key('?') => Action::Close, key('N') => Action::Close,
        key('q') => Action::Close;

    Form Always Overlay "↑↓" "up down" "previous field; next (also Tab)" Some(at(1, 3, "field")) =>
        Key::plain(KeyCode::Up) => Action::Focus(Turn::Back), Key::plain(KeyCode::BackTab) => Action::Focus(Turn::Back),
        Key::plain(KeyCode::Down) => Action::Focus(Turn::Forward),
        Key::plain(KeyCode::Tab) => Action::Focus(Turn::Forward);
    Form Always Overlay "←→" "left right" "choose a value" Some(at(2, 4, "choose")) =>
        Key::plain(KeyCode::Left) => Action::Edit(InputRequest::GoToPrevChar),
        Key::plain(KeyCode::Right) => Action::Edit(InputRequest::GoToNextChar);
    Form Always Overlay "Enter" "Enter" "restart with these settings" Some(at(3, 2, "restart")) =>
        Key::plain(KeyCode::Enter) => Action::Submit;
    Form Always Overlay "Esc" "Esc" "close, change nothing" Some(at(4, 1, "close")) =>
        Key::plain(KeyCode::Esc) => Action::Close;

    Picker Always Overlay "↑↓" "up down" "previous quantity; next (also Tab)" Some(at(1, 3, "choose")) =>
        Key::plain(KeyCode::Up) => Action::Focus(Turn::Back), Key::plain(KeyCode::BackTab) => Action::Focus(Turn::Back),
        Key::plain(KeyCode::Down) => Action::Focus(Turn::Forward),
        Key::plain(KeyCode::Tab) => Action::Focus(Turn::Forward);
    Picker Always Overlay "Enter" "Enter" "show this quantity" Some(at(2, 2, "show")) =>
        Key::plain(KeyCode::Enter) => Action::Submit;
    Picker Always Overlay "Esc" "Esc" "close the list, change nothing" Some(at(3, 1, "close")) =>
        Key::plain(KeyCode::Esc) => Action::Close;

    Command Always Overlay "Enter" "Enter" "do it" Some(at(1, 1, "do it")) => Key::plain(KeyCode::Enter) => Action::Submit;
    Command Always Overlay "Tab" "Tab" "complete the word" Some(at(2, 3, "complete")) =>
        Key::plain(KeyCode::Tab) => Action::Complete;
    Command Always Overlay "Esc" "Esc" "close the command line" Some(at(3, 2, "close")) =>
        Key::plain(KeyCode::Esc) => Action::Close;

    Preparing Live Overlay "Esc" "Esc" "keep the run while another is prepared" Some(at(1, 1, "keep this run")) =>
        Key::plain(KeyCode::Esc) => Action::Close;

    Confirm Always Overlay "y" "y" "yes: quit, or restart" Some(at(1, 1, "yes")) =>
        key('y') => Action::Confirm, key('Y') => Action::Confirm;
    Confirm Always Overlay "n" "n" "stay" Some(at(2, 1, "stay")) =>
        key('n') => Action::Close, key('N') => Action::Close, Key::plain(KeyCode::Esc) => Action::Close;
    Confirm Live Overlay ":" ":" "stay, and open the command line" None => key(':') => Action::OpenCommand;
}
