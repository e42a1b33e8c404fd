//! The table of commands for the command line; help, hint and completion read it. [`super::update`] executes them.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::scene::ViewId;
use super::view::{self, VIEWS};

/// One command.
pub(super) struct Command {
    /// Its word.
    pub(super) word: &'static str,
    /// Its argument, such as `STEP`; empty if it has none.
    pub(super) argument: Cow<'static, str>,
    /// What it does.
    pub(super) help: &'static str,
    pub(super) verb: Verb,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Quantity,
    View,
    Goto,
    Layer,
    LearningRate,
    Depth,
    Set,
    Restart,
    Edit,
    Log,
    Seek,
    Speed,
    ZoomOut,
    Show(ViewId),
    Mouse,
    Help,
    Notes,
    Quit,
}

/// All commands, in the order of the hint; a view that has a key has a command of its own.
pub(super) static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let views: Vec<&str> = view::names().collect();
    let mut commands = vec![
        command("quantity", "NAME", "show this quantity, such as gain", Verb::Quantity),
        command("view", views.join("|"), "show this view", Verb::View),
        command("goto", "STEP", "cursor to this step", Verb::Goto),
        command("layer", "BLOCK|stem|head", "cursor to this layer of the deepest lane", Verb::Layer),
        command("lr", "NUMBER", "learning rate from the next step on", Verb::LearningRate),
        command("depth", "BLOCKS", "restart with this number of blocks", Verb::Depth),
        command("set", "KEY VALUE", "restart with this setting changed", Verb::Set),
        command("restart", "", "restart with the same settings", Verb::Restart),
        command("edit", "", "edit settings and restart", Verb::Edit),
        command(
            "log",
            "DIR",
            "log the run into this folder, first the steps in memory, then all later ones",
            Verb::Log,
        ),
        command("seek", "STEP", "move the playhead of a trace to this step", Verb::Seek),
        command("speed", "STEPS", "steps per second of the playhead", Verb::Speed),
        command("zoom", "out", "everything in view", Verb::ZoomOut),
    ];
    let with_keys = VIEWS.iter().filter(|view| view.key.is_some());
    commands.extend(with_keys.map(|view| command(view.id.name(), "", view.help, Verb::Show(view.id))));
    commands.extend([
        command("mouse", "on|off", "off: the terminal uses it to select text", Verb::Mouse),
        command("help", "", "the table of keys", Verb::Help),
        command("notes", "", "all notes of the run, the newest first", Verb::Notes),
        command("q", "", "quit", Verb::Quit),
        command("quit", "", "quit", Verb::Quit),
    ]);
    commands
});

fn command(word: &'static str, argument: impl Into<Cow<'static, str>>, help: &'static str, verb: Verb) -> Command {
    Command { word, argument: argument.into(), help, verb }
}

/// The command that a line begins, for the hint beside it.
#[must_use]
pub(super) fn hint(line: &str) -> Option<&'static Command> {
    let (word, _) = split(line);
    let exact = COMMANDS.iter().find(|command| command.word == word);
    exact.or_else(|| COMMANDS.iter().find(|command| !word.is_empty() && command.word.starts_with(word)))
}

/// All words.
pub(super) fn words() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.word).collect()
}

/// The word of a line, and the text after it.
pub(super) fn split(line: &str) -> (&str, &str) {
    let (word, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (word, argument.trim())
}
