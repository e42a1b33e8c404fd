//! What every frame must hold, and snapshots of whole frames with their styles.

mod blow_up;
mod cadence;
mod contrast;
mod cursor_state;
mod denoising;
mod opened;
mod plain;
mod room;
mod theory;

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell as Target};
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;
use crate::event::{Event, LaneEnd, Note, Outcome};
use crate::history::Cell;
use crate::tui::action::{Action, Direction, Motion, Turn};
use crate::tui::pane::cell::{Cross, Painter};
use crate::tui::prepare::prepare;
use crate::tui::sample;
use crate::tui::scale::Scale;
use crate::tui::scene::{Activity, ViewId};
use crate::tui::source::SourceKind;
use crate::tui::theme::{Background, Colours};
use crate::tui::update::update;
use crate::tui::view::VIEWS;
use crate::units::{LaneId, Step};

/// The frame as text, then its styles: each distinct one once with a number, and per row the numbers with how often.
fn dump(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let mut text = String::new();
    for row in buffer.content().chunks(width) {
        let line: String = row.iter().map(Target::symbol).collect();
        let _ = writeln!(text, "|{line}|");
    }
    let mut known: Vec<Style> = Vec::new();
    let mut rows = String::new();
    for row in buffer.content().chunks(width) {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for cell in row {
            let style = cell.style();
            let index = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            match runs.last_mut() {
                Some((last, times)) if *last == index => *times += 1,
                _ => runs.push((index, 1)),
            }
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|(index, times)| if *times == 1 { index.to_string() } else { format!("{index}*{times}") })
            .collect();
        let _ = writeln!(rows, "{}", runs.join(" "));
    }
    let _ = writeln!(text, "styles by row\n{rows}styles");
    for (index, style) in known.iter().enumerate() {
        let colour = |colour: Option<ratatui::style::Color>| colour.unwrap_or_default().to_string();
        let modifier = format!("{:?}", style.add_modifier).replace("NONE", "");
        let _ = writeln!(text, "{index}: {} on {} {modifier}", colour(style.fg), colour(style.bg));
    }
    text
}

fn theme(colours: Colours, glyphs: Glyphs) -> Theme {
    Theme::new(colours, glyphs, Background::Dark)
}

fn text(buffer: &Buffer) -> String {
    buffer.content().iter().map(Target::symbol).collect()
}

fn snapshot(name: &str, scene: &mut Scene, theme: &Theme, (width, height): (u16, u16)) {
    insta::assert_snapshot!(name, dump(&sample::frame(scene, theme, width, height)));
}

#[test]
fn the_dashboard_in_three_sizes() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        snapshot(&format!("dashboard_{}x{}", size.0, size.1), &mut sample::demo(90), &sample::theme(), size);
    }
}

#[test]
fn the_dashboard_on_every_kind_of_terminal() {
    for (name, colours, glyphs) in [
        ("indexed", Colours::Indexed, Glyphs::Unicode),
        ("sixteen", Colours::Sixteen, Glyphs::Unicode),
        ("no_colour", Colours::None, Glyphs::Unicode),
        ("ascii", Colours::None, Glyphs::Ascii),
    ] {
        snapshot(&format!("dashboard_{name}"), &mut sample::demo(90), &theme(colours, glyphs), (100, 30));
        snapshot(&format!("special_values_{name}"), &mut sample::odd(), &theme(colours, glyphs), (80, 24));
    }
    let light = Theme::new(Colours::True, Glyphs::Unicode, Background::Light);
    snapshot("dashboard_light", &mut sample::demo(90), &light, (80, 24));
    snapshot("special_values", &mut sample::odd(), &sample::theme(), (80, 24));
}

#[test]
fn the_anatomy_of_a_block_in_three_sizes_and_without_colour_or_unicode() {
    let scene = || {
        let mut scene = sample::anatomy(9);
        scene.view.shown = ViewId::new("anatomy");
        scene
    };
    for size in [(80, 24), (120, 40), (200, 60)] {
        snapshot(&format!("anatomy_{}x{}", size.0, size.1), &mut scene(), &sample::theme(), size);
    }
    snapshot("anatomy_no_colour", &mut scene(), &theme(Colours::None, Glyphs::Unicode), (120, 40));
    snapshot("anatomy_ascii", &mut scene(), &theme(Colours::None, Glyphs::Ascii), (80, 24));
}

