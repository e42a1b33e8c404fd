//! What is inside a block: its stage on the axis, what it costs, its layers, and the filters of the first convolution.

use std::sync::Arc;

use super::*;
use crate::config::RunConfig;
use crate::event::{FilterShades, Payload, RunHeader, Snapshot};
use crate::quantity::Quantity;
use crate::units::LaneId;

pub(super) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// Snapshots of a view in three sizes, without colour, and without Unicode.
pub(super) fn in_every_look(name: &str, view: ViewId, scene: &Scene) {
    let scene = || {
        let mut scene = scene.clone();
        scene.view.shown = view;
        scene
    };
    for size in SIZES {
        snapshot(&format!("{name}_{}x{}", size.0, size.1), &mut scene(), &sample::theme(), size);
    }
    snapshot(&format!("{name}_no_colour"), &mut scene(), &theme(Colours::None, Glyphs::Unicode), (120, 40));
    snapshot(&format!("{name}_ascii"), &mut scene(), &theme(Colours::None, Glyphs::Ascii), (80, 24));
}

fn shown(scene: &mut Scene, mode: ViewId, (width, height): (u16, u16)) -> Vec<String> {
    scene.view.shown = mode;
    let buffer = sample::frame(scene, &sample::theme(), width, height);
    buffer.content().chunks(usize::from(width)).map(|row| row.iter().map(Target::symbol).collect()).collect()
}

fn row<'a>(rows: &'a [String], words: &str) -> &'a str {
    rows.iter().find(|row| row.contains(words)).map_or("", String::as_str)
}

/// The same run with a changed header.
fn with_header(mut scene: Scene, change: impl FnOnce(&mut RunHeader)) -> Scene {
    let mut header = scene.runs[&0].header().clone();
    change(Arc::make_mut(&mut header));
    scene.take(0, &Event::RunStarted(header));
    scene
}

#[test]
fn stages_layers_and_filters_in_three_sizes_and_without_colour_or_unicode() {
    for (name, mode) in
        [("stages", ViewId::new("heatmaps")), ("layers", ViewId::new("layers")), ("filters", ViewId::new("filters"))]
    {
        in_every_look(name, mode, &sample::conv_net(45));
    }
    let mut halves = sample::transformer(45);
    halves.view.shown = ViewId::new("layers");
    snapshot("layers_of_halves", &mut halves, &sample::theme(), (120, 40));
}

#[test]
fn a_stage_is_bracketed_in_every_pane_and_named_where_there_is_room() {
    for size in SIZES {
        let rows = shown(&mut sample::conv_net(9), ViewId::new("heatmaps"), size);
        let above = &rows[..usize::from(size.1) / 2];
        for corner in ["│╭", "│╰"] {
            let in_panes: usize = above.iter().map(|row| row.matches(corner).count()).sum();
            assert!(size.0 > 100 || in_panes == 6, "{size:?}: three stages in two panes, {in_panes} {corner}");
        }
        let named: usize = above.iter().map(|row| row.matches("16×16·16").count()).sum();
        assert_eq!(named, if size.0 > 100 { 2 } else { 0 }, "{size:?}");
    }
}

#[test]
fn a_net_without_stages_gives_them_no_column() {
    let mut without = with_header(sample::conv_net(0), |header| {
        let layers = header.lanes.iter_mut().flat_map(|lane| &mut lane.layers.layers);
        layers.for_each(|layer| layer.stage = None);
    });
    let area = Rect::new(0, 0, 120, 40);
    let width = |scene: &Scene| Layout::new(area, scene).expect("large enough").panes.heatmaps()[0].labels.width;
    assert_eq!((width(&without), width(&sample::conv_net(0))), (5, 5 + 10));
    assert!(!shown(&mut without, ViewId::new("profile"), (120, 40)).concat().contains('┊'));
    assert!(shown(&mut sample::conv_net(9), ViewId::new("profile"), (120, 40)).concat().contains("32×32·8"));
}

#[test]
fn the_inspector_says_what_the_layer_at_the_cursor_costs() {
    let mut scene = sample::conv_net(9);
    let full = shown(&mut scene, ViewId::new("loss"), (120, 40));
    assert!(row(&full, "parameters").contains("1,184"), "{full:?}");
    assert!(row(&full, "FLOP").contains("2.4 M") && row(&full, "stage").contains("32×32·8"), "{full:?}");
    let short = shown(&mut scene, ViewId::new("heatmaps"), (120, 44));
    assert!(row(&short, "param").contains("1,184") && row(&short, "FLOP").contains("2.4 M"), "{short:?}");
    assert!(row(&short, "block 3 · step").contains("32×32·8"));
    // Nothing is known of the sample's other runs: no row is spent on it.
    assert_eq!(row(&shown(&mut sample::demo(9), ViewId::new("heatmaps"), (120, 40)), "param"), "");
}

