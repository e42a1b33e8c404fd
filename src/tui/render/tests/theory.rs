//! Theory beside measurement on the screen.

use super::{sample, text, theme};
use crate::event::Event;
use crate::quantity::Quantity;
use crate::tui::chart::DASH;
use crate::tui::scene::{Scene, ViewId};
use crate::tui::source::SourceKind;
use crate::tui::theme::{Colours, Glyphs};

/// The profile view without colour, where dashes are a mark of their own.
fn profile(quantity: Quantity) -> String {
    let mut scene = sample::demo(30);
    (scene.view.shown, scene.view.quantity) = (ViewId::new("profile"), quantity);
    text(&sample::frame(&mut scene, &theme(Colours::None, Glyphs::Unicode), 120, 40))
}

#[test]
fn what_theory_speaks_of_has_a_dashed_line_and_nothing_else_has() {
    for quantity in Quantity::ALL {
        let is_predicted = quantity.is_signal() || matches!(quantity, Quantity::Gain | Quantity::ActRms);
        let shown = profile(*quantity);
        assert_eq!(shown.contains("dashed: theory at init"), is_predicted, "{quantity}");
        // The mark separates words elsewhere on the screen.
        let dashes = shown.matches(DASH).count() - profile(Quantity::WeightNorm).matches(DASH).count();
        assert_eq!(dashes > 0, is_predicted, "{quantity}: {dashes}");
    }
}

#[test]
fn nothing_is_called_dashed_where_no_line_is_drawn() {
    for width in [8, 16, 64] {
        for quantity in Quantity::ALL {
            let Event::RunStarted(header) = sample::header(&[("plain", 50), ("residual", 50)]) else {
                panic!("a header")
            };
            let mut header = (*header).clone();
            for lane in &mut header.lanes {
                lane.settings.insert("width".to_owned(), width.to_string());
            }
            let mut scene = Scene::new(SourceKind::Live);
            scene.take(0, &Event::RunStarted(header.into()));
            for event in sample::demo_steps(1..9) {
                scene.take(0, &event);
            }
            (scene.view.shown, scene.view.quantity) = (ViewId::new("profile"), *quantity);
            let mut dashes = |quantity| {
                scene.view.quantity = quantity;
                let shown = text(&sample::frame(&mut scene, &theme(Colours::None, Glyphs::Unicode), 120, 40));
                (shown.matches(DASH).count(), shown.contains("dashed: theory at init"))
            };
            let (without, (drawn, named)) = (dashes(Quantity::WeightNorm).0, dashes(*quantity));
            // A line, not the block that it would begin at.
            assert_eq!(drawn > without + 4, named, "{quantity} at width {width}: {drawn}, {without}");
        }
    }
}

#[test]
fn the_predicted_gain_stands_beside_the_measured_one_where_there_is_room() {
    for (width, words) in [(80, None), (120, Some("per block  theory ×0.40 ")), (200, Some("theory ×0.40 at init  ×"))]
    {
        let shown = text(&sample::frame(&mut sample::demo(30), &sample::theme(), width, 40));
        assert!(words.is_none_or(|words| shown.contains(words)), "{width}");
        assert!(shown.contains(" per block "), "{width}");
        assert!(shown.contains("theory"), "the inspector has it at every size");
    }
}

#[test]
fn a_lane_without_a_line_says_why() {
    let Event::RunStarted(header) = sample::header(&[("plain", 50), ("norm", 50)]) else { panic!("a header") };
    let mut header = (*header).clone();
    header.lanes[1].settings.insert("norm".to_owned(), "layer".to_owned());
    header.lanes[1].settings.insert("wiring".to_owned(), "plain".to_owned());
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &Event::RunStarted(header.into()));
    for event in sample::demo_steps(1..9) {
        scene.take(0, &event);
    }
    let shown = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    assert!(shown.contains("no theory: layer norm breaks independence"));
    assert_eq!(scene.cache.predicted.iter().map(Vec::is_empty).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_prediction_is_that_of_the_first_step_however_long_a_lane_trains() {
    let mut scene = sample::demo(1);
    sample::frame(&mut scene, &sample::theme(), 120, 40);
    let first = scene.cache.theories.clone();
    assert!(first.iter().all(Result::is_ok) && first.len() == 2);
    for event in sample::demo_steps(2..60) {
        scene.take(0, &event);
    }
    sample::frame(&mut scene, &sample::theme(), 120, 40);
    assert_eq!(scene.cache.theories, first);
}
