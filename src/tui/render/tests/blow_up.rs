//! A lane that blows up leaves the scales to the others, and the legend says that it has left them.

use super::*;
use crate::quantity::Quantity;

/// A healthy lane beside one whose loss and values run away from step 40 on, to 1e30 and then NaN; the healthy one goes
/// on to step 60.
fn blown_up() -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::header(&[("wild", 6), ("calm", 6)]));
    for at in 1..=60u64 {
        let calm = move |_: Quantity, layer: usize| Some(10f32.powf(layer as f32 * 0.2 - 1.0));
        let loss = 2.3 - 0.03 * at as f32;
        scene.take(0, &sample::step(1, at, loss, 8, calm));
        if at <= 50 {
            let exponent = at.saturating_sub(39) as f32 * 3.0;
            let wild = move |_: Quantity, layer: usize| Some(10f32.powf(exponent + layer as f32 * 0.2 - 1.0));
            let loss = if at == 50 { f32::NAN } else { 2.3 * 10f32.powf(exponent) };
            scene.take(0, &sample::step(0, at, loss, 8, wild));
        }
    }
    scene.take(0, &Event::LaneEnded(LaneEnd { lane: LaneId(0), step: Step(50), outcome: Outcome::Diverged }));
    scene
}

#[test]
fn a_lane_that_blew_up_does_not_flatten_the_others() {
    let mut scene = blown_up();
    let shown = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    let scale = scene.scales.of(Quantity::default()).expect("has values");
    assert!(scale.high - scale.low <= 3.0, "{scale:?}");
    assert!(shown.contains("≥ 10") && !shown.contains('≤'), "the legend says that values lie above");
    let spread = |scene: &Scene| {
        let cells =
            scene.cache.profiles[1].iter().filter_map(|cell| if let Cell::Value(v) = cell { Some(*v) } else { None });
        let positions: Vec<f32> = cells.map(|value| scale.position(value)).collect();
        positions.iter().copied().fold(0.0, f32::max) - positions.iter().copied().fold(1.0, f32::min)
    };
    assert!(spread(&scene) > 0.3, "the healthy lane runs through the palette: {}", spread(&scene));
}

#[test]
fn the_axis_of_the_loss_is_that_of_the_others_and_an_arrow_stands_where_a_curve_leaves_it() {
    let mut scene = blown_up();
    scene.view.shown = ViewId::new("loss");
    let shown = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    assert!(shown.contains('↑') && !shown.contains("1e12") && !shown.contains("1e20"));
    scene.view.steps = Some(42..48);
    let zoomed = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    assert!(zoomed.contains('↑'), "the healthy one is still in view");
}

#[test]
fn the_difference_spans_no_more_than_the_scale_of_the_quantity() {
    let mut scene = blown_up();
    scene.view.shown = ViewId::new("difference");
    let shown = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    let scale = scene.scales.of(Quantity::default()).expect("has values");
    let reach = scene.scales.difference(Quantity::default()).high;
    assert!(reach <= scale.high - scale.low + 1.0, "{reach}");
    assert!(shown.contains('≤') && shown.contains('≥'));
}

#[test]
fn a_lane_without_a_first_loss_to_compare_with_has_no_ceiling_and_equals_itself() {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::header(&[("lost", 6)]));
    for (at, loss) in [(1, f32::NAN), (2, 1e20)] {
        scene.take(0, &sample::step(0, at, loss, 8, |_, _| Some(1e9)));
    }
    let lane = scene.lanes().next().expect("one").history.clone();
    assert_eq!((lane.loss_ceiling(), lane.range(Quantity::default())), (f32::INFINITY, Some((9.0, 9.0))));
    assert_eq!(lane, lane.clone());
}

#[test]
fn an_explosion_from_the_first_step_on_is_a_range_like_any_other() {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::header(&[("huge", 6), ("calm", 6)]));
    for at in 1..=5 {
        scene.take(0, &sample::step(0, at, 1e15, 8, |_, layer| Some(10f32.powf(30.0 - 3.0 * layer as f32))));
        scene.take(0, &sample::step(1, at, 2.3, 8, |_, _| Some(1.0)));
    }
    let shown = text(&sample::frame(&mut scene, &sample::theme(), 120, 40));
    assert!(scene.scales.of(Quantity::default()).expect("has values").high >= 30.0);
    assert!(!shown.contains('≥') && !shown.contains('≤'));
}
