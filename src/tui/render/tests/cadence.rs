//! A value that is not measured on every step says how often it is measured, and of which step it is.

use std::sync::Arc;

use super::*;
use crate::config::{Budget, Measure, RunConfig};
use crate::event::{Histograms, Payload, Snapshot};
use crate::histogram::{Histogram, Sign};
use crate::measurement::Measurement;
use crate::quantity::Quantity;

/// Two lanes of six blocks after 60 steps; scheduled quantities at step 1 and 41, but for the second lane only at step 1.
fn scheduled(config: &RunConfig) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::with_settings(sample::header(&[("plain", 6), ("residual", 6)]), config));
    for (at, lane) in (1..=60).flat_map(|at| [(at, 0), (at, 1)]) {
        let is_detailed = at == 1 || at == 41 && lane == 0;
        let value = |quantity: Quantity, _| {
            (is_detailed || quantity.definition().measured_with == Measurement::Layers).then_some(0.5 + at as f32)
        };
        scene.take(0, &sample::step(lane, at, 2.3, 8, value));
    }
    scene.view.cursor.step = Some(Step(57));
    scene
}

fn count(scene: &mut Scene, lane: u16, step: u64) {
    let mut counts = Histogram::default();
    counts.add(-3, Sign::Negative, 75);
    let record = Snapshot {
        lane: LaneId(lane),
        step: Step(step),
        payload: Payload::Histogram(Histograms { layers: vec![Some(counts); 8] }),
    };
    scene.take(0, &Event::Snapshot(Arc::new(record)));
}

fn shown(scene: &mut Scene, mode: ViewId) -> String {
    scene.view.shown = mode;
    text(&sample::frame(scene, &sample::theme(), 200, 60))
}

#[test]
fn a_scheduled_quantity_says_how_often_it_is_measured_and_on_which_step_it_was() {
    let mut scene = scheduled(&RunConfig { detail: Some(40), ..RunConfig::default() });
    scene.view.quantity = Quantity::Shatter;
    for mode in [ViewId::new("profile"), ViewId::new("heatmaps")] {
        let shown = shown(&mut scene, mode);
        assert!(shown.contains("every 40 steps"), "{mode:?}");
        assert!(shown.contains("plain at step 41") && shown.contains("residual at step 1"), "{mode:?}");
        assert!(shown.contains("at 41") && shown.contains("at 1 "), "{mode:?}: the inspector");
    }
    scene.view.cursor.step = Some(Step(1));
    assert!(!shown(&mut scene, ViewId::new("heatmaps")).contains("at step"));
}

#[test]
fn what_is_measured_on_every_step_says_nothing_of_it_and_what_is_not_does() {
    let mut scene = scheduled(&RunConfig::default());
    for mode in [ViewId::new("profile"), ViewId::new("anatomy")] {
        let shown = shown(&mut scene, mode);
        assert!(!shown.contains("at step") && !shown.contains("every 1 "), "{mode:?}");
    }
    let mut scene = Scene::new(SourceKind::Live);
    let config = RunConfig { measure: Measure::Every(20), ..RunConfig::default() };
    scene.take(0, &sample::with_settings(sample::header(&[("plain", 6)]), &config));
    for at in 1..=60 {
        let Event::Step(mut record) = sample::step(0, at, 2.3, 8, |_, _| Some(1.0)) else { panic!("a step") };
        if at % 20 != 1 {
            Arc::make_mut(&mut record).values = crate::grid::Grid::default();
        }
        scene.take(0, &Event::Step(record));
    }
    for mode in [ViewId::new("heatmaps"), ViewId::new("profile"), ViewId::new("anatomy")] {
        let shown = shown(&mut scene, mode);
        assert!(shown.contains("at step 41") && shown.contains("every 20 steps"), "{mode:?}");
    }
}

#[test]
fn each_lane_names_the_step_of_its_own_histogram() {
    let mut scene = scheduled(&RunConfig::default());
    count(&mut scene, 0, 51);
    count(&mut scene, 1, 57);
    let shown = shown(&mut scene, ViewId::new("histogram"));
    assert!(shown.contains("at step 51") && shown.contains("  step 57") && shown.contains("every 10 steps"));
}

#[test]
fn an_empty_histogram_view_says_when_there_will_be_one_and_how_to_get_it() {
    let said = |config: RunConfig| shown(&mut scheduled(&config), ViewId::new("histogram"));
    let own = said(RunConfig::default());
    assert!(own.contains("counted every 10 steps (--histograms)") && own.contains("the next at step 61"));
    assert!(own.contains("F: re-run the last steps"));
    assert!(said(RunConfig { histograms: None, ..RunConfig::default() }).contains("every 200 steps (--detail)"));
    let costly_first = RunConfig { histograms: Some(300), detail: Some(40), ..RunConfig::default() };
    let costly_first = said(costly_first);
    assert!(costly_first.contains("every 40 steps (--detail)") && costly_first.contains("the next at step 81"));
    let never = RunConfig { histograms: None, detail: None, flight: None, ..RunConfig::default() };
    let never = said(never);
    assert!(never.contains("none are counted") && never.contains("--histograms 10") && !never.contains("F: the last"));
}

#[test]
fn under_a_budget_histograms_are_said_to_come_on_their_own_schedule() {
    let bounded = RunConfig { budget: Some(Budget(0.02)), ..RunConfig::default() };
    for config in [bounded.clone(), RunConfig { detail: None, ..bounded }] {
        let empty = shown(&mut scheduled(&config.clone()), ViewId::new("histogram"));
        assert!(empty.contains("counted every 10 steps at most (--histograms)") && !empty.contains("the next at step"));
        let mut scene = scheduled(&config);
        count(&mut scene, 0, 51);
        assert!(shown(&mut scene, ViewId::new("histogram")).contains("every 10 steps at most"));
    }
}
