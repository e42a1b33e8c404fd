//! The live run: pause, restart, depth, learning rate, quitting.

use super::*;

#[test]
fn a_live_run_pauses_goes_on_and_takes_single_steps() {
    let mut scene = sample::demo(3);
    assert_eq!(act(&mut scene, Action::TogglePause), Some(Effect::Control(Control::Pause)));
    assert_eq!(scene.status.activity, Activity::Paused);
    assert_eq!(act(&mut scene, Action::StepOnce), Some(Effect::Control(Control::StepOnce)));
    assert_eq!(act(&mut scene, Action::TogglePause), Some(Effect::Control(Control::Resume)));
    assert_eq!(scene.status.activity, Activity::Live);
    scene.status.activity = Activity::Ended(Outcome::Completed);
    assert_eq!(act(&mut scene, Action::TogglePause), None);
    assert!(notice(&scene).contains("restarts"));
}

#[test]
fn depth_goes_along_round_numbers_and_the_learning_rate_by_twos() {
    let mut scene = sample::demo(3);
    let depth = |effect: Option<Effect>| match effect {
        Some(Effect::Prepare(config)) => config.lanes[0].depth,
        _ => 0,
    };
    assert_eq!(depth(act(&mut scene, Action::Depth(Turn::Forward))), 100);
    assert_eq!(depth(act(&mut scene, Action::Depth(Turn::Back))), 20);
    for (family, deeper, shallower) in [("resnet", 104, 50), ("vgg", 22, 16), ("transformer", 10, 5)] {
        let config = crate::config::RunConfig {
            lanes: vec![family.parse::<Model>().expect("one").defaults()],
            ..Default::default()
        };
        let mut scene = sample::demo(3);
        let mut header = (**scene.runs[&0].header()).clone();
        config.write_to(&mut header);
        scene.take(0, &Event::RunStarted(std::sync::Arc::new(header)));
        assert_eq!(depth(act(&mut scene, Action::Depth(Turn::Forward))), deeper, "{family}");
        assert_eq!(depth(act(&mut scene, Action::Depth(Turn::Back))), shallower, "{family}");
    }
    let twice = act(&mut scene, Action::LearningRate(Turn::Forward));
    assert_eq!(twice, Some(Effect::Control(Control::ScaleLearningRate(2.0))));
    act(&mut scene, Action::LearningRate(Turn::Forward));
    assert_eq!(scene.view.learning_rate.factor, 4.0);
}

#[test]
fn a_depth_that_cannot_change_throws_no_run_away() {
    let mut scene = sample::demo(3);
    command(&mut scene, "set depth 1");
    let Some(Effect::Prepare(config)) = command(&mut scene, "set depth 1") else { panic!("restarts") };
    let mut header = (**scene.runs[&0].header()).clone();
    config.write_to(&mut header);
    scene.take(0, &Event::RunStarted(std::sync::Arc::new(header)));
    assert_eq!(act(&mut scene, Action::Depth(Turn::Back)), None);
    assert_eq!(notice(&scene), "no lane can be shallower");
}

#[test]
fn quitting_asks_only_where_something_would_be_lost() {
    let mut scene = sample::demo(3);
    assert_eq!(act(&mut scene, Action::Quit), Some(Effect::Quit));
    scene.status.would_lose = true;
    assert_eq!(act(&mut scene, Action::Quit), None);
    assert!(matches!(scene.view.overlay, Overlay::Confirm(Question::Quit)));
    act(&mut scene, Action::Close);
    assert!(matches!(scene.view.overlay, Overlay::None));
}

