//! The playhead of a trace.

use super::*;
use crate::tui::prepare::prepare;

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
    prepare(&mut scene, &theme, AREA);
    let last = |scene: &Scene| {
        let heatmap = &scene.cache.heatmaps[&0];
        (0..heatmap.bins()).rev().find(|bin| heatmap.at(30, *bin) != Cell::Empty)
    };
    let axis = |scene: &Scene| Layout::new(AREA, scene).expect("large enough").panes.step_axis(scene);
    assert_eq!(last(&scene), axis(&scene).bin_of_step(100));
    assert_eq!(scene.cache.losses[0].iter().flatten().map(|bucket| bucket.count).sum::<u32>(), 100);
}
