//! The command line: one table of commands, doing what the keys do.

mod table;

use ratatui::layout::Rect;
use tui_input::Input;

use super::Effect;
use crate::config::{nearest, setting};
use crate::quantity::Quantity;
use crate::tui::scene::{Mode, Overlay, Scene};

pub(in crate::tui) use table::COMMANDS;

/// One command.
pub(in crate::tui) struct Command {
    /// Its word.
    pub(in crate::tui) word: &'static str,
    /// What follows it, such as `STEP`; empty when nothing does.
    pub(in crate::tui) argument: &'static str,
    /// What it does.
    pub(in crate::tui) help: &'static str,
    run: fn(&mut Scene, &str, Rect) -> Result<Option<Effect>, String>,
}

/// Runs a line; what is wrong with it becomes the notice.
pub(super) fn run(scene: &mut Scene, line: &str, area: Rect) -> Option<Effect> {
    let (word, argument) = split(line);
    if word.is_empty() {
        return None;
    }
    let outcome = match COMMANDS.iter().find(|command| command.word == word) {
        Some(command) if command.argument.is_empty() && !argument.is_empty() => {
            Err(format!("'{word}' takes nothing after it"))
        }
        Some(command) if !command.argument.is_empty() && argument.is_empty() => {
            Err(format!("write: {word} {}", command.argument))
        }
        Some(command) => (command.run)(scene, argument, area),
        None => Err(match nearest(word, &words()) {
            Some(near) => format!("'{word}' is not a command: did you mean '{near}'?"),
            None => format!("'{word}' is not a command; Tab goes through them"),
        }),
    };
    outcome.unwrap_or_else(|problem| {
        scene.say(problem);
        None
    })
}

/// Completes the word before the cursor with the first that begins so.
pub(super) fn complete(scene: &mut Scene) {
    let Overlay::Command(input) = &mut scene.view.overlay else { return };
    let line = input.value();
    let (word, argument) = split(line);
    let (before, start, candidates) = match word {
        _ if !line.contains(' ') => (String::new(), word, words()),
        "quantity" => {
            ("quantity ".to_owned(), argument, Quantity::ALL.iter().map(|quantity| quantity.name()).collect())
        }
        "view" => ("view ".to_owned(), argument, Mode::ALL.iter().map(|(_, name)| *name).collect()),
        "set" => match argument.split_once(' ') {
            Some((key, value)) => (format!("set {key} "), value.trim_start(), super::form::words(key)),
            None => ("set ".to_owned(), argument, setting::SETTINGS.iter().map(|setting| setting.key).collect()),
        },
        _ => return,
    };
    if let Some(found) = candidates.iter().find(|candidate| candidate.starts_with(start)) {
        *input = Input::new(format!("{before}{found} "));
    }
}

/// The command that a line begins to spell, for the hint beside it.
#[must_use]
pub(in crate::tui) fn hint(line: &str) -> Option<&'static Command> {
    let (word, _) = split(line);
    let exact = COMMANDS.iter().find(|command| command.word == word);
    exact.or_else(|| COMMANDS.iter().find(|command| !word.is_empty() && command.word.starts_with(word)))
}

fn words() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.word).collect()
}

fn split(line: &str) -> (&str, &str) {
    let (word, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (word, argument.trim())
}
