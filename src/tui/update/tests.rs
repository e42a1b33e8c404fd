mod form;
mod refusals;

use std::time::Duration;

use super::*;
use crate::config::Model;
use crate::event::{Event, Outcome, RunEnd};
use crate::history::Cell;
use crate::tui::action::{Direction, Motion, Place, Seek};
use crate::tui::layout::Layout;
use crate::tui::sample;
use crate::tui::scene::{Activity, PlayMotion, Question};
use crate::units::Step;

const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

fn act(scene: &mut Scene, action: Action) -> Option<Effect> {
    update(scene, action, AREA)
}

fn command(scene: &mut Scene, line: &str) -> Option<Effect> {
    scene.view.overlay = Overlay::Command(tui_input::Input::new(line.to_owned()));
    act(scene, Action::Submit)
}

fn notice(scene: &Scene) -> &str {
    scene.status.notice.as_deref().unwrap_or("")
}

fn replay() -> Scene {
    let mut scene = sample::demo(300);
    scene.status.kind = SourceKind::Traces;
    scene.status.activity = Activity::Ended(Outcome::Completed);
    scene
}

#[test]
fn the_cursor_follows_the_newest_step_until_it_is_moved_and_again_at_the_end() {
    let mut scene = sample::demo(40);
    assert_eq!(scene.cursor_step(), Some(Step(40)));
    act(&mut scene, Action::Cursor(Motion::One(Direction::Left)));
    assert_eq!(scene.view.cursor.step, Some(Step(39)));
    act(&mut scene, Action::Cursor(Motion::End(Direction::Left)));
    assert_eq!(scene.cursor_step(), Some(Step(1)));
    act(&mut scene, Action::Cursor(Motion::One(Direction::Left)));
    assert_eq!(scene.cursor_step(), Some(Step(1)));
    act(&mut scene, Action::Cursor(Motion::End(Direction::Right)));
    assert_eq!(scene.view.cursor.step, None);
}

#[test]
fn the_cursor_stays_within_the_layers_and_reaches_each_of_them() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::Cursor(Motion::End(Direction::Up)));
    let lane = |scene: &Scene| scene.lanes().next().map(|lane| lane.layer_at(scene.view.cursor.depth).index());
    assert_eq!(lane(&scene), Some(0));
    for layer in 1..=51 {
        act(&mut scene, Action::Cursor(Motion::One(Direction::Down)));
        assert_eq!(lane(&scene), Some(layer));
    }
    act(&mut scene, Action::Cursor(Motion::One(Direction::Down)));
    assert_eq!(lane(&scene), Some(51));
}

#[test]
fn zooming_in_keeps_the_cursor_in_view_and_zooming_out_shows_everything_again() {
    let mut scene = sample::demo(300);
    scene.view.cursor.step = Some(Step(77));
    for _ in 0..12 {
        act(&mut scene, Action::ZoomSteps(Turn::Forward));
        act(&mut scene, Action::ZoomLayers(Turn::Forward));
        let axis = Layout::new(AREA, &scene).expect("large enough").step_axis(&scene);
        assert!(axis.bin_of_step(77).is_some(), "{:?}", axis.steps());
        assert!(scene.view.depth.contains(&scene.view.cursor.depth));
    }
    assert_eq!(scene.view.steps.clone().map(|steps| steps.end - steps.start), Some(4));
    for _ in 0..12 {
        act(&mut scene, Action::ZoomSteps(Turn::Back));
        act(&mut scene, Action::ZoomLayers(Turn::Back));
    }
    assert_eq!((scene.view.steps, scene.view.depth), (None, 0.0..1.0));
}

#[test]
fn panning_stops_at_the_ends_of_the_run() {
    let mut scene = sample::demo(300);
    act(&mut scene, Action::ZoomSteps(Turn::Forward));
    for _ in 0..20 {
        act(&mut scene, Action::Pan(Direction::Left));
        act(&mut scene, Action::Pan(Direction::Up));
    }
    assert_eq!(scene.view.steps.clone().map(|steps| steps.start), Some(1));
    for _ in 0..20 {
        act(&mut scene, Action::Pan(Direction::Right));
    }
    assert!(scene.view.steps.is_some_and(|steps| steps.end <= 600));
    assert_eq!(scene.view.depth.start, 0.0);
}