#[test]
fn enter_opens_the_block_at_the_cursor_and_closes_it() {
    let area = Rect::new(0, 0, 120, 40);
    let mut scene = sample::conv_net(45);
    let _ = update(&mut scene, Action::ToggleView(ViewId::new("layers")), area);
    let rows = shown(&mut scene, ViewId::new("layers"), (120, 40));
    for name in ["convolution 1", "norm 1", "convolution 2", "norm 2"] {
        assert_eq!(rows.iter().filter(|row| row.contains(name)).count(), 2, "{name} of both lanes");
    }
    assert!(row(&rows, "convolution 1").contains("8×8×3×3") && row(&rows, "convolution 1").contains("1.2 M"));
    assert!(row(&rows, "block 3").contains("at step 41"), "taken every ten steps, the cursor is on 45");
    let _ = update(&mut scene, Action::Cursor(Motion::End(Direction::Up)), area);
    assert!(
        row(&shown(&mut scene, ViewId::new("layers"), (120, 40)), "8×3×3×3").contains("convolution"),
        "the stem too"
    );
    let _ = update(&mut scene, Action::ToggleView(ViewId::new("layers")), area);
    assert_eq!(scene.view.shown, ViewId::new("heatmaps"));
}

#[test]
fn a_click_on_a_strip_puts_the_cursor_on_its_step_and_stays_in_the_block() {
    let area = Rect::new(0, 0, 200, 60);
    let mut scene = sample::conv_net(45);
    scene.view.shown = ViewId::new("layers");
    let (layout, depth) = (Layout::new(area, &scene).expect("large enough"), scene.view.cursor.depth);
    let strip = layout.panes.strips()[0].picture;
    let place = crate::tui::terminal_cell::TerminalCell { column: strip.x + 20, row: strip.y + 2 };
    let _ = update(&mut scene, Action::Click(place), area);
    assert_eq!(scene.view.cursor.step, Some(Step(layout.panes.step_axis(&scene).step_at(20))));
    assert_eq!(scene.view.cursor.depth, depth);
}

#[test]
fn the_halves_of_a_transformers_block_add_up_their_layers() {
    let rows = shown(&mut sample::transformer(45), ViewId::new("layers"), (120, 40));
    let (attention, forward) = (row(&rows, " attention "), row(&rows, " feed-forward "));
    assert!(attention.contains("1,056") && attention.contains("0.66 M"), "{attention}");
    assert!(forward.contains("8,320") && forward.contains("1.0 M"), "{forward}");
    assert!(row(&rows, "scores, mixing").contains("0.52 M"));
}

#[test]
fn the_strip_follows_the_quantity_as_far_as_single_layers_have_it() {
    let mut scene = sample::conv_net(45);
    for (quantity, expected) in [
        (Quantity::Gain, Quantity::GradNorm),
        (Quantity::WeightNorm, Quantity::WeightNorm),
        (Quantity::UpdateRatio, Quantity::UpdateRatio),
    ] {
        scene.view.quantity = quantity;
        scene.view.shown = ViewId::new("layers");
        assert_eq!((view::in_view(&scene).coloured)(&scene), expected);
        scene.view.shown = ViewId::new("heatmaps");
        assert_eq!((view::in_view(&scene).coloured)(&scene), quantity);
    }
}

#[test]
fn a_view_without_records_says_why_and_how_to_get_them() {
    let scene = |config: Option<RunConfig>| {
        let mut scene = with_header(sample::conv_net(0), |header| match &config {
            Some(config) => config.write_to(header),
            None => header.lanes.iter_mut().for_each(|lane| lane.settings.clear()),
        });
        scene.take(0, &sample::step(0, 1, 2.3, 11, |_, _| Some(1.0)));
        scene
    };
    let off = RunConfig { histograms: None, detail: None, ..RunConfig::default() };
    for (view, what, done, does) in [
        ("layers", "values of single layers", "measured", "measures"),
        ("filters", "pictures of the filters", "recorded", "records"),
    ] {
        let mode = ViewId::new(view);
        let said = |config| shown(&mut scene(config), mode, (120, 40)).concat();
        let default = said(Some(RunConfig::default()));
        assert!(default.contains(&format!("{done} every 10 steps")) && default.contains("(--histograms)"), "{default}");
        assert!(said(Some(off.clone())).contains(&format!("--histograms 10 {does} them")), "{mode:?}");
        assert!(said(None).contains(&format!("no {what} in this trace")), "{mode:?}");
    }
    let layers = shown(&mut scene(Some(off)), ViewId::new("layers"), (120, 40));
    assert!(row(&layers, "convolution 1").contains("8×8×3×3"), "what it is made of is known all the same");
    let language = shown(&mut sample::transformer(9), ViewId::new("filters"), (120, 40)).concat();
    assert!(language.contains("no filters: its first layer is not a convolution"));
}

#[test]
fn filters_that_are_not_finite_are_crossed_out_and_those_without_room_are_counted() {
    let mut scene = sample::conv_net(45);
    let mut weights = vec![0.5; 64 * 49];
    weights[50] = f32::NAN;
    let record = Snapshot {
        lane: LaneId(0),
        step: Step(51),
        payload: Payload::Filters(FilterShades::of([64, 1, 7, 7], &weights)),
    };
    scene.take(0, &sample::step(0, 51, 2.3, 11, |_, _| Some(1.0)));
    scene.take(0, &Event::Snapshot(Arc::new(record)));
    let rows = shown(&mut scene, ViewId::new("filters"), (80, 24));
    assert!(row(&rows, "1 not finite").contains("plain") && !row(&rows, "▀ ××××××× ▀").is_empty(), "{rows:?}");
    assert!(row(&rows, "more").contains("↓"), "{rows:?}");
    // Where all have room they have their numbers.
    assert!(!row(&shown(&mut scene, ViewId::new("filters"), (200, 60)), "2!").is_empty());
}
