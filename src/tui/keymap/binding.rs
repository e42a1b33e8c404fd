//! One row of the table of keys: the keys, what they do, and where they apply.

use std::borrow::Cow;

use super::key::Key;
use crate::tui::action::Action;
use crate::tui::scene::Overlay;
use crate::tui::source::SourceKind;

/// One row: keys that belong together, and what they do.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// Each key with its action.
    pub(crate) keys: Cow<'static, [(Key, Action)]>,
    /// How the keys are written, such as `←→↑↓`.
    pub(crate) label: &'static str,
    /// The same in ASCII.
    pub(crate) ascii: &'static str,
    /// What they do.
    pub(crate) help: Cow<'static, str>,
    /// Heading in the help.
    pub(crate) group: Group,
    /// The window that must be on top.
    pub(crate) context: Context,
    /// The source that the events must have.
    pub(crate) scope: Scope,
    /// Place in the footer.
    pub(crate) footer: Option<Footer>,
}

/// Heading in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The cursor.
    Cursor,
    /// Zoom and pan.
    Window,
    /// What the panes show.
    Picture,
    /// The live run.
    Run,
    /// The playhead of a trace.
    Trace,
    /// The program.
    Program,
    /// Windows on top of the panes.
    Overlay,
}

impl Group {
    /// All headings, in the order of the help.
    pub(crate) const ALL: [(Self, &'static str); 7] = [
        (Self::Cursor, "Cursor, the same in all panes"),
        (Self::Window, "Zoom and pan"),
        (Self::Picture, "Quantity and view"),
        (Self::Run, "Live run"),
        (Self::Trace, "Trace"),
        (Self::Program, "Program"),
        (Self::Overlay, "Form, list of quantities and command line"),
    ];
}

/// The window that must be on top for a key to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Any window.
    Everywhere,
    /// No window: the panes themselves.
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
    /// The windows on top of the panes, with their names.
    pub(crate) const ON_TOP: [(Self, &'static str); 6] = [
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

/// The source that the events must have for a key to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Any source.
    Always,
    /// A live run.
    Live,
    /// Traces.
    Traces,
}

impl Scope {
    /// Whether it includes a kind of source.
    #[must_use]
    pub(crate) fn includes(self, kind: SourceKind) -> bool {
        match self {
            Self::Always => true,
            Self::Live => kind == SourceKind::Live,
            Self::Traces => kind == SourceKind::Traces,
        }
    }
}

/// A place in the footer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Footer {
    /// From the left.
    pub(crate) position: u8,
    /// The lowest ranks stay longest on a narrow terminal.
    pub(crate) rank: u8,
    /// One word.
    pub(crate) word: &'static str,
}
