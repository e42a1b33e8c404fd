//! The rows of the table of commands.

use std::path::PathBuf;

use super::Command;
use crate::config::{not_one_of, setting};
use crate::glossary::{GlossaryEntry, Home};
use crate::number::count;
use crate::tui::scene::{Mode, Overlay, Scene};
use crate::tui::source::SourceKind;
use crate::tui::terminal::Mouse;
use crate::tui::update::{Effect, cursor, form, overlay, picker, replay, run, show, window};
use crate::units::{LayerId, Step};

type Outcome = Result<Option<Effect>, String>;

/// All commands, in the order of the hint.
pub(in crate::tui) static COMMANDS: &[Command] = &[
    Command {
        word: "quantity",
        argument: "NAME",
        help: "show this quantity, such as gain",
        run: |scene, name, _| quantity(scene, name),
    },
    Command {
        word: "view",
        argument: "heatmaps|difference|profile|loss|anatomy|histogram|layers|filters|denoising|samples",
        help: "show this view",
        run: |scene, name, _| view(scene, name),
    },
    Command {
        word: "goto",
        argument: "STEP",
        help: "cursor to this step",
        run: |scene, word, _| goto(scene, step(word)?),
    },
    Command {
        word: "layer",
        argument: "BLOCK|stem|head",
        help: "cursor to this layer of the deepest lane",
        run: |scene, word, _| layer(scene, word),
    },
    Command {
        word: "lr",
        argument: "NUMBER",
        help: "learning rate from the next step on",
        run: |scene, rate, _| {
            let rate =
                rate.parse().map_err(|_| format!("'{rate}' is no learning rate: write a number, such as 1e-3"))?;
            Ok(run::set_learning_rate(scene, rate))
        },
    },
    Command {
        word: "depth",
        argument: "BLOCKS",
        help: "restart with so many blocks",
        run: |scene, value, _| set(scene, "depth", value),
    },
    Command {
        word: "set",
        argument: "KEY VALUE",
        help: "restart with this setting changed",
        run: |scene, argument, _| match argument.split_once(' ') {
            Some((key, value)) => set(scene, key, value.trim()),
            None => Err("write: set KEY VALUE, such as set width 128".to_owned()),
        },
    },
    Command {
        word: "restart",
        argument: "",
        help: "restart with the same settings",
        run: |scene, _, _| Ok(run::restart(scene)),
    },
    Command {
        word: "edit",
        argument: "",
        help: "edit settings and restart",
        run: |scene, _, _| {
            form::open(scene);
            Ok(None)
        },
    },
    Command {
        word: "log",
        argument: "DIR",
        help: "write the run into this folder from now on, after all that is held of it",
        run: |scene, directory, _| log(scene, directory),
    },
    Command {
        word: "seek",
        argument: "STEP",
        help: "playhead of a trace to this step",
        run: |scene, word, _| {
            traces_only(scene)?;
            replay::to(scene, step(word)?);
            Ok(None)
        },
    },
    Command {
        word: "speed",
        argument: "STEPS",
        help: "steps per second of the playhead",
        run: |scene, speed, _| {
            traces_only(scene)?;
            let speed: f64 = speed.parse().map_err(|_| format!("'{speed}' is no speed: write a number, such as 4"))?;
            if speed.is_nan() || speed <= 0.0 {
                return Err("a speed is a number above 0".to_owned());
            }
            replay::set_speed(scene, speed);
            Ok(None)
        },
    },
    Command {
        word: "zoom",
        argument: "out",
        help: "everything in view",
        run: |scene, _, _| {
            window::whole(scene);
            Ok(None)
        },
    },
    Command {
        word: "layers",
        argument: "",
        help: "the block at the cursor, opened to its layers",
        run: |scene, _, _| view(scene, "layers"),
    },
    Command {
        word: "filters",
        argument: "",
        help: "the filters of the first convolution as pictures",
        run: |scene, _, _| view(scene, "filters"),
    },
    Command {
        word: "denoising",
        argument: "",
        help: "loss and gradient of a diffusion model by denoising time",
        run: |scene, _, _| view(scene, "denoising"),
    },
    Command {
        word: "samples",
        argument: "",
        help: "pictures that a diffusion model draws",
        run: |scene, _, _| view(scene, "samples"),
    },
    Command {
        word: "mouse",
        argument: "on|off",
        help: "off: the terminal selects text with it",
        run: |scene, word, _| mouse(scene, word),
    },
    Command {
        word: "help",
        argument: "",
        help: "the table of keys",
        run: |scene, _, _| {
            scene.view.overlay = Overlay::Help { scroll: 0 };
            Ok(None)
        },
    },
    Command {
        word: "notes",
        argument: "",
        help: "all notes of the run, the newest first",
        run: |scene, _, _| {
            scene.view.overlay = Overlay::Notes { scroll: 0 };
            Ok(None)
        },
    },
    Command { word: "q", argument: "", help: "quit", run: |scene, _, _| Ok(overlay::quit(scene)) },
    Command { word: "quit", argument: "", help: "quit", run: |scene, _, _| Ok(overlay::quit(scene)) },
];