#[test]
fn the_activity_follows_the_events() {
    let mut scene = Scene::new(SourceKind::Traces);
    for run in 0..2 {
        scene.take(run, &sample::header(&[("plain", 3)]));
    }
    assert_eq!(scene.status.activity, Activity::Starting);
    scene.take(1, &sample::step(0, 1, 1.0, 5, |_, _| Some(1.0)));
    assert_eq!(scene.status.activity, Activity::Following);
    scene.take(0, &Event::RunEnded(RunEnd { outcome: Outcome::Completed }));
    assert_eq!(scene.status.activity, Activity::Following);
    scene.take(1, &Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
    assert_eq!(scene.status.activity, Activity::Ended(Outcome::Stopped));
}

#[test]
fn a_restart_forgets_steps_and_keeps_the_view() {
    let mut scene = sample::demo(300);
    act(&mut scene, Action::Quantity(Turn::Forward));
    act(&mut scene, Action::ZoomSteps(Turn::Forward));
    act(&mut scene, Action::Cursor(Motion::End(Direction::Left)));
    let quantity = scene.view.quantity;
    scene.take(0, &sample::header(&[("plain", 20), ("residual", 20)]));
    assert_eq!((scene.view.quantity, scene.view.steps.clone(), scene.cursor_step()), (quantity, None, None));
    assert_eq!(scene.most_layers(), 22);
    scene.take(3, &Event::RunEnded(RunEnd { outcome: Outcome::Stopped }));
    assert_eq!(scene.runs.len(), 1);
}

#[test]
fn a_restart_asks_where_the_run_is_not_saved_and_only_there_and_only_once_another_could_begin() {
    let requests: [fn(&mut Scene) -> Option<Effect>; 4] = [
        |scene| act(scene, Action::Restart),
        |scene| act(scene, Action::Depth(Turn::Forward)),
        |scene| act(scene, Action::Depth(Turn::Back)),
        |scene| command(scene, "set width 32"),
    ];
    for request in requests {
        let mut scene = sample::demo(3);
        scene.status.unsaved = true;
        assert!(matches!(request(&mut scene), Some(Effect::Prepare(_))), "what is wrong is known before the question");
        assert!(matches!(scene.view.overlay, Overlay::Preparing(None)));
        assert_eq!(act(&mut scene, Action::Begin), None);
        assert!(matches!(scene.view.overlay, Overlay::Confirm(Question::Restart(None))));
        assert_eq!(act(&mut scene, Action::Close), Some(Effect::GiveUp));
        assert!(matches!(scene.view.overlay, Overlay::None), "n: the run goes on");
        request(&mut scene);
        act(&mut scene, Action::Begin);
        assert_eq!(act(&mut scene, Action::Confirm), Some(Effect::Begin));
        request(&mut scene);
        act(&mut scene, Action::Begin);
        assert_eq!(
            act(&mut scene, Action::OpenCommand),
            Some(Effect::GiveUp),
            "the :log of the question is typed at once"
        );
        assert!(matches!(scene.view.overlay, Overlay::Command(_)));
        scene.view.overlay = Overlay::None;
        scene.status.unsaved = false;
        request(&mut scene);
        assert_eq!(act(&mut scene, Action::Begin), Some(Effect::Begin));
    }
}

#[test]
fn a_setting_that_is_so_already_restarts_nothing() {
    for line in ["set width 64", "set depth 50", "depth 50"] {
        let mut scene = sample::demo(3);
        assert_eq!(command(&mut scene, line), None);
        assert!(notice(&scene).ends_with(" already: the run goes on"), "{line}: {}", notice(&scene));
    }
}

#[test]
fn another_run_is_refused_or_given_up_without_a_question_and_the_form_is_there_again() {
    for answer in ["Esc", "no", "refused"] {
        let mut scene = sample::demo(3);
        scene.status.unsaved = true;
        act(&mut scene, Action::OpenForm);
        act(&mut scene, Action::Edit(tui_input::InputRequest::InsertChar('0')));
        assert!(matches!(act(&mut scene, Action::Submit), Some(Effect::Prepare(_))));
        if answer == "refused" {
            scene.refuse("too large");
        } else {
            if answer == "no" {
                act(&mut scene, Action::Begin);
                assert!(matches!(scene.view.overlay, Overlay::Confirm(Question::Restart(Some(_)))));
            }
            assert_eq!(act(&mut scene, Action::Close), Some(Effect::GiveUp));
        }
        let Overlay::Form(form) = &scene.view.overlay else { panic!("the form, with what was typed") };
        assert_eq!(form.fields[form.focus].input.value(), "500");
        assert_eq!(form.problem.as_deref(), (answer == "refused").then_some("too large"));
    }
    let mut scene = sample::demo(3);
    act(&mut scene, Action::Restart);
    scene.refuse("too large");
    assert!(matches!(scene.view.overlay, Overlay::None) && notice(&scene) == "too large");
}

#[test]
fn a_form_in_which_nothing_was_changed_restarts_nothing() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    assert_eq!(act(&mut scene, Action::Submit), None);
    assert!(matches!(scene.view.overlay, Overlay::None) && notice(&scene).contains("nothing was changed"));
}

#[test]
fn a_change_of_learning_rate_says_the_new_one() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::LearningRate(Turn::Forward));
    assert_eq!(notice(&scene), "learning rate 2e-3 in every lane from the next step on (twice the old rate)");
    act(&mut scene, Action::LearningRate(Turn::Back));
    act(&mut scene, Action::LearningRate(Turn::Back));
    assert!(notice(&scene).starts_with("learning rate 5e-4 in every lane"), "{}", notice(&scene));
}
