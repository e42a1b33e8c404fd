use super::*;
use crate::config::{BranchScale, LaneConfig, Model, Wiring};
use crate::event::{Event, LaneEnd, Outcome};
use crate::tui::sample;
use crate::tui::scene::ViewId;
use crate::tui::source::SourceKind;
use crate::tui::view::anatomy::grid::{DiagramGrid, Spacing};
use crate::tui::view::anatomy::shape::BranchOp;
use crate::units::LaneId;

/// The block that the sample's cursor stands on, of its plain and its residual lane.
fn blocks() -> [Anatomy; 2] {
    let scene = sample::anatomy(5);
    let lanes: Vec<_> = scene.lanes().collect();
    [Anatomy::at_cursor(&scene, &lanes[0]), Anatomy::at_cursor(&scene, &lanes[1])]
}

#[test]
fn the_shape_is_that_of_the_settings() {
    let [plain, residual] = blocks();
    assert_eq!((plain.skip, residual.skip), (Skip::Missing, Skip::Around));
    let parts = |anatomy: &Anatomy| anatomy.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>();
    assert_eq!(parts(&plain), [BranchOp::Activation, BranchOp::Weight]);
    assert_eq!(parts(&residual), [BranchOp::Norm, BranchOp::Activation, BranchOp::Weight, BranchOp::Other]);
}

#[test]
fn the_factors_lead_from_the_signal_at_the_output_to_the_branch() {
    for anatomy in blocks() {
        let branch = anatomy.channels[1].expect("a block has a branch");
        let first = anatomy.parts[0].0;
        let behind = anatomy.behind(first).expect("all factors are known");
        assert!((behind / branch - 1.0).abs() < 1e-5, "{behind} {branch}");
        assert!(
            (anatomy.branch_gain().expect("known") * anatomy.signal[1].expect("known") / branch - 1.0).abs() < 1e-5
        );
    }
}

#[test]
fn the_part_to_point_at_does_what_the_block_as_a_whole_does() {
    let marked = |block: usize, gain: f64, factors: &[f64]| {
        let mut anatomy = blocks()[block].clone();
        let parts = [BranchOp::Norm, BranchOp::Activation, BranchOp::Weight];
        anatomy.parts = parts.into_iter().zip(factors.iter().copied().map(Some)).collect();
        anatomy.gain = Some(gain);
        anatomy.strongest()
    };
    assert_eq!(marked(0, 0.41, &[1.0, 0.7, 0.58]), Some(BranchOp::Weight));
    assert_eq!(marked(0, 1.2, &[3.0, 0.7, 0.58]), Some(BranchOp::Norm));
    assert_eq!(marked(0, 0.0, &[3.0, 0.0, 0.1]), Some(BranchOp::Activation));
    assert_eq!(marked(0, f64::NAN, &[f64::NAN, 0.1, 9.0]), Some(BranchOp::Norm));
    assert_eq!(marked(0, 0.99, &[1.0, 0.5, 1.98]), None, "kept");
    assert_eq!(marked(1, 1.11, &[1.0, 0.53, 0.9]), None, "a residual block that grows the signal loses it nowhere");
    assert_eq!(marked(1, 1.5, &[2.0, 0.53, 0.9]), Some(BranchOp::Norm));
    assert_eq!(marked(1, 0.7, &[1.0, 0.53, 0.9]), None, "its channels cancel");
}