#[test]
fn quantities_and_views_go_round() {
    let mut scene = sample::demo(3);
    let first = scene.view.quantity;
    for _ in scene.quantities() {
        act(&mut scene, Action::Quantity(Turn::Forward));
    }
    assert_eq!(scene.view.quantity, first);
    act(&mut scene, Action::Quantity(Turn::Back));
    assert_eq!(Some(&scene.view.quantity), scene.quantities().last());
    act(&mut scene, Action::View(Turn::Back));
    assert_eq!(scene.view.mode, Mode::Anatomy, "no histograms, filters, samples: their views are skipped");
    act(&mut scene, Action::Close);
    assert_eq!(scene.view.mode, Mode::Heatmaps);
}

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
fn an_arrow_moves_within_a_path_and_does_not_throw_it_away() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    assert_eq!(words("data"), ["digits", "text"]);
    let Overlay::Form(form) = &mut scene.view.overlay else { panic!("open") };
    form.focus = form.fields.iter().position(|field| field.key == "data").expect("a setting");
    form.fields[form.focus].input = "csv:mine.csv".into();
    act(&mut scene, Action::Edit(tui_input::InputRequest::GoToPrevChar));
    let Overlay::Form(form) = &scene.view.overlay else { panic!("open") };
    let input = &form.fields[form.focus].input;
    assert_eq!((input.value(), input.cursor()), ("csv:mine.csv", 11));
}

#[test]
fn commands_do_what_keys_do_and_unknown_words_get_a_suggestion() {
    let mut scene = sample::demo(60);
    command(&mut scene, "quantity gain");
    assert_eq!(scene.view.quantity, crate::quantity::Quantity::Gain);
    command(&mut scene, "view difference");
    assert_eq!(scene.view.mode, Mode::Difference);
    command(&mut scene, "goto 1,2");
    assert_eq!(scene.cursor_step(), Some(Step(12)));
    command(&mut scene, "layer 17");
    assert_eq!(scene.lanes().next().map(|lane| lane.layer_at(scene.view.cursor.depth).0), Some(17));
    assert!(matches!(command(&mut scene, "lr 1e-4"), Some(Effect::Control(Control::SetLearningRate(_)))));
    let set = command(&mut scene, "set width 128");
    assert!(matches!(set, Some(Effect::Restart(config)) if config.lanes[1].width == 128));
    assert_eq!(command(&mut scene, "quit"), Some(Effect::Quit));
    for (line, says) in [
        ("qantity gain", "did you mean 'quantity'?"),
        ("quantity gian", "did you mean 'gain'?"),
        ("view profle", "did you mean 'profile'?"),
        ("set widht 3", "did you mean 'width'?"),
        ("set width", "set KEY VALUE"),
        ("depth 0", "no whole number from 1 to 10000: write"),
        ("goto", "write: goto STEP"),
        ("goto now", "is no step: write a whole number"),
        ("goto 5,000", "there is no step 5,000: the cursor is on step 60"),
        ("goto 0", "there is no step 0: the cursor is on step 1"),
        ("layer 99", "there is no block 99: the cursor is on head"),
        ("lr nan", "no learning rate"),
        ("speed 4", "no playhead"),
        ("help me", "takes nothing"),
    ] {
        assert_eq!(command(&mut scene, line), None, "{line}");
        assert!(notice(&scene).contains(says), "{line}: {}", notice(&scene));
    }
    assert_eq!(command(&mut scene, "   "), None);
}

#[test]
fn a_suggestion_stands_within_the_first_60_columns() {
    let mut scene = sample::demo(20);
    for (line, near) in [
        ("set depht 3", "depth"),
        ("set weight-deca 0", "weight-decay"),
        ("set activation identiy", "identity"),
        ("quantity update_rato", "update_ratio"),
        ("view differnce", "difference"),
        ("qantity gain", "quantity"),
    ] {
        assert_eq!(command(&mut scene, line), None, "{line}");
        let start: String = notice(&scene).chars().take(60).collect();
        assert!(start.contains(&format!("did you mean '{near}'?")), "{line}: {}", notice(&scene));
    }
}

#[test]
fn a_step_or_layer_that_is_there_needs_no_words() {
    let mut scene = sample::demo(20);
    for line in ["goto 1", "goto 20", "layer 0", "layer stem", "layer head", "layer 50"] {
        command(&mut scene, line);
        assert_eq!(notice(&scene), "", "{line}");
    }
}