#[test]
fn the_anatomy_points_at_the_factor_where_the_signal_is_lost() {
    let mut scene = sample::anatomy(9);
    scene.view.shown = ViewId::new("anatomy");
    let buffer = sample::frame(&mut scene, &theme(Colours::None, Glyphs::Unicode), 200, 60);
    let rows: Vec<String> = buffer.content().chunks(200).map(|row| row.iter().map(Target::symbol).collect()).collect();
    let row = |words: &str| rows.iter().find(|row| row.contains(words)).map_or("", String::as_str).to_owned();
    assert_eq!(row("×0.58").matches("◂ lost here").count(), 1);
    assert_eq!(row("×2.40").matches("◂ grew here").count(), 1, "the residual block as a whole grows it");
    assert_eq!(rows.iter().map(|row| row.matches('◂').count()).sum::<usize>(), 2);
    assert!(!row("no skip connection around the block").is_empty());
    assert!(row("gain ×1.07").contains("skip ×1.00  branch ×0.22  cosine 0.20"));
}

#[test]
fn every_view_and_overlay() {
    let area = Rect::new(0, 0, 100, 30);
    let key = |letter| Action::Edit(tui_input::InputRequest::InsertChar(letter));
    for (name, actions) in [
        ("difference", vec![Action::View(Turn::Forward)]),
        ("profile", vec![Action::View(Turn::Forward), Action::View(Turn::Forward)]),
        ("loss", vec![Action::View(Turn::Forward); 3]),
        ("zoomed", vec![Action::Cursor(Motion::Page(Direction::Left)), Action::ZoomSteps(Turn::Forward)]),
        ("help", vec![Action::Help]),
        ("form", vec![Action::OpenForm, key('x')]),
        ("picker", vec![Action::OpenPicker, key('g')]),
        ("command", vec![Action::OpenCommand, key('g')]),
        ("confirm", vec![Action::Quit]),
    ] {
        let mut scene = sample::demo(60);
        scene.status.would_lose = true;
        for action in actions {
            let _ = update(&mut scene, action, area);
        }
        snapshot(name, &mut scene, &theme(Colours::None, Glyphs::Unicode), (100, 30));
    }
}

#[test]
fn no_size_mode_or_overlay_makes_it_panic() {
    let sizes = [
        (0, 0),
        (1, 1),
        (2, 3),
        (1, 300),
        (300, 1),
        (20, 5),
        (60, 18),
        (61, 19),
        (79, 23),
        (100, 18),
        (60, 60),
        (255, 90),
    ];
    let eight: Vec<(&str, usize)> = vec![("lane", 3); 8];
    let mut many = Scene::new(SourceKind::Traces);
    many.take(0, &sample::header(&eight));
    many.take(1, &sample::header(&[("empty", 0)]));
    let mut none = Scene::new(SourceKind::Live);
    none.take(0, &sample::header(&[]));
    let scenes = [Scene::new(SourceKind::Live), none, many, sample::demo(7), sample::odd()];
    let overlays = [
        Action::Close,
        Action::Help,
        Action::Notes,
        Action::OpenForm,
        Action::OpenPicker,
        Action::OpenCommand,
        Action::Quit,
    ];
    let themes = [sample::theme(), theme(Colours::Sixteen, Glyphs::Unicode), theme(Colours::None, Glyphs::Ascii)];
    for scene in scenes {
        for (width, height) in sizes {
            let area = Rect::new(0, 0, width, height);
            for mode in VIEWS.map(|view| view.id) {
                for overlay in &overlays {
                    let mut scene = scene.clone();
                    scene.status.would_lose = true;
                    scene.view.shown = mode;
                    let _ = update(&mut scene, overlay.clone(), area);
                    for action in every_movement() {
                        let _ = update(&mut scene, action, area);
                    }
                    for theme in &themes {
                        sample::frame(&mut scene, theme, width, height);
                    }
                }
            }
        }
    }
}