fn quantity(scene: &mut Scene, name: &str) -> Outcome {
    let known = scene.quantities();
    let is_shown = |topic: &GlossaryEntry| match topic {
        GlossaryEntry::Quantity(quantity) => known.contains(quantity),
        GlossaryEntry::Term(term) => matches!(term.home, Home::View(_)),
    };
    let shown: Vec<GlossaryEntry> = GlossaryEntry::all().filter(is_shown).collect();
    let names: Vec<&str> = shown.iter().map(|topic| topic.term().name).collect();
    let found = shown.iter().find(|topic| topic.term().name == name).ok_or_else(|| not_one_of(name, &names))?;
    picker::show_topic(scene, *found);
    Ok(None)
}

fn view(scene: &mut Scene, name: &str) -> Outcome {
    let names: Vec<&str> = Mode::ALL.iter().map(|(_, name)| *name).collect();
    show(scene, Mode::named(name).ok_or_else(|| not_one_of(name, &names))?);
    Ok(None)
}

/// Beyond either end the cursor goes to the nearest step, and says so.
fn goto(scene: &mut Scene, step: u64) -> Outcome {
    cursor::to_step(scene, step);
    let Some(Step(found)) = scene.cursor_step() else { return Err("no step has been taken yet".to_owned()) };
    if found != step {
        let (step, found) = (count(step), count(found));
        scene.say(format!("there is no step {step}: the cursor is on step {found}"));
    }
    Ok(None)
}

/// Beyond the last block the cursor goes to the last layer, and says so.
fn layer(scene: &mut Scene, word: &str) -> Outcome {
    let last = scene.most_layers().saturating_sub(1);
    let layer = match word {
        "stem" => 0,
        "head" => last,
        block => {
            let refused = || format!("'{word}' is no block: write a whole number, stem or head");
            usize::try_from(number(block).ok_or_else(refused)?).unwrap_or(usize::MAX)
        }
    };
    cursor::to_layer(scene, layer);
    if layer > last {
        let deepest = scene.lanes().find(|lane| lane.history.layers() == last + 1);
        let found = deepest.map(|lane| lane.header.layers.label(LayerId(last as u32))).unwrap_or_default();
        scene.say(format!("there is no block {word}: the cursor is on {found}"));
    }
    Ok(None)
}

/// A folder that is not there is made.
fn log(scene: &Scene, directory: &str) -> Outcome {
    match scene.status.kind {
        SourceKind::Live => Ok(Some(Effect::Log(PathBuf::from(directory)))),
        SourceKind::Traces => Err("what is shown is a trace already: copy its folder to keep it elsewhere".to_owned()),
    }
}

fn mouse(scene: &mut Scene, word: &str) -> Outcome {
    let (mouse, says) = match word {
        "on" => (Mouse::Screen, "a click moves the cursor; with Shift the terminal selects text"),
        "off" => (Mouse::Terminal, "the mouse is the terminal's: it selects text"),
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
    Ok(Some(overlay::restart(scene, config)))
}

fn traces_only(scene: &Scene) -> Result<(), String> {
    match scene.status.kind {
        SourceKind::Traces => Ok(()),
        SourceKind::Live => Err("a live run has no playhead: it goes as fast as it can".to_owned()),
    }
}

fn step(word: &str) -> Result<u64, String> {
    number(word).ok_or_else(|| format!("'{word}' is no step: write a whole number from 1"))
}

fn number(word: &str) -> Option<u64> {
    word.replace(',', "").parse().ok()
}