#[test]
fn a_lane_that_ended_or_whose_signal_is_zero_keeps_its_wiring() {
    let mut scene = sample::anatomy(3);
    let shapes = |scene: &Scene| {
        let shape_of = |lane: LaneRef<'_>| {
            let anatomy = Anatomy::at_cursor(scene, &lane);
            (anatomy.skip, anatomy.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>())
        };
        scene.lanes().map(shape_of).collect::<Vec<_>>()
    };
    let before = shapes(&scene);
    let end = LaneEnd { lane: LaneId(1), step: Step(3), outcome: Outcome::Diverged };
    scene.take(0, &Event::LaneEnded(end));
    let dead = |quantity, layer: usize| (quantity == Quantity::SignalNorm && layer > 0).then_some(0.0);
    (4..=40).for_each(|at| scene.take(0, &sample::step(0, at, 2.3, 8, dead)));
    assert_eq!(shapes(&scene), before);
    let lane = scene.lanes().nth(1).expect("two lanes");
    let anatomy = Anatomy::at_cursor(&scene, &lane);
    assert_eq!((anatomy.why_nothing.as_deref(), anatomy.gain), (Some("ended at step 3"), None));
}

#[test]
fn a_trace_without_factors_shows_the_block_as_one_box() {
    let mut scene = Scene::new(crate::tui::source::SourceKind::Traces);
    scene.take(0, &sample::without_settings(sample::header(&[("old", 6)])));
    let value = |quantity, layer: usize| match quantity {
        Quantity::SignalNorm => (layer > 0).then(|| 0.5_f32.powf(8.0 - layer as f32)),
        Quantity::Gain => (1..7).contains(&layer).then_some(0.5),
        _ => None,
    };
    scene.take(0, &sample::step(0, 1, 2.3, 8, value));
    assert_eq!(DiagramGrid::of(&scene).rows(Spacing::Tight).len(), 7);
    let lane = scene.lanes().next().expect("one lane");
    let anatomy = Anatomy::at_cursor(&scene, &lane);
    assert_eq!(
        (anatomy.parts.as_slice(), anatomy.strongest()),
        (&[(BranchOp::Whole, Some(0.5))][..], Some(BranchOp::Whole))
    );
    assert_eq!(anatomy.behind(BranchOp::Whole), anatomy.signal[0]);
}

#[test]
fn what_is_left_beside_the_others_has_the_name_of_what_it_is_in_each_family() {
    let rest_of = |model, wiring, branch_scale| {
        let settings =
            LaneConfig { branch_scale: BranchScale::Constant(branch_scale), ..LaneConfig::of(model, wiring) };
        let shape = Shape::of_settings(&settings);
        shape.parts.contains(&BranchOp::Other).then(|| shape.rest.symbol().0)
    };
    assert_eq!(rest_of(Model::Mlp, Wiring::Residual, 1.0), None);
    assert_eq!(rest_of(Model::Resnet, Wiring::Residual, 0.1), Some("s"));
    assert_eq!(rest_of(Model::Transformer, Wiring::Plain, 1.0), Some("mix"));
    assert_eq!(rest_of(Model::Transformer, Wiring::Residual, 0.1), Some("mix·s"));
    assert_eq!(rest_of(Model::Vgg, Wiring::Plain, 1.0), Some("pool"));
    assert_eq!(rest_of(Model::Vgg, Wiring::Residual, 0.1), Some("rest"));
    assert_eq!(rest_of(Model::Highway, Wiring::Residual, 1.0), Some("gate"));
    assert_eq!(rest_of(Model::Highway, Wiring::Plain, 1.0), None);
}

#[test]
fn of_a_model_without_settings_and_taps_inside_its_blocks_no_skip_connection_is_denied() {
    let mut scene = Scene::new(SourceKind::Traces);
    scene.take(0, &sample::without_settings(sample::header(&[("net", 6)])));
    let is_there = |quantity| matches!(quantity, Quantity::SignalNorm | Quantity::Gain | Quantity::ActRms);
    scene.take(0, &sample::step(0, 1, 2.3, 8, |quantity, _| is_there(quantity).then_some(0.5)));
    scene.view.shown = ViewId::new("anatomy");
    let buffer = sample::frame(&mut scene, &sample::theme(), 120, 40);
    let frame: String = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
    assert!(frame.contains("skip connection: not measured") && !frame.contains("no skip"), "{frame}");
}