fn every_movement() -> Vec<Action> {
    let mut actions = Vec::new();
    for direction in [Direction::Left, Direction::Right, Direction::Up, Direction::Down] {
        actions.extend([
            Action::Cursor(Motion::One(direction)),
            Action::Cursor(Motion::Page(direction)),
            Action::Cursor(Motion::End(direction)),
            Action::Pan(direction),
            Action::Scroll(Motion::Page(direction)),
        ]);
    }
    for turn in [Turn::Forward, Turn::Back, Turn::Forward] {
        actions.extend([Action::ZoomSteps(turn), Action::ZoomLayers(turn), Action::Lanes(turn), Action::Focus(turn)]);
    }
    let place = crate::tui::terminal_cell::TerminalCell { column: 12, row: 3 };
    actions.extend([Action::Click(place), Action::Drag(place), Action::Wheel(place, Turn::Forward)]);
    actions
}

#[test]
fn a_terminal_that_is_too_small_shows_the_size_it_needs() {
    let buffer = sample::frame(&mut sample::demo(3), &sample::theme(), 30, 8);
    let words = text(&buffer).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("needs 60×18") && words.contains("has 30×8"), "{words}");
}

#[test]
fn quitting_from_a_terminal_too_small_still_asks() {
    let mut scene = sample::demo(3);
    scene.status.would_lose = true;
    let _ = update(&mut scene, Action::Quit, Rect::new(0, 0, 30, 8));
    let buffer = sample::frame(&mut scene, &sample::theme(), 30, 8);
    assert!(text(&buffer).contains("Quit?"));
}

#[test]
fn an_old_step_shows_the_range_of_its_bucket_and_says_so() {
    let mut scene = sample::demo(4_300);
    for (step, is_held) in [(100, true), (200, false), (4_200, true)] {
        scene.view.cursor.step = Some(Step(step));
        let shown = text(&sample::frame(&mut scene, &sample::theme(), 160, 40));
        assert_eq!(!shown.contains("least…largest of the bucket"), is_held, "{step}");
    }
}

#[test]
fn an_ascii_screen_holds_nothing_but_ascii() {
    for mode in VIEWS.map(|view| view.id) {
        for mut scene in [sample::demo(20), sample::odd()] {
            scene.view.shown = mode;
            let _ = update(&mut scene, Action::Help, Rect::new(0, 0, 120, 40));
            let shown = text(&sample::frame(&mut scene, &theme(Colours::Sixteen, Glyphs::Ascii), 120, 40));
            assert!(shown.is_ascii());
        }
    }
}

#[test]
fn foreign_text_brings_no_control_character_to_the_screen() {
    let mut scene = Scene::new(SourceKind::Traces);
    scene.take(0, &sample::header(&[("evil\u{1b}[2J\u{7}\nname", 4)]));
    let text_of = |text: &str| Note { lane: None, step: Step(1), text: text.to_owned() };
    scene.take(0, &Event::Note(text_of("\u{1b}]0;title\u{7} \r\n\t bell")));
    scene.say("\u{9b}31m \u{202e}drawkcab");
    for width in [60, 120] {
        let buffer = sample::frame(&mut scene, &sample::theme(), width, 40);
        let is_foul = |letter: char| letter.is_control() || letter == '\u{202e}';
        assert!(!text(&buffer).contains(is_foul));
    }
}

#[test]
fn every_special_value_has_a_glyph_and_a_look_of_its_own_at_every_level() {
    let kinds = [Cell::Empty, Cell::Absent, Cell::Zero, Cell::Nan, Cell::Infinite];
    for colours in [Colours::True, Colours::Indexed, Colours::Sixteen, Colours::None] {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let theme = theme(colours, glyphs);
            let painter = Painter { theme: &theme, palette: theme.sequential(), scale: Scale { low: 0.0, high: 1.0 } };
            let paint = |cell: Cell| {
                let mut target = Target::default();
                painter.paint([cell; 2], Cross::Away, &mut target);
                target
            };
            let values: Vec<Target> = (0..=100).map(|value| paint(Cell::Value(value as f32 / 100.0))).collect();
            let special: Vec<Target> = kinds.iter().map(|kind| paint(*kind)).collect();
            for (index, one) in special.iter().enumerate() {
                assert!(!values.contains(one), "{:?} looks like a value", kinds[index]);
                for other in &special[index + 1..] {
                    assert!(one.symbol() != other.symbol(), "{one:?} {other:?}");
                }
            }
        }
    }
}

