//! The rows of the table of keys.

use crossterm::event::KeyCode;
use tui_input::InputRequest;

use super::{Binding, Context, Footer, Group, Key, Scope};
use crate::tui::action::Direction::{Down, Left, Right, Up};
use crate::tui::action::{Action, Motion, Seek, Turn};
use crate::tui::scene::Mode;

/// One row per line: `context scope group "label" "ascii" "help" footer => key: action, …;`
macro_rules! bindings {
    ($($context:ident $scope:ident $group:ident $label:literal $ascii:literal $help:literal $footer:expr =>
        $($key:expr => $action:expr),+;)+) => {
        /// All keys.
        pub static BINDINGS: &[Binding] = &[$(Binding {
            keys: &[$(($key, $action)),+],
            label: $label,
            ascii: $ascii,
            help: $help,
            group: Group::$group,
            context: Context::$context,
            scope: Scope::$scope,
            footer: $footer,
        }),+];
    };
}

/// A place in the footer.
const fn at(position: u8, rank: u8, word: &'static str) -> Footer {
    Footer { position, rank, word }
}

const fn key(character: char) -> Key {
    Key::char(character)
}

bindings! {
    Panes Always Cursor "←→↑↓" "arrows" "move by one step or layer (also h l k j)" Some(at(3, 3, "cursor")) =>
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
    Panes Always Cursor "n p" "n p" "next step at which something happened (a divergence, a note); previous" None =>
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
    Panes Always Picture "v V" "v V" "next view (heatmaps, difference, profile, loss, anatomy, histogram, layers, filters, denoising, samples); previous" Some(at(5, 5, "view")) =>
        key('v') => Action::View(Turn::Forward), key('V') => Action::View(Turn::Back);
    Panes Always Picture "1 … 9" "1 to 9" "the view of that number, in the order of v" None =>
        key('1') => Action::Show(Mode::Heatmaps), key('2') => Action::Show(Mode::Difference),
        key('3') => Action::Show(Mode::Profile), key('4') => Action::Show(Mode::Loss),
        key('5') => Action::Show(Mode::Anatomy), key('6') => Action::Show(Mode::Histogram),
        key('7') => Action::Show(Mode::Layers), key('8') => Action::Show(Mode::Filters),
        key('9') => Action::Show(Mode::Denoising);
    Panes Always Picture "Enter" "Enter" "open the block at the cursor to its layers; back to the blocks" None =>
        Key::plain(KeyCode::Enter) => Action::ToggleLayers;
    Panes Always Picture "f" "f" "filters of the first convolution as pictures; back to the blocks" None =>
        key('f') => Action::ToggleFilters;
    Panes Always Picture "t" "t" "gradient by denoising time; back to the blocks" None =>
        key('t') => Action::ToggleDenoising;
    Panes Always Picture "s" "s" "pictures that a diffusion model draws; back to the blocks" None =>
        key('s') => Action::ToggleSamples;
    Panes Always Picture "a" "a" "what a cell shows of many values: the extreme, or the mean" None =>
        key('a') => Action::Reduce;
    Panes Always Picture "{ }" "{ }" "scroll the values at the cursor up; down (also the wheel over them)" None =>
        key('{') => Action::ScrollValues(Turn::Back), key('}') => Action::ScrollValues(Turn::Forward);
    Panes Always Picture "c" "c" "the sentence on what to look for; none" None => key('c') => Action::ToggleCaption;
    Panes Always Picture "Tab" "Tab" "next lanes, where not all fit (Shift Tab: previous)" None =>
        Key::plain(KeyCode::Tab) => Action::Lanes(Turn::Forward),
        Key::plain(KeyCode::BackTab) => Action::Lanes(Turn::Back);

    Panes Live Run "space" "space" "pause; go on" Some(at(2, 2, "pause")) => key(' ') => Action::TogglePause;
    Panes Live Run "." "." "one step, then pause" None => key('.') => Action::StepOnce;
    Panes Live Run "F" "F" "flight recorder: re-run the last steps in detail" None => key('F') => Action::Rerun;
    Panes Live Run "e" "e" "edit settings and restart" Some(at(7, 7, "edit & restart")) => key('e') => Action::OpenForm;
    Panes Live Run "+ -" "+ -" "deeper stacks; shallower: restarts" None =>
        key('+') => Action::Depth(Turn::Forward), key('=') => Action::Depth(Turn::Forward),
        key('-') => Action::Depth(Turn::Back);
    Panes Live Run "< >" "< >" "half the learning rate; twice" None =>
        key('<') => Action::LearningRate(Turn::Back), key('>') => Action::LearningRate(Turn::Forward);
    Panes Live Run "R" "R" "restart with the same settings" None => key('R') => Action::Restart;

    Panes Traces Trace "space" "space" "play from here; hold" Some(at(2, 2, "play")) => key(' ') => Action::TogglePause;
    Panes Traces Trace ", ." ", ." "one step back; forward" None =>
        key(',') => Action::Seek(Seek::Step(Turn::Back)), key('.') => Action::Seek(Seek::Step(Turn::Forward));
    Panes Traces Trace "[ ]" "[ ]" "a twentieth of the run back; forward" Some(at(7, 7, "seek")) =>
        key('[') => Action::Seek(Seek::Jump(Turn::Back)), key(']') => Action::Seek(Seek::Jump(Turn::Forward));
    Panes Traces Trace "< >" "< >" "half the speed; twice" None =>
        key('<') => Action::Speed(Turn::Back), key('>') => Action::Speed(Turn::Forward);

    Panes Always Program "?" "?" "this help" Some(at(1, 1, "help")) => key('?') => Action::Help;
    Panes Always Program "N" "N" "all notes of the run, such as what the flight recorder found" None =>
        key('N') => Action::Notes;
    Panes Always Program ":" ":" "command line" Some(at(8, 8, "command")) => key(':') => Action::OpenCommand;
    Panes Always Program "Esc" "Esc" "close what lies on top" None => Key::plain(KeyCode::Esc) => Action::Close;
    Panes Always Program "q" "q" "quit" Some(at(9, 1, "quit")) => key('q') => Action::Quit;
    Everywhere Always Program "Ctrl c" "Ctrl c" "quit at once, exit code 130" None =>
        Key::control(KeyCode::Char('c')) => Action::Interrupt;
    Everywhere Always Program "Ctrl z" "Ctrl z" "to the shell; training stands still until fg" None =>
        Key::control(KeyCode::Char('z')) => Action::Suspend;

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
    Form Always Overlay "←→" "left right" "choose among words" Some(at(2, 4, "choose")) =>
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
