//! The room that there is: lanes that do not fit, and panes that an ended run fills.

use std::sync::Arc;

use super::*;
use crate::layer::Parameter;

#[test]
fn tab_reaches_every_lane_in_the_inspector_too() {
    let area = Rect::new(0, 0, 120, 30);
    let lanes: Vec<(String, usize)> = (1..=8).map(|lane| (format!("a long name {lane}"), 5)).collect();
    let lanes: Vec<(&str, usize)> = lanes.iter().map(|(name, blocks)| (name.as_str(), *blocks)).collect();
    for mode in [ViewId::new("heatmaps"), ViewId::new("profile")] {
        let mut scene = Scene::new(SourceKind::Live);
        scene.take(0, &sample::header(&lanes));
        for lane in 0..8 {
            scene.take(0, &sample::step(lane, 1, 1.0, 7, |_, _| Some(11.0 * f32::from(lane + 1))));
        }
        scene.view.shown = mode;
        let frame = text(&sample::frame(&mut scene, &sample::theme(), area.width, area.height));
        assert!(frame.contains("1–3 of 8") && frame.contains("… a long "), "{frame}");
        assert!(frame.contains("11.0") && !frame.contains("88.0"), "{frame}");
        for _ in 0..5 {
            let _ = update(&mut scene, Action::Lanes(Turn::Forward), area);
        }
        let frame = text(&sample::frame(&mut scene, &sample::theme(), area.width, area.height));
        assert!(frame.contains("6–8 of 8") && frame.contains("88.0") && !frame.contains("11.0"), "{frame}");
        let _ = update(&mut scene, Action::Lanes(Turn::Forward), area);
        assert_eq!(scene.view.first_lane, 0);
    }
}

#[test]
fn the_picture_fills_the_pane_once_every_lane_has_ended() {
    let (width, height) = (120, 40);
    let mut scene = sample::demo(90);
    let last_column = |scene: &mut Scene| {
        let buffer = sample::frame(scene, &sample::theme(), width, height);
        let pane = Layout::new(buffer.area, scene).expect("large enough").panes.heatmaps()[0];
        let place = (pane.picture.right() - 1, pane.picture.y + pane.picture.height / 2);
        (buffer[place].bg != buffer[(0, 0)].bg, text(&buffer).contains("blank: not reached"))
    };
    let end = |lane| Event::LaneEnded(LaneEnd { lane: LaneId(lane), step: Step(90), outcome: Outcome::Completed });
    assert_eq!(last_column(&mut scene), (false, true));
    scene.take(0, &end(0));
    assert_eq!(last_column(&mut scene), (false, true), "the other lane still trains");
    scene.take(0, &end(1));
    assert_eq!(last_column(&mut scene), (true, false));
    // The playhead of an ended run moves within the same picture, and leaves no trace there.
    let frame = |scene: &mut Scene| sample::frame(scene, &sample::theme(), width, height);
    let ended = frame(&mut scene);
    for playhead in [45, 46, 44, 1] {
        scene.view.playhead = Some(Step(playhead));
        assert_eq!(last_column(&mut scene), (false, true));
    }
    scene.view.playhead = None;
    assert!(frame(&mut scene) == ended);
}

#[test]
fn an_answer_is_seen_in_every_view_on_a_low_terminal() {
    for mode in VIEWS.map(|view| view.id) {
        let mut scene = sample::demo(30);
        scene.view.shown = mode;
        scene.say("there is no step 9");
        let buffer = sample::frame(&mut scene, &sample::theme(), 80, 24);
        let rows: Vec<String> =
            buffer.content().chunks(80).map(|row| row.iter().map(Target::symbol).collect()).collect();
        assert!(rows.iter().any(|row| row.contains("there is no step 9")), "{mode:?}: {rows:?}");
        assert!(rows.last().is_some_and(|row| row.contains("? help")), "{mode:?}: {rows:?}");
    }
}

#[test]
fn the_costs_of_a_layer_lose_the_flop_whole_on_a_narrow_screen() {
    for (width, words) in [(80, " 4,160 parameters ─╯"), (120, " 4,160 parameters, 8,192 FLOP ─╯")] {
        let mut scene = sample::demo(30);
        let mut header = (**scene.runs[&0].header()).clone();
        for layer in header.lanes.iter_mut().flat_map(|lane| &mut lane.layers.layers) {
            layer.parameters = vec![Parameter { path: format!("{}.weight", layer.path), shape: vec![65, 64] }];
            layer.flops = Some(8192);
        }
        scene.take(0, &Event::RunStarted(Arc::new(header)));
        for event in sample::demo_steps(1..31) {
            scene.take(0, &event);
        }
        let frame = text(&sample::frame(&mut scene, &sample::theme(), width, 24));
        assert!(frame.contains(words), "{frame}");
    }
}

#[test]
fn the_legend_of_the_anatomy_says_what_a_factor_means_at_every_width_and_without_colours() {
    for theme in [sample::theme(), Theme::new(Colours::None, Glyphs::Unicode, Background::Dark)] {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let mut scene = sample::anatomy(30);
            scene.view.shown = ViewId::new("anatomy");
            let frame = text(&sample::frame(&mut scene, &theme, width, height));
            assert!(frame.contains("< 1 attenuates") && frame.contains("> 1 amplifies"), "{frame}");
            assert!(!frame.contains("blue attenuates"), "a terminal may have no blue: {frame}");
        }
    }
}

#[test]
fn a_name_in_the_inspector_takes_the_room_up_to_one_blank_before_its_value() {
    let frame = text(&sample::frame(&mut sample::demo(60), &sample::theme(), 80, 24));
    assert!(frame.contains("signal norm "), "{frame}");
}

#[test]
fn the_axis_of_the_depth_profile_has_a_name() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let frame = text(&sample::frame(&mut sample::demo(60), &sample::theme(), width, height));
        assert_eq!(frame.matches("╰block─").count(), 3, "two heatmaps and the profile: {frame}");
    }
}