#[test]
fn a_single_nan_stays_visible_among_values_and_under_the_cross() {
    let theme = sample::theme();
    let painter = Painter { theme: &theme, palette: theme.sequential(), scale: Scale { low: 0.0, high: 1.0 } };
    for cross in [Cross::Away, Cross::Vertical, Cross::Horizontal, Cross::Centre] {
        let mut target = Target::default();
        painter.paint([Cell::Value(0.5), Cell::Nan], cross, &mut target);
        assert_eq!(target.symbol(), "!");
    }
}

#[test]
fn the_cross_stands_in_every_pane_at_the_same_step_and_depth() {
    let mut scene = sample::demo(80);
    let area = Rect::new(0, 0, 120, 40);
    let _ = update(&mut scene, Action::Cursor(Motion::Page(Direction::Left)), area);
    let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
    let layout = Layout::new(area, &scene).expect("large enough");
    let centres: Vec<(u16, u16)> = layout
        .panes
        .heatmaps()
        .iter()
        .flat_map(|pane| pane.picture.positions().map(move |position| (pane, position)))
        .filter(|(_, position)| buffer.cell(*position).is_some_and(|cell| cell.symbol() == "┼"))
        .map(|(pane, position)| (position.x - pane.picture.x, position.y - pane.picture.y))
        .collect();
    assert_eq!(centres.len(), 2);
    assert_eq!(centres[0], centres[1]);
    let step = scene.cursor_step().expect("has steps");
    assert_eq!(text(&buffer).matches(&format!("▴{step}")).count(), 3);
}

#[test]
fn the_title_says_how_a_lane_ended_before_anything_else() {
    let mut scene = sample::demo(20);
    let end = LaneEnd { lane: LaneId(0), step: Step(20), outcome: Outcome::Diverged };
    scene.take(0, &Event::LaneEnded(end));
    scene.status.activity = Activity::Ended(Outcome::Diverged);
    for (width, words) in [(60, "diverged"), (80, "diverged at"), (200, "diverged at step 20")] {
        let shown = text(&sample::frame(&mut scene, &sample::theme(), width, 40));
        assert!(shown.contains(words), "{width}");
    }
}

/// Bytes that a terminal is sent to get from one frame to the next.
fn bytes_between(before: &Buffer, after: &Buffer) -> usize {
    use ratatui::backend::{Backend, CrosstermBackend};
    let mut sent = Vec::new();
    let drawn = CrosstermBackend::new(&mut sent).draw(before.diff(after).into_iter());
    drawn.expect("written to memory");
    sent.len()
}

#[test]
fn a_frame_with_one_new_step_costs_at_most_five_kilobytes() {
    let mut scene = sample::demo(70);
    let mut before = sample::frame(&mut scene, &sample::theme(), 200, 60);
    for at in 71..=80 {
        for event in sample::demo_steps(at..at + 1) {
            scene.take(0, &event);
        }
        let after = sample::frame(&mut scene, &sample::theme(), 200, 60);
        let bytes = bytes_between(&before, &after);
        assert!(bytes <= 5 * 1024, "{bytes} bytes");
        before = after;
    }
}

#[test]
fn preparing_step_by_step_gives_the_picture_of_preparing_once() {
    let theme = sample::theme();
    let area = Rect::new(0, 0, 100, 30);
    let mut once = sample::demo(150);
    let mut stepwise = sample::demo(1);
    for at in 2..=150 {
        let newer = sample::demo_steps(at..at + 1);
        for event in &newer {
            stepwise.take(0, event);
        }
        if at % 3 == 0 || at > 140 {
            prepare(&mut stepwise, &theme, area);
        }
    }
    prepare(&mut once, &theme, area);
    for lane in 0..2 {
        let (a, b) = (&once.cache.heatmaps[&lane], &stepwise.cache.heatmaps[&lane]);
        for pixel in 0..a.pixels() {
            for bin in 0..a.bins() {
                assert_eq!(a.at(pixel, bin), b.at(pixel, bin), "lane {lane} pixel {pixel} bin {bin}");
            }
        }
    }
}