#[test]
fn tab_completes_commands_and_their_words() {
    let mut scene = sample::demo(3);
    for (typed, completed) in [
        ("qua", "quantity "),
        ("view pro", "view profile "),
        ("set act", "set activation "),
        ("set model tr", "set model transformer "),
    ] {
        scene.view.overlay = Overlay::Command(tui_input::Input::new(typed.to_owned()));
        act(&mut scene, Action::Complete);
        assert!(matches!(&scene.view.overlay, Overlay::Command(input) if input.value() == completed), "{typed}");
    }
}

#[test]
fn a_finished_trace_plays_from_the_start_and_lets_go_at_its_end() {
    let mut scene = replay();
    act(&mut scene, Action::TogglePause);
    assert_eq!((scene.newest(), scene.view.play.motion), (Some(Step(1)), PlayMotion::Playing));
    act(&mut scene, Action::Tick(Duration::from_millis(500)));
    assert_eq!(scene.newest(), Some(Step(17)));
    act(&mut scene, Action::TogglePause);
    act(&mut scene, Action::Tick(Duration::from_secs(5)));
    assert_eq!(scene.newest(), Some(Step(17)));
    act(&mut scene, Action::Seek(Seek::Step(Turn::Forward)));
    act(&mut scene, Action::Seek(Seek::Jump(Turn::Forward)));
    assert_eq!(scene.newest(), Some(Step(33)));
    act(&mut scene, Action::TogglePause);
    act(&mut scene, Action::Tick(Duration::from_mins(1)));
    assert_eq!((scene.view.playhead, scene.view.play.motion), (None, PlayMotion::Held));
}

#[test]
fn half_steps_add_up_and_the_speed_stays_within_bounds() {
    let mut scene = replay();
    for _ in 0..40 {
        act(&mut scene, Action::Speed(Turn::Back));
    }
    assert_eq!(scene.view.play.speed, 0.25);
    act(&mut scene, Action::TogglePause);
    for _ in 0..80 {
        act(&mut scene, Action::Tick(Duration::from_millis(100)));
    }
    assert_eq!(scene.newest(), Some(Step(3)));
}

#[test]
fn what_comes_after_the_playhead_is_not_drawn() {
    let mut scene = replay();
    scene.view.playhead = Some(Step(100));
    let theme = sample::theme();
    scene.prepare(&theme, AREA);
    let last = |scene: &Scene| {
        let plate = &scene.picture.plates[&0];
        (0..plate.bins()).rev().find(|bin| plate.at(30, *bin) != Cell::Empty)
    };
    let axis = |scene: &Scene| Layout::new(AREA, scene).expect("large enough").step_axis(scene);
    assert_eq!(last(&scene), axis(&scene).bin_of_step(100));
    assert_eq!(scene.picture.losses[0].iter().flatten().map(|bucket| bucket.count).sum::<u32>(), 100);
}

#[test]
fn a_click_puts_the_cursor_there_and_dragging_pans() {
    let mut scene = sample::demo(300);
    let layout = Layout::new(AREA, &scene).expect("large enough");
    let picture = layout.heatmaps[1].picture;
    let place = Place { column: picture.x + 10, row: picture.y };
    act(&mut scene, Action::Click(place));
    assert_eq!(scene.cursor_step(), Some(Step(layout.step_axis(&scene).step_at(10))));
    assert_eq!(scene.lanes().next().map(|lane| lane.layer_at(scene.view.cursor.depth).0), Some(1));
    act(&mut scene, Action::Release);
    act(&mut scene, Action::Wheel(place, Turn::Forward));
    let before = scene.view.steps.clone().expect("zoomed");
    act(&mut scene, Action::Click(Place { column: picture.x + 20, row: picture.y + 3 }));
    act(&mut scene, Action::Drag(Place { column: picture.x + 10, row: picture.y + 3 }));
    assert!(scene.view.steps.clone().expect("zoomed").start > before.start);
    // A click on the loss chart moves the step alone.
    let depth = scene.view.cursor.depth;
    let chart = crate::tui::view::step_chart::chart_of(layout.loss.expect("shown"));
    act(&mut scene, Action::Click(Place { column: chart.x, row: chart.y }));
    assert_eq!(scene.view.cursor.depth, depth);
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
fn the_help_scrolls_to_its_end_and_no_further() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::Help);
    act(&mut scene, Action::Scroll(Motion::End(Direction::Down)));
    let Overlay::Help { scroll: end } = scene.view.overlay else { panic!("open") };
    act(&mut scene, Action::Scroll(Motion::Page(Direction::Down)));
    assert!(matches!(scene.view.overlay, Overlay::Help { scroll } if scroll == end && end > 0));
}

