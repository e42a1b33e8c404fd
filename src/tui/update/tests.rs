mod commands;
mod form;
mod refusals;
mod replay;
mod run;

use std::time::Duration;

use super::*;
use crate::config::Model;
use crate::event::{Control, Event, Outcome, RunEnd};
use crate::history::Cell;
use crate::tui::action::{Direction, Motion, Seek, Turn};
use crate::tui::choices::choices;
use crate::tui::layout::Layout;
use crate::tui::sample;
use crate::tui::scene::{Activity, PlayMotion, Question, ViewId};
use crate::tui::terminal_cell::TerminalCell;
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
        let axis = Layout::new(AREA, &scene).expect("large enough").panes.step_axis(&scene);
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
    assert_eq!(scene.view.shown, ViewId::new("anatomy"), "no histograms, filters, samples: their views are skipped");
    act(&mut scene, Action::Close);
    assert_eq!(scene.view.shown, ViewId::new("heatmaps"));
}

#[test]
fn an_arrow_moves_within_a_path_and_does_not_throw_it_away() {
    let mut scene = sample::demo(3);
    act(&mut scene, Action::OpenForm);
    assert!(choices("data").contains(&"digits"));
    let Overlay::Form(form) = &mut scene.view.overlay else { panic!("open") };
    form.focus = form.fields.iter().position(|field| field.key == "data").expect("a setting");
    form.fields[form.focus].input = "csv:mine.csv".into();
    act(&mut scene, Action::Edit(tui_input::InputRequest::GoToPrevChar));
    let Overlay::Form(form) = &scene.view.overlay else { panic!("open") };
    let input = &form.fields[form.focus].input;
    assert_eq!((input.value(), input.cursor()), ("csv:mine.csv", 11));
}

#[test]
fn a_click_puts_the_cursor_there_and_dragging_pans() {
    let mut scene = sample::demo(300);
    let layout = Layout::new(AREA, &scene).expect("large enough");
    let picture = layout.panes.heatmaps()[1].picture;
    let place = TerminalCell { column: picture.x + 10, row: picture.y };
    act(&mut scene, Action::Click(place));
    assert_eq!(scene.cursor_step(), Some(Step(layout.panes.step_axis(&scene).step_at(10))));
    assert_eq!(scene.lanes().next().map(|lane| lane.layer_at(scene.view.cursor.depth).0), Some(1));
    act(&mut scene, Action::Release);
    act(&mut scene, Action::Wheel(place, Turn::Forward));
    let before = scene.view.steps.clone().expect("zoomed");
    act(&mut scene, Action::Click(TerminalCell { column: picture.x + 20, row: picture.y + 3 }));
    act(&mut scene, Action::Drag(TerminalCell { column: picture.x + 10, row: picture.y + 3 }));
    assert!(scene.view.steps.clone().expect("zoomed").start > before.start);
    // A click on the loss chart moves the step alone.
    let depth = scene.view.cursor.depth;
    let chart = crate::tui::pane::step_chart::chart_of(layout.panes.loss.expect("shown"));
    act(&mut scene, Action::Click(TerminalCell { column: chart.x, row: chart.y }));
    assert_eq!(scene.view.cursor.depth, depth);
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
        seen.push(scene.view.shown);
    }
    assert_eq!(
        seen,
        [
            ViewId::new("difference"),
            ViewId::new("profile"),
            ViewId::new("loss"),
            ViewId::new("anatomy"),
            ViewId::new("heatmaps")
        ]
    );
    act(&mut scene, Action::Show(ViewId::new("filters")));
    assert_eq!(scene.view.shown, ViewId::new("filters"));
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
        (Turn::Back, 120, "there is no mark before"),
        (Turn::Forward, 200, "plain diverged"),
    ] {
        act(&mut scene, Action::Mark(turn));
        assert!(scene.cursor_step() == Some(Step(step)) && notice(&scene).starts_with(words), "{}", notice(&scene));
    }
    let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
    let marks = buffer.content().iter().filter(|cell| cell.symbol() == "◆").count();
    assert_eq!(marks, 2 * 3, "two events on three axes, the one at the cursor with its step");
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
    act(&mut scene, Action::Rerun);
    scene.take(0, &note(2));
    assert_eq!(notice(&scene), "");
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
    let inspector = Layout::new(AREA, &scene).and_then(|layout| layout.panes.inspector).expect("there");
    let over = TerminalCell { column: inspector.x + 5, row: inspector.y + 3 };
    for _ in 0..9 {
        act(&mut scene, Action::Wheel(over, Turn::Forward));
    }
    assert!(shown(&mut scene).contains("signal relative"));
    assert_eq!(scene.view.steps, None, "the wheel over the values does not zoom");
}
