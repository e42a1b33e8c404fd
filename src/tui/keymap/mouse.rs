//! The actions of the mouse, which are those of keys.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::tui::action::{Action, Direction, Motion, Turn};
use crate::tui::scene::Overlay;
use crate::tui::terminal_cell::TerminalCell;

/// Gesture and meaning, for help and README.
pub(crate) const MOUSE: [(&str, &str); 5] = [
    ("click", "move the cursor here"),
    ("drag", "pan"),
    ("wheel", "zoom into the steps; out"),
    ("Ctrl wheel", "zoom into the layers; out (also Shift)"),
    ("Shift drag", "the terminal selects text; without Shift after `:mouse off` or with `--no-mouse`"),
];

/// The action of a mouse event; one turn of the wheel scrolls as far as one key press.
pub(super) fn action(event: MouseEvent, overlay: &Overlay) -> Option<Action> {
    let place = TerminalCell { column: event.column, row: event.row };
    let turn = match event.kind {
        MouseEventKind::ScrollUp => Turn::Forward,
        MouseEventKind::ScrollDown => Turn::Back,
        MouseEventKind::Down(MouseButton::Left) => return Some(Action::Click(place)),
        MouseEventKind::Drag(MouseButton::Left) => return Some(Action::Drag(place)),
        MouseEventKind::Up(MouseButton::Left) => return Some(Action::Release),
        _ => return None,
    };
    if matches!(overlay, Overlay::Help { .. } | Overlay::Notes { .. }) {
        let direction = if turn == Turn::Forward { Direction::Up } else { Direction::Down };
        return Some(Action::Scroll(Motion::One(direction)));
    }
    let layers = event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::SHIFT);
    Some(if layers { Action::WheelLayers(place, turn) } else { Action::Wheel(place, turn) })
}
