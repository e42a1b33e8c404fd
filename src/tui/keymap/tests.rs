use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};

use super::*;
use crate::tui::action::{Direction, Motion, Turn};
use crate::tui::scene::Question;

fn press(code: KeyCode, modifiers: KeyModifiers, scene: &Scene) -> Option<Action> {
    action(&Event::Key(KeyEvent::new(code, modifiers)), scene)
}

fn clash(a: &Binding, b: &Binding) -> bool {
    let contexts = a.context == b.context || a.context == Context::Everywhere || b.context == Context::Everywhere;
    let kinds = [SourceKind::Live, SourceKind::Traces];
    contexts && kinds.iter().any(|kind| a.scope.includes(*kind) && b.scope.includes(*kind))
}

#[test]
fn no_key_is_bound_twice() {
    let rows: Vec<_> = BINDINGS.iter().flat_map(|row| row.keys.iter().map(move |(key, _)| (row, *key))).collect();
    let mut twice = Vec::new();
    for (index, (row, key)) in rows.iter().enumerate() {
        for (other, _) in rows[index + 1..].iter().filter(|(other, same)| same == key && clash(row, other)) {
            twice.push(format!("{key:?}: '{}' and '{}'", row.help, other.help));
        }
    }
    assert!(twice.is_empty(), "bound twice:\n{}", twice.join("\n"));
}

#[test]
fn every_row_has_a_label_in_ascii_and_a_sentence() {
    for row in BINDINGS.iter() {
        assert!(row.ascii.is_ascii() && !row.ascii.is_empty() && !row.label.is_empty(), "{row:?}");
        assert!(!row.help.is_empty() && !row.help.ends_with('.'), "{row:?}");
    }
}

#[test]
fn shifted_letters_count_whether_or_not_the_terminal_reports_shift() {
    let scene = Scene::new(SourceKind::Live);
    for modifiers in [KeyModifiers::NONE, KeyModifiers::SHIFT] {
        assert_eq!(press(KeyCode::Char('M'), modifiers, &scene), Some(Action::Quantity(Turn::Back)));
        assert_eq!(press(KeyCode::Char('?'), modifiers, &scene), Some(Action::Help));
        assert_eq!(press(KeyCode::BackTab, modifiers, &scene), Some(Action::Lanes(Turn::Back)));
    }
    assert_eq!(press(KeyCode::Left, KeyModifiers::NONE, &scene), Some(Action::Cursor(Motion::One(Direction::Left))));
    assert_eq!(press(KeyCode::Left, KeyModifiers::SHIFT, &scene), Some(Action::Cursor(Motion::Ten(Direction::Left))));
}

#[test]
fn a_key_means_what_the_source_can_do() {
    let (live, traces) = (Scene::new(SourceKind::Live), Scene::new(SourceKind::Traces));
    let press = |key, scene| press(KeyCode::Char(key), KeyModifiers::NONE, scene);
    assert_eq!(press('.', &live), Some(Action::StepOnce));
    assert!(matches!(press('.', &traces), Some(Action::Seek(_))));
    // A trace cannot be restarted: that is said when it is asked for.
    assert_eq!(press('e', &traces), Some(Action::OpenForm));
    assert_eq!(press('[', &live), None);
}

#[test]
fn letters_are_typed_into_the_command_line_and_interrupt_works_everywhere() {
    let mut scene = Scene::new(SourceKind::Live);
    scene.view.overlay = Overlay::Command(tui_input::Input::default());
    let press = |code, modifiers, scene: &Scene| press(code, modifiers, scene);
    assert!(matches!(press(KeyCode::Char('q'), KeyModifiers::NONE, &scene), Some(Action::Edit(_))));
    assert_eq!(press(KeyCode::Esc, KeyModifiers::NONE, &scene), Some(Action::Close));
    for overlay in
        [Overlay::None, Overlay::Help { scroll: 0 }, Overlay::Confirm(Question::Quit), scene.view.overlay.clone()]
    {
        scene.view.overlay = overlay;
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL, &scene), Some(Action::Interrupt));
    }
}

#[test]
fn a_question_is_answered_by_its_own_keys_alone() {
    let mut scene = Scene::new(SourceKind::Live);
    scene.view.overlay = Overlay::Confirm(Question::Quit);
    assert_eq!(press(KeyCode::Char('y'), KeyModifiers::NONE, &scene), Some(Action::Confirm));
    for no in [KeyCode::Char('n'), KeyCode::Char('N'), KeyCode::Esc] {
        assert_eq!(press(no, KeyModifiers::NONE, &scene), Some(Action::Close));
    }
    for other in [KeyCode::Enter, KeyCode::Char('x'), KeyCode::Char('q'), KeyCode::Right] {
        assert_eq!(press(other, KeyModifiers::NONE, &scene), None, "{other:?}");
    }
    assert_eq!(press(KeyCode::Char(':'), KeyModifiers::NONE, &scene), Some(Action::OpenCommand));
}

#[test]
fn the_wheel_zooms_and_scrolls_the_help() {
    let mut scene = Scene::new(SourceKind::Live);
    let wheel = |modifiers| Event::Mouse(MouseEvent { kind: MouseEventKind::ScrollUp, column: 3, row: 4, modifiers });
    assert!(matches!(action(&wheel(KeyModifiers::NONE), &scene), Some(Action::Wheel(_, Turn::Forward))));
    assert!(matches!(action(&wheel(KeyModifiers::CONTROL), &scene), Some(Action::WheelLayers(..))));
    scene.view.overlay = Overlay::Help { scroll: 3 };
    assert!(matches!(action(&wheel(KeyModifiers::NONE), &scene), Some(Action::Scroll(_))));
}

#[test]
fn pasted_text_is_text_where_text_is_typed_and_no_command_elsewhere() {
    let mut scene = Scene::new(SourceKind::Live);
    let paste = Event::Paste("q:quit\r\u{3}y".to_owned());
    for overlay in
        [Overlay::None, Overlay::Help { scroll: 0 }, Overlay::Notes { scroll: 0 }, Overlay::Confirm(Question::Quit)]
    {
        scene.view.overlay = overlay;
        assert_eq!(action(&paste, &scene), None);
    }
    scene.view.overlay = Overlay::Command(tui_input::Input::default());
    let area = ratatui::layout::Rect::new(0, 0, 100, 30);
    let pasted = action(&paste, &scene).unwrap();
    assert_eq!(crate::tui::update::update(&mut scene, pasted, area), None, "a line break accepts nothing");
    let Overlay::Command(input) = &scene.view.overlay else { panic!("still open") };
    assert_eq!(input.value(), "q:quit \u{fffd}y");
}
