//! What cannot be done is said, and why.

use super::*;

#[test]
fn the_form_takes_steps_or_epochs_and_drops_neither() {
    let mut scene = sample::demo(3);
    let field = |scene: &mut Scene, key: &str, value: &str| {
        let Overlay::Form(form) = &mut scene.view.overlay else { panic!("open") };
        form.focus = form.fields.iter().position(|field| field.key == key).expect("a setting");
        form.fields[form.focus].input = value.into();
        act(scene, Action::Edit(tui_input::InputRequest::GoToEnd));
    };
    let problem = |scene: &Scene| {
        let Overlay::Form(form) = &scene.view.overlay else { panic!("open") };
        form.fields.iter().find_map(|field| field.problem.clone())
    };
    act(&mut scene, Action::OpenForm);
    field(&mut scene, "epochs", "3");
    let both = Some("steps and epochs are both given: write one of them".to_owned());
    assert_eq!(problem(&scene), both);
    assert_eq!(act(&mut scene, Action::Submit), None);
    field(&mut scene, "steps", "");
    assert_eq!(problem(&scene), None);
    let Some(Effect::Prepare(config)) = act(&mut scene, Action::Submit) else { panic!("restarts") };
    assert_eq!(config.length, crate::config::Length::Epochs(3));
    act(&mut scene, Action::Close);
    field(&mut scene, "epochs", "");
    assert!(problem(&scene).is_some(), "a run has a length");
}

#[test]
fn what_only_a_live_run_can_do_says_so_of_a_trace() {
    use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
    let mut scene = replay();
    for letter in ['+', '-', 'e', 'R'] {
        scene.status.notice = None;
        let key = Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE));
        let action = crate::tui::keymap::action(&key, &scene).expect("bound");
        assert_eq!(act(&mut scene, action), None);
        assert_eq!(notice(&scene), "a trace cannot be restarted", "{letter}");
    }
    // Those that a trace has a meaning of its own for keep it.
    act(&mut scene, Action::TogglePause);
    assert!(scene.view.playhead.is_some());
}

#[test]
fn a_run_that_has_ended_has_no_learning_rate_to_change() {
    let mut scene = sample::demo(3);
    scene.status.activity = Activity::Ended(crate::event::Outcome::Completed);
    let before = scene.view.learning_rate;
    for action in [Action::LearningRate(Turn::Forward), Action::LearningRate(Turn::Back)] {
        assert_eq!(act(&mut scene, action), None);
        assert_eq!(notice(&scene), "the run has ended: R restarts it, e edits its settings first");
    }
    assert_eq!(scene.view.learning_rate, before);
}

#[test]
fn a_step_that_is_none_is_answered_with_what_to_write() {
    let mut scene = sample::demo(3);
    command(&mut scene, "goto -5");
    assert_eq!(notice(&scene), "'-5' is not a step: write a whole number from 1");
    command(&mut scene, "layer -5");
    assert_eq!(notice(&scene), "'-5' is not a block: write a whole number, stem or head");
}
