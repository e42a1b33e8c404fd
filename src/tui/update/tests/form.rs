//! The form of settings.

use super::*;
use crate::tui::choices::choices;

#[test]
fn the_form_shows_what_is_wrong_and_restarts_with_what_was_changed_alone() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    let key = |letter| Action::Edit(tui_input::InputRequest::InsertChar(letter));
    act(&mut scene, key('x'));
    assert_eq!(act(&mut scene, Action::Submit), None);
    let Overlay::Form(form) = &scene.view.overlay else { panic!("the form stays") };
    assert!(form.fields[form.focus].problem.is_some());
    act(&mut scene, Action::Edit(tui_input::InputRequest::DeletePrevChar));
    act(&mut scene, key('0'));
    let Some(Effect::Prepare(config)) = act(&mut scene, Action::Submit) else { panic!("restarts") };
    assert_eq!(config.lanes.iter().map(|lane| lane.depth).collect::<Vec<_>>(), [500, 500]);
    assert_eq!(config.lanes[1].wiring, crate::config::Wiring::Residual);
    scene.refuse("no room");
    assert!(matches!(&scene.view.overlay, Overlay::Form(form) if form.problem.as_deref() == Some("no room")));
    scene.take(0, &sample::header(&[("plain", 500)]));
    assert!(matches!(scene.view.overlay, Overlay::None));
}

#[test]
fn arrows_choose_among_the_words_of_a_setting() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    assert_eq!(choices("norm"), ["none", "layer", "batch", "group", "rms"]);
    assert_eq!(choices("init"), ["default", "kaiming", "xavier", "orthogonal", "delta-orthogonal", "lsuv", "fixup"]);
    assert!(choices("depth").is_empty() && choices("branch-scale").is_empty());
    for _ in 0..2 {
        act(&mut scene, Action::Focus(Turn::Forward));
    }
    act(&mut scene, Action::Edit(tui_input::InputRequest::GoToNextChar));
    let Overlay::Form(form) = &scene.view.overlay else { panic!("open") };
    assert_eq!((form.fields[form.focus].key, form.fields[form.focus].input.value()), ("activation", "tanh"));
}

#[test]
fn a_value_that_the_chosen_family_has_no_place_for_is_named_beside_its_field() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    let Overlay::Form(form) = &mut scene.view.overlay else { panic!("open") };
    for (key, value) in [("model", "resnet"), ("depth", "8"), ("order", "post")] {
        let field = form.fields.iter_mut().find(|field| field.key == key).expect("shown");
        field.input = tui_input::Input::new(value.to_owned());
    }
    assert_eq!(act(&mut scene, Action::Submit), None);
    let Overlay::Form(form) = &scene.view.overlay else { panic!("the form stays") };
    let problem = form.fields[form.focus].problem.as_deref();
    assert_eq!(
        (form.fields[form.focus].key, problem),
        ("order", Some("applies only to mlp; the model is resnet: leave it out"))
    );
}
