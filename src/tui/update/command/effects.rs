//! Executes each command.

use std::path::PathBuf;

use crate::config::setting;
use crate::config::spelling::not_one_of;
use crate::glossary::{GlossaryEntry, Home};
use crate::number::count;
use crate::tui::command::Verb;
use crate::tui::scene::{Overlay, Scene};
use crate::tui::source::SourceKind;
use crate::tui::terminal::Mouse;
use crate::tui::update::effect::Effect;
use crate::tui::update::views::show;
use crate::tui::update::{cursor, ending, form, picker, replay, run, window};
use crate::tui::view;
use crate::units::{LayerId, Step};

type Outcome = Result<Option<Effect>, String>;

/// Executes a command with its argument.
pub(super) fn execute(scene: &mut Scene, verb: Verb, argument: &str) -> Outcome {
    match verb {
        Verb::Quantity => quantity(scene, argument)?,
        Verb::View => view(scene, argument)?,
        Verb::Goto => goto(scene, step(argument)?)?,
        Verb::Layer => layer(scene, argument)?,
        Verb::LearningRate => return learning_rate(scene, argument),
        Verb::Depth => return set(scene, "depth", argument),
        Verb::Set => return set_key(scene, argument),
        Verb::Restart => return Ok(run::restart(scene)),
        Verb::Edit => form::open(scene),
        Verb::Log => return log(scene, argument),
        Verb::Seek => seek(scene, argument)?,
        Verb::Speed => speed(scene, argument)?,
        Verb::ZoomOut => window::whole(scene),
        Verb::Show(id) => show(scene, id),
        Verb::Mouse => return mouse(scene, argument),
        Verb::Help => scene.view.overlay = Overlay::Help { scroll: 0 },
        Verb::Notes => scene.view.overlay = Overlay::Notes { scroll: 0 },
        Verb::Quit => return Ok(ending::quit(scene)),
    }
    Ok(None)
}

fn set_key(scene: &mut Scene, argument: &str) -> Outcome {
    let (key, value) = argument.split_once(' ').ok_or("write: set KEY VALUE, such as set width 128")?;
    set(scene, key, value.trim())
}

fn learning_rate(scene: &mut Scene, rate: &str) -> Outcome {
    let number = rate.parse().map_err(|_| format!("'{rate}' is not a learning rate: write a number, such as 1e-3"))?;
    Ok(run::set_learning_rate(scene, number))
}

fn seek(scene: &mut Scene, word: &str) -> Result<(), String> {
    traces_only(scene)?;
    replay::to(scene, step(word)?);
    Ok(())
}

fn speed(scene: &mut Scene, speed: &str) -> Result<(), String> {
    traces_only(scene)?;
    let number: f64 = speed.parse().map_err(|_| format!("'{speed}' is not a speed: write a number, such as 4"))?;
    if number.is_nan() || number <= 0.0 {
        return Err("a speed is a number above 0".to_owned());
    }
    replay::set_speed(scene, number);
    Ok(())
}

fn quantity(scene: &mut Scene, name: &str) -> Result<(), String> {
    let known = scene.quantities();
    let is_shown = |entry: &GlossaryEntry| match entry {
        GlossaryEntry::Quantity(quantity) => known.contains(quantity),
        GlossaryEntry::Term(term) => matches!(term.home, Home::View(_)),
    };
    let shown: Vec<GlossaryEntry> = GlossaryEntry::all().filter(is_shown).collect();
    let names: Vec<&str> = shown.iter().map(|entry| entry.term().name).collect();
    let found = shown.iter().find(|entry| entry.term().name == name).ok_or_else(|| not_one_of(name, &names))?;
    picker::show_entry(scene, *found);
    Ok(())
}

fn view(scene: &mut Scene, name: &str) -> Result<(), String> {
    let names: Vec<&str> = view::names().collect();
    show(scene, view::named(name).ok_or_else(|| not_one_of(name, &names))?);
    Ok(())
}

/// Outside the run the cursor goes to the nearest step, and a notice says so.
fn goto(scene: &mut Scene, step: u64) -> Result<(), String> {
    cursor::to_step(scene, step);
    let Some(Step(found)) = scene.cursor_step() else { return Err("there is no step yet".to_owned()) };
    if found != step {
        let (step, found) = (count(step), count(found));
        scene.say(format!("there is no step {step}: the cursor is on step {found}"));
    }
    Ok(())
}

/// After the last block the cursor goes to the last layer, and a notice says so.
fn layer(scene: &mut Scene, word: &str) -> Result<(), String> {
    let last = scene.most_layers().saturating_sub(1);
    let layer = match word {
        "stem" => 0,
        "head" => last,
        block => {
            let refused = || format!("'{word}' is not a block: write a whole number, stem or head");
            let number = usize::try_from(number(block).ok_or_else(refused)?).unwrap_or(usize::MAX);
            let deepest = scene.lanes().find(|lane| lane.history.layers() == last + 1);
            let row = deepest.and_then(|lane| lane.header.layers.row_numbered(number));
            if number == 0 { 0 } else { row.map_or(usize::MAX, LayerId::index) }
        }
    };
    cursor::to_layer(scene, layer);
    if layer > last {
        let deepest = scene.lanes().find(|lane| lane.history.layers() == last + 1);
        let found = deepest.map(|lane| lane.header.layers.label(LayerId(last as u32))).unwrap_or_default();
        scene.say(format!("there is no block {word}: the cursor is on {found}"));
    }
    Ok(())
}

/// A missing folder is created.
fn log(scene: &Scene, folder: &str) -> Outcome {
    match scene.status.kind {
        SourceKind::Live => Ok(Some(Effect::Log(PathBuf::from(folder)))),
        SourceKind::Traces => Err("this is already a trace: copy its folder to keep it elsewhere".to_owned()),
    }
}

fn mouse(scene: &mut Scene, word: &str) -> Outcome {
    let (mouse, says) = match word {
        "on" => (Mouse::Screen, "a click moves the cursor; with Shift the terminal selects text"),
        "off" => (Mouse::Terminal, "the terminal has the mouse: it selects text"),
        _ => return Err(not_one_of(word, &["on", "off"])),
    };
    scene.say(says);
    Ok(Some(Effect::Mouse(mouse)))
}

fn set(scene: &mut Scene, key: &str, value: &str) -> Outcome {
    let Some(before) = run::config(scene) else { return Ok(None) };
    let mut config = before.clone();
    let keys: Vec<&str> = setting::SETTINGS.iter().map(|setting| setting.key).collect();
    let setting = setting::find(key).ok_or_else(|| not_one_of(key, &keys))?;
    config.change(setting, value).map_err(|error| error.to_string())?;
    if let Some(why) = config.not_applicable(key) {
        return Err(format!("{key}: {why}"));
    }
    config.check().map_err(|error| error.to_string())?;
    if config == before {
        return Err(format!("{key} is {} already: the run goes on", setting.get(&config)));
    }
    Ok(Some(ending::restart(scene, config)))
}

fn traces_only(scene: &Scene) -> Result<(), String> {
    match scene.status.kind {
        SourceKind::Traces => Ok(()),
        SourceKind::Live => Err("a live run has no playhead: it runs as fast as it can".to_owned()),
    }
}

fn step(word: &str) -> Result<u64, String> {
    number(word).ok_or_else(|| format!("'{word}' is not a step: write a whole number from 1"))
}

fn number(word: &str) -> Option<u64> {
    word.replace(',', "").parse().ok()
}
