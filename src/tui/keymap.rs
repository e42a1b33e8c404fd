//! The one table of keys: it feeds the lookup, the help overlay, the footer and the README.
//!
//! A new key is a new row. Nothing outside `keymap/` speaks of key codes.

mod docs;
mod key;
mod mouse;
mod table;

use crossterm::event::{Event, KeyEvent, KeyEventKind};
use tui_input::backend::crossterm::to_input_request;

pub use docs::markdown;
pub use key::Key;
pub use mouse::MOUSE;
pub use table::BINDINGS;

use super::action::Action;
use super::scene::{Overlay, Scene};
use super::source::SourceKind;

/// One row: keys that belong together, and what they do.
#[derive(Debug)]
pub struct Binding {
    /// Each key with its action.
    pub keys: &'static [(Key, Action)],
    /// How the keys are written, such as `←→↑↓`.
    pub label: &'static str,
    /// The same in ASCII.
    pub ascii: &'static str,
    /// What they do.
    pub help: &'static str,
    /// Heading in the help.
    pub group: Group,
    /// What must lie on top.
    pub context: Context,
    /// What the events must come from.
    pub scope: Scope,
    /// Place in the footer.
    pub footer: Option<Footer>,
}

/// Heading in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The cursor.
    Cursor,
    /// What is in view.
    Window,
    /// What the panes show.
    Picture,
    /// The live run.
    Run,
    /// The playhead of a trace.
    Trace,
    /// The program.
    Program,
    /// What lies on top.
    Overlay,
}

impl Group {
    /// All headings, in the order of the help.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Cursor, "Cursor, the same in all panes"),
        (Self::Window, "Zoom and pan"),
        (Self::Picture, "Picture"),
        (Self::Run, "Live run"),
        (Self::Trace, "Trace"),
        (Self::Program, "Program"),
        (Self::Overlay, "Form, list of quantities and command line"),
    ];
}

/// What must lie on top for a key to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Whatever it is.
    Everywhere,
    /// Nothing.
    Panes,
    /// The help, or the notes.
    Help,
    /// The form of settings.
    Form,
    /// The list of quantities.
    Picker,
    /// The command line.
    Command,
    /// Waiting for another run.
    Preparing,
    /// The question before quitting.
    Confirm,
}

impl Context {
    fn of(overlay: &Overlay) -> Self {
        match overlay {
            Overlay::None => Self::Panes,
            Overlay::Help { .. } | Overlay::Notes { .. } => Self::Help,
            Overlay::Form(_) => Self::Form,
            Overlay::Picker(_) => Self::Picker,
            Overlay::Command(_) => Self::Command,
            Overlay::Preparing(_) => Self::Preparing,
            Overlay::Confirm(_) => Self::Confirm,
        }
    }
}

/// What the events must come from for a key to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Anything.
    Always,
    /// A live run.
    Live,
    /// Traces.
    Traces,
}

impl Scope {
    /// Whether it includes a kind of source.
    #[must_use]
    pub fn includes(self, kind: SourceKind) -> bool {
        match self {
            Self::Always => true,
            Self::Live => kind == SourceKind::Live,
            Self::Traces => kind == SourceKind::Traces,
        }
    }
}

/// A place in the footer.
#[derive(Clone, Copy, Debug)]
pub struct Footer {
    /// From the left.
    pub position: u8,
    /// The lowest ranks stay longest on a narrow terminal.
    pub rank: u8,
    /// One word.
    pub word: &'static str,
}

/// What an event of the terminal asks for, if anything.
#[must_use]
pub fn action(event: &Event, scene: &Scene) -> Option<Action> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(event, *key, scene),
        Event::Mouse(mouse) => {
            matches!(scene.view.overlay, Overlay::None | Overlay::Help { .. } | Overlay::Notes { .. })
                .then(|| mouse::action(*mouse, &scene.view.overlay))
                .flatten()
        }
        // Only where one types: elsewhere its letters would be commands.
        Event::Paste(text) => types(scene).then(|| Action::Paste(text.clone())),
        _ => None,
    }
}

/// Whether letters are text where the focus is.
fn types(scene: &Scene) -> bool {
    matches!(Context::of(&scene.view.overlay), Context::Form | Context::Picker | Context::Command)
}

/// Whether an event of the terminal ends the program at once, whatever lies on top.
#[must_use]
pub fn interrupts(event: &Event) -> bool {
    let Event::Key(key) = event else { return false };
    let anywhere = BINDINGS.iter().filter(|binding| binding.context == Context::Everywhere);
    anywhere.flat_map(|binding| binding.keys).any(|(bound, action)| *action == Action::Interrupt && bound.is(*key))
}

fn pressed(event: &Event, key: KeyEvent, scene: &Scene) -> Option<Action> {
    let context = Context::of(&scene.view.overlay);
    let counts = |binding: &&Binding| {
        (binding.context == context || binding.context == Context::Everywhere)
            && binding.scope.includes(scene.status.kind)
    };
    let bound = BINDINGS.iter().filter(counts).flat_map(|binding| binding.keys);
    // What only a live run can do says so of a trace.
    let refused = |binding: &&Binding| {
        binding.context == context && binding.scope == Scope::Live && scene.status.kind == SourceKind::Traces
    };
    let bound = bound.chain(BINDINGS.iter().filter(refused).flat_map(|binding| binding.keys));
    let found = bound.clone().find(|(bound, _)| bound.is(key)).map(|(_, action)| action.clone());
    match context {
        Context::Form | Context::Picker | Context::Command => {
            found.or_else(|| to_input_request(event).map(Action::Edit))
        }
        // The question stays until it is answered: a key that was meant for something else answers nothing.
        _ => found,
    }
}

/// The rows of the footer for what lies on top, in order.
#[must_use]
pub fn footer(scene: &Scene) -> Vec<(&'static Binding, Footer)> {
    let context = Context::of(&scene.view.overlay);
    let fits = |binding: &&Binding| binding.context == context && binding.scope.includes(scene.status.kind);
    let rows = BINDINGS.iter().filter(fits).filter_map(|binding| Some((binding, binding.footer?)));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(_, footer)| footer.position);
    rows
}

#[cfg(test)]
mod tests;
