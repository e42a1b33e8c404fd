//! The one table of keys: it feeds the lookup, the help overlay, the footer, the README and `docs/keys.md`.
//!
//! A new key is a new row; the keys of a view are in the view's own file. Key codes appear only in `keymap/`.
//!
//! ```
//! use nablatop::tui::keymap;
//!
//! assert!(keymap::all_keys().contains("| `Ctrl c` |"), "docs/keys.md is written from the table");
//! ```

mod binding;
mod docs;
mod mouse;
mod rows;
mod table;

pub(super) mod key;

use crossterm::event::{Event, KeyEvent, KeyEventKind};
use tui_input::backend::crossterm::to_input_request;

pub(crate) use binding::{Binding, Context, Footer, Group, Scope};
pub use docs::{all_keys, frequent_keys};
pub use key::Key;
pub(crate) use mouse::MOUSE;
pub(crate) use table::BINDINGS;

use super::action::Action;
use super::scene::{Overlay, Scene};
use super::source::SourceKind;

/// The action of a terminal event, if it has one.
#[must_use]
pub(crate) fn action(event: &Event, scene: &Scene) -> Option<Action> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(event, *key, scene),
        Event::Mouse(mouse) => {
            matches!(scene.view.overlay, Overlay::None | Overlay::Help { .. } | Overlay::Notes { .. })
                .then(|| mouse::action(*mouse, &scene.view.overlay))
                .flatten()
        }
        // Pasted text is used only where text is typed: elsewhere its letters would be commands.
        Event::Paste(text) => types(scene).then(|| Action::Paste(text.clone())),
        _ => None,
    }
}

/// Whether letters are text at the current focus.
fn types(scene: &Scene) -> bool {
    matches!(Context::of(&scene.view.overlay), Context::Form | Context::Picker | Context::Command)
}

/// Whether a terminal event ends the program at once, whatever is on top.
#[must_use]
pub(crate) fn interrupts(event: &Event) -> bool {
    let Event::Key(key) = event else { return false };
    let anywhere = BINDINGS.iter().filter(|binding| binding.context == Context::Everywhere);
    anywhere
        .flat_map(|binding| binding.keys.iter())
        .any(|(bound, action)| *action == Action::Interrupt && bound.is(*key))
}

fn pressed(event: &Event, key: KeyEvent, scene: &Scene) -> Option<Action> {
    let context = Context::of(&scene.view.overlay);
    let counts = |binding: &&Binding| {
        (binding.context == context || binding.context == Context::Everywhere)
            && binding.scope.includes(scene.status.kind)
    };
    let bound = BINDINGS.iter().filter(counts).flat_map(|binding| binding.keys.iter());
    // Keys that need a live run say so when a trace is shown.
    let refused = |binding: &&Binding| {
        binding.context == context && binding.scope == Scope::Live && scene.status.kind == SourceKind::Traces
    };
    let bound = bound.chain(BINDINGS.iter().filter(refused).flat_map(|binding| binding.keys.iter()));
    let found = bound.clone().find(|(bound, _)| bound.is(key)).map(|(_, action)| action.clone());
    match context {
        Context::Form | Context::Picker | Context::Command => {
            found.or_else(|| to_input_request(event).map(Action::Edit))
        }
        // The question stays until it is answered: a key that was meant for something else is not an answer.
        _ => found,
    }
}

/// The rows of the footer for the topmost window, in order.
#[must_use]
pub(crate) fn footer(scene: &Scene) -> Vec<(&'static Binding, Footer)> {
    let context = Context::of(&scene.view.overlay);
    let fits = |binding: &&Binding| binding.context == context && binding.scope.includes(scene.status.kind);
    let rows = BINDINGS.iter().filter(fits).filter_map(|binding| Some((binding, binding.footer?)));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(_, footer)| footer.position);
    rows
}

#[cfg(test)]
mod tests;
