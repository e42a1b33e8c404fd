//! One row of the table of keys: the keys, what they do, and where they count.

use std::borrow::Cow;

use super::key::Key;
use crate::tui::action::Action;
use crate::tui::scene::Overlay;
use crate::tui::source::SourceKind;

/// One row: keys that belong together, and what they do.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Each key with its action.
    pub keys: Cow<'static, [(Key, Action)]>,
    /// How the keys are written, such as `←→↑↓`.
    pub label: &'static str,
    /// The same in ASCII.
    pub ascii: &'static str,
    /// What they do.
    pub help: Cow<'static, str>,
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
    /// What can lie on top of the panes, with its name.
    pub const ON_TOP: [(Self, &'static str); 6] = [
        (Self::Help, "help and notes"),
        (Self::Form, "form of settings"),
        (Self::Picker, "list of quantities"),
        (Self::Command, "command line"),
        (Self::Preparing, "another run is being prepared"),
        (Self::Confirm, "question before something is lost"),
    ];

    pub(super) fn of(overlay: &Overlay) -> Self {
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
