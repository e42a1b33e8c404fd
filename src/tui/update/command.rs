//! The command line: executes and completes a line.

mod effects;

use tui_input::Input;

use super::effect::Effect;
use crate::config::setting;
use crate::config::spelling::nearest;
use crate::quantity::Quantity;
use crate::tui::choices::choices;
use crate::tui::command::{COMMANDS, split, words};
use crate::tui::scene::{Overlay, Scene};
use crate::tui::view;

/// Executes a line; an error becomes the notice.
pub(super) fn run(scene: &mut Scene, line: &str) -> Option<Effect> {
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
        Some(command) => effects::execute(scene, command.verb, argument),
        None => Err(match nearest(word, &words()) {
            Some(near) => format!("'{word}' is not a command: did you mean '{near}'?"),
            None => format!("'{word}' is not a command; Tab goes through the commands"),
        }),
    };
    outcome.unwrap_or_else(|problem| {
        scene.say(problem);
        None
    })
}

/// Completes the word before the cursor with the first word that begins with it.
pub(super) fn complete(scene: &mut Scene) {
    let Overlay::Command(input) = &mut scene.view.overlay else { return };
    let line = input.value();
    let (word, argument) = split(line);
    let (before, start, candidates) = match word {
        _ if !line.contains(' ') => (String::new(), word, words()),
        "quantity" => {
            ("quantity ".to_owned(), argument, Quantity::ALL.iter().map(|quantity| quantity.name()).collect())
        }
        "view" => ("view ".to_owned(), argument, view::names().collect()),
        "set" => match argument.split_once(' ') {
            Some((key, value)) => (format!("set {key} "), value.trim_start(), choices(key)),
            None => ("set ".to_owned(), argument, setting::SETTINGS.iter().map(|setting| setting.key).collect()),
        },
        _ => return,
    };
    if let Some(found) = candidates.iter().find(|candidate| candidate.starts_with(start)) {
        *input = Input::new(format!("{before}{found} "));
    }
}
