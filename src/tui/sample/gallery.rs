//! Frames to view as pictures: every view, overlay and kind of terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tui_input::InputRequest;

use super::blocks::anatomy;
use super::demo::{demo, demo_value, odd};
use super::events::{header, step};
use super::opened::{conv_net, transformer};
use super::screen::{frame, theme};
use crate::tui::action::{Action, Direction, Motion, Turn};
use crate::tui::scene::{Scene, ViewId};
use crate::tui::source::SourceKind;
use crate::tui::theme::{Background, Colours, Glyphs, Theme};
use crate::tui::update::update;
use crate::units::Step;

/// A frame with its name and the background it is meant for.
pub(in crate::tui) type Shown = (String, Buffer, Background);

/// All frames.
pub(in crate::tui) fn gallery() -> Vec<Shown> {
    let mut frames = sizes();
    frames.extend(views());
    frames.extend(terminals());
    frames.extend(lanes());
    frames
}

fn dark(name: &str, scene: &mut Scene, (width, height): (u16, u16)) -> Shown {
    (format!("{name}-{width}"), frame(scene, &theme(), width, height), Background::Dark)
}

fn sizes() -> Vec<Shown> {
    let mut frames: Vec<_> = [(80, 24), (120, 40), (200, 60)].map(|size| dark("demo", &mut demo(300), size)).into();
    let mut pinned = demo(300);
    pinned.view.cursor.step = Some(Step(212));
    frames.push(dark("pinned", &mut pinned, (150, 46)));
    let mut old = demo(9_000);
    old.view.cursor.step = Some(Step(3_000));
    frames.push(dark("old", &mut old, (150, 46)));
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut blocks = anatomy(9);
        blocks.view.shown = ViewId::new("anatomy");
        frames.push(dark("anatomy", &mut blocks, size));
        for (name, mode) in [
            ("stages", ViewId::new("heatmaps")),
            ("layers", ViewId::new("layers")),
            ("filters", ViewId::new("filters")),
        ] {
            let mut opened = conv_net(120);
            opened.view.shown = mode;
            frames.push(dark(name, &mut opened, size));
        }
        let mut halves = transformer(120);
        halves.view.shown = ViewId::new("layers");
        frames.push(dark("halves", &mut halves, size));
    }
    frames
}

fn views() -> Vec<Shown> {
    let letter = |letter| Action::Edit(InputRequest::InsertChar(letter));
    let views = [
        ("difference", vec![Action::View(Turn::Forward)]),
        ("profile", vec![Action::View(Turn::Forward), Action::View(Turn::Forward)]),
        ("loss", vec![Action::View(Turn::Forward); 3]),
        ("picker", vec![Action::OpenPicker, letter('g')]),
        ("gain", vec![Action::Quantity(Turn::Forward)]),
        ("help", vec![Action::Help]),
        ("form", vec![Action::OpenForm, Action::Focus(Turn::Forward), letter('x')]),
        ("command", vec![Action::OpenCommand, letter('q')]),
        (
            "zoom",
            vec![
                Action::Cursor(Motion::Page(Direction::Left)),
                Action::ZoomSteps(Turn::Forward),
                Action::ZoomSteps(Turn::Forward),
                Action::ZoomLayers(Turn::Forward),
            ],
        ),
    ];
    let shown = |(name, actions): (&str, Vec<Action>)| {
        let mut scene = demo(300);
        for action in actions {
            let _ = update(&mut scene, action, Rect::new(0, 0, 120, 40));
        }
        dark(name, &mut scene, (120, 40))
    };
    views.into_iter().map(shown).collect()
}

fn terminals() -> Vec<Shown> {
    let kinds = [
        ("true", Colours::True, Glyphs::Unicode, Background::Dark),
        ("light", Colours::True, Glyphs::Unicode, Background::Light),
        ("light-sixteen", Colours::Sixteen, Glyphs::Unicode, Background::Light),
        ("light-indexed", Colours::Indexed, Glyphs::Unicode, Background::Light),
        ("console", Colours::Sixteen, Glyphs::Console, Background::Dark),
        ("indexed", Colours::Indexed, Glyphs::Unicode, Background::Dark),
        ("sixteen", Colours::Sixteen, Glyphs::Unicode, Background::Dark),
        ("none", Colours::None, Glyphs::Unicode, Background::Dark),
        ("ascii", Colours::None, Glyphs::Ascii, Background::Dark),
        ("ascii-sixteen", Colours::Sixteen, Glyphs::Ascii, Background::Dark),
    ];
    let mut frames = Vec::new();
    for (name, colours, glyphs, background) in kinds {
        let theme = Theme::new(colours, glyphs, background);
        frames.push((name.to_owned(), frame(&mut demo(300), &theme, 120, 40), background));
        frames.push((format!("{name}-odd"), frame(&mut odd(), &theme, 120, 40), background));
    }
    frames
}

/// One lane, four and eight; two are shown in every other frame.
fn lanes() -> Vec<Shown> {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|name| (name, 50));
    let mut frames = Vec::new();
    for (count, name) in [(1, "one"), (4, "four"), (8, "eight")] {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &header(&names[..count]));
        for (lane, at) in (0..count as u16).flat_map(|lane| (1..=90).map(move |at| (lane, at))) {
            let loss = 2.0 / at as f32 * f32::from(lane + 1);
            let value = |quantity, layer| demo_value(lane % 3, at, quantity, layer);
            scene.take(0, &step(lane, at, loss, 52, value));
        }
        frames.extend([(80, 24), (120, 40), (200, 60)].map(|size| dark(name, &mut scene, size)));
    }
    frames
}
