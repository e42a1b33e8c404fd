//! Keys of the live run, the playhead of a trace, and the program.

use std::borrow::Cow;

use crossterm::event::KeyCode;

use super::{at, key};
use crate::tui::action::{Action, Seek, Turn};
use crate::tui::keymap::binding::{Binding, Context, Group, Scope};
use crate::tui::keymap::key::Key;

bindings! {
    Panes Live Run "space" "space" "pause; go on" Some(at(2, 2, "pause")) => key(' ') => Action::TogglePause;
    Panes Live Run "." "." "one step, then pause" None => key('.') => Action::StepOnce;
    Panes Live Run "F" "F" "flight recorder: re-run the last steps in detail" None => key('F') => Action::Rerun;
    Panes Live Run "e" "e" "edit settings and restart" Some(at(7, 7, "edit & restart")) => key('e') => Action::OpenForm;
    Panes Live Run "+ -" "+ -" "deeper stacks; shallower: restarts" None =>
        key('+') => Action::Depth(Turn::Forward), key('=') => Action::Depth(Turn::Forward),
        key('-') => Action::Depth(Turn::Back);
    Panes Live Run "< >" "< >" "halve the learning rate; double it" None =>
        key('<') => Action::LearningRate(Turn::Back), key('>') => Action::LearningRate(Turn::Forward);
    Panes Live Run "R" "R" "restart with the same settings" None => key('R') => Action::Restart;

    Panes Traces Trace "space" "space" "play from here; hold" Some(at(2, 2, "play")) => key(' ') => Action::TogglePause;
    Panes Traces Trace ", ." ", ." "one step back; forward" None =>
        key(',') => Action::Seek(Seek::Step(Turn::Back)), key('.') => Action::Seek(Seek::Step(Turn::Forward));
    Panes Traces Trace "[ ]" "[ ]" "a twentieth of the run back; forward" Some(at(7, 7, "seek")) =>
        key('[') => Action::Seek(Seek::Jump(Turn::Back)), key(']') => Action::Seek(Seek::Jump(Turn::Forward));
    Panes Traces Trace "< >" "< >" "halve the speed; double it" None =>
        key('<') => Action::Speed(Turn::Back), key('>') => Action::Speed(Turn::Forward);

    Panes Always Program "?" "?" "all keys and commands, and how to read the screen" Some(at(1, 1, "help")) => key('?') => Action::Help;
    Panes Always Program "N" "N" "all notes of the run, such as what the flight recorder found" None =>
        key('N') => Action::Notes;
    Panes Always Program ":" ":" "command line" Some(at(8, 8, "command")) => key(':') => Action::OpenCommand;
    Panes Always Program "Esc" "Esc" "close the topmost window" None => Key::plain(KeyCode::Esc) => Action::Close;
    Panes Always Program "q" "q" "quit" Some(at(9, 1, "quit")) => key('q') => Action::Quit;
    Everywhere Always Program "Ctrl c" "Ctrl c" "quit at once, exit code 130" None =>
        Key::control(KeyCode::Char('c')) => Action::Interrupt;
    Everywhere Always Program "Ctrl z" "Ctrl z" "suspend to the shell; training pauses until fg" None =>
        Key::control(KeyCode::Char('z')) => Action::Suspend;
}