#[test]
fn a_notice_goes_with_the_next_action_and_a_warning_stays() {
    let mut scene = sample::demo(20);
    scene.status.warning = Some("the disk is full".to_owned());
    act(&mut scene, Action::Reduce);
    assert!(scene.status.notice.is_some());
    act(&mut scene, Action::Tick(Duration::from_secs(9)));
    assert!(scene.status.notice.is_some());
    act(&mut scene, Action::Quantity(Turn::Forward));
    assert_eq!((scene.status.notice, scene.status.warning.as_deref()), (None, Some("the disk is full")));
}

#[test]
fn views_without_anything_to_show_are_skipped_but_have_their_number() {
    let mut scene = sample::demo(3);
    let mut seen = Vec::new();
    for _ in 0..5 {
        act(&mut scene, Action::View(Turn::Forward));
        seen.push(scene.view.mode);
    }
    assert_eq!(seen, [Mode::Difference, Mode::Profile, Mode::Loss, Mode::Anatomy, Mode::Heatmaps]);
    act(&mut scene, Action::Show(Mode::Filters));
    assert_eq!(scene.view.mode, Mode::Filters);
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
fn an_arrow_moves_by_one_step_however_many_share_a_column() {
    let mut scene = sample::demo(300);
    for _ in 0..3 {
        act(&mut scene, Action::Cursor(Motion::One(Direction::Left)));
    }
    assert_eq!(scene.cursor_step(), Some(Step(297)));
    act(&mut scene, Action::Cursor(Motion::Ten(Direction::Left)));
    assert_eq!(scene.cursor_step(), Some(Step(287)));
}

#[test]
fn keys_jump_from_one_event_to_the_next_and_say_what_it_was() {
    use crate::event::{LaneEnd, Note};
    use crate::units::LaneId;
    let mut scene = sample::demo(300);
    let note = Note { lane: Some(LaneId(1)), step: Step(120), text: "a leap".to_owned() };
    scene.take(0, &Event::Note(note));
    scene.take(0, &Event::LaneEnded(LaneEnd { lane: LaneId(0), step: Step(200), outcome: Outcome::Diverged }));
    for (turn, step, words) in [
        (Turn::Back, 200, "plain diverged at step 200"),
        (Turn::Back, 120, "residual: a leap"),
        (Turn::Back, 120, "nothing happened before"),
        (Turn::Forward, 200, "plain diverged"),
    ] {
        act(&mut scene, Action::Mark(turn));
        assert!(scene.cursor_step() == Some(Step(step)) && notice(&scene).starts_with(words), "{}", notice(&scene));
    }
    let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
    let marks = buffer.content().iter().filter(|cell| cell.symbol() == "◆").count();
    assert_eq!(marks, 2 * 3 - 3, "two events on three axes, the cursor's label in the place of one");
}

#[test]
fn a_note_never_covers_an_answer_but_the_one_that_waits_for_it() {
    use crate::event::Note;
    use crate::units::LaneId;
    let mut scene = sample::demo(3);
    let note = |step| Event::Note(Note { lane: Some(LaneId(0)), step: Step(step), text: "found".to_owned() });
    command(&mut scene, "lr nonsense");
    let answer = notice(&scene).to_owned();
    scene.take(0, &note(1));
    assert_eq!(notice(&scene), answer);
    act(&mut scene, Action::Recall);
    scene.take(0, &note(2));
    assert_eq!(notice(&scene), "");
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

#[test]
fn keys_and_wheel_scroll_the_values_at_the_cursor() {
    let mut scene = sample::demo(30);
    let shown = |scene: &mut Scene| {
        let buffer = sample::frame(scene, &sample::theme(), 120, 40);
        buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
    };
    assert!(shown(&mut scene).contains("signal relative") && !shown(&mut scene).contains("channel cosine"));
    for _ in 0..3 {
        act(&mut scene, Action::ScrollValues(Turn::Forward));
    }
    assert!(shown(&mut scene).contains("channel cosine"), "names come before symbols: {}", shown(&mut scene));
    let inspector = Layout::new(AREA, &scene).and_then(|layout| layout.inspector).expect("there");
    let over = Place { column: inspector.x + 5, row: inspector.y + 3 };
    for _ in 0..9 {
        act(&mut scene, Action::Wheel(over, Turn::Forward));
    }
    assert!(shown(&mut scene).contains("signal relative"));
    assert_eq!(scene.view.steps, None, "the wheel over the values does not zoom");
}
