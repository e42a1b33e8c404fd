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
        Some(Effect::Restart(config)) => config.lanes[0].depth,
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
        header.config = Some(config);
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
    let Some(Effect::Restart(config)) = command(&mut scene, "set depth 1") else { panic!("restarts") };
    let mut header = (**scene.runs[&0].header()).clone();
    header.config = Some(*config);
    scene.take(0, &Event::RunStarted(std::sync::Arc::new(header)));
    assert_eq!(act(&mut scene, Action::Depth(Turn::Back)), None);
    assert_eq!(notice(&scene), "no lane here goes shallower");
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
fn a_restart_asks_where_the_run_is_not_saved_and_only_there() {
    let restarts = [Action::Restart, Action::Depth(Turn::Forward), Action::Depth(Turn::Back)];
    for action in restarts {
        let mut scene = sample::demo(3);
        scene.status.unsaved = true;
        assert_eq!(act(&mut scene, action.clone()), None, "{action:?}");
        assert!(matches!(scene.view.overlay, Overlay::Confirm(Question::Restart(_))), "{action:?}");
        act(&mut scene, Action::Close);
        assert!(matches!(scene.view.overlay, Overlay::None), "n: the run goes on");
        act(&mut scene, action.clone());
        assert!(matches!(act(&mut scene, Action::Confirm), Some(Effect::Restart(_))), "{action:?}");
        scene.status.unsaved = false;
        assert!(matches!(act(&mut scene, action.clone()), Some(Effect::Restart(_))), "{action:?}");
    }
    let mut scene = sample::demo(3);
    scene.status.unsaved = true;
    assert_eq!(command(&mut scene, "set width 32"), None);
    assert!(matches!(scene.view.overlay, Overlay::Confirm(Question::Restart(_))));
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
    assert_eq!(notice(&scene), "learning rate 2e-3 in every lane from the next step on (twice what it was)");
    act(&mut scene, Action::LearningRate(Turn::Back));
    act(&mut scene, Action::LearningRate(Turn::Back));
    assert!(notice(&scene).starts_with("learning rate 5e-4 in every lane"), "{}", notice(&scene));
}
