//! Where a lane has no value at the cursor's step every pane shows nothing of it, and says why.

use super::*;
use crate::event::{Histograms, Payload, Snapshot};
use crate::histogram::{Histogram, Sign};

/// Two lanes with histograms: the first ended at step 20, the other goes on to step 60.
fn ended(outcome: Outcome) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &sample::header(&[("short", 6), ("long", 6)]));
    for (lane, last) in [(0, 20), (1, 60)] {
        for at in 1..=last {
            scene.take(0, &sample::step(lane, at, 2.3, 8, |_, layer| Some(0.5 + layer as f32)));
        }
        let mut counts = Histogram::default();
        counts.add(-3, Sign::Negative, 75);
        let record = Snapshot {
            lane: LaneId(lane),
            step: Step(11),
            payload: Payload::Histogram(Histograms { layers: vec![Some(counts); 8] }),
        };
        scene.take(0, &Event::Snapshot(std::sync::Arc::new(record)));
    }
    scene.take(0, &Event::LaneEnded(LaneEnd { lane: LaneId(0), step: Step(20), outcome }));
    scene
}

fn shown(scene: &mut Scene, mode: ViewId) -> String {
    scene.view.shown = mode;
    text(&sample::frame(scene, &sample::theme(), 160, 40))
}

#[test]
fn no_pane_shows_a_lane_after_its_end_and_each_says_so() {
    for outcome in [Outcome::Completed, Outcome::Diverged] {
        for cursor in [None, Some(Step(21)), Some(Step(40))] {
            let mut scene = ended(outcome.clone());
            scene.view.cursor.step = cursor;
            for mode in
                [ViewId::new("heatmaps"), ViewId::new("profile"), ViewId::new("anatomy"), ViewId::new("histogram")]
            {
                let shown = shown(&mut scene, mode);
                assert!(shown.contains("at step 20"), "{mode:?} {cursor:?}");
            }
            assert!(scene.cache.profiles[0].iter().all(|cell| *cell == Cell::Empty));
            assert!(scene.cache.profiles[1].iter().all(|cell| matches!(cell, Cell::Value(_))));
            assert_eq!(scene.cache.signals[0].fit, None);
        }
    }
}

#[test]
fn at_its_last_step_a_lane_that_ended_is_shown_like_any_other() {
    let mut scene = ended(Outcome::Completed);
    scene.view.cursor.step = Some(Step(20));
    for mode in [ViewId::new("heatmaps"), ViewId::new("profile"), ViewId::new("anatomy"), ViewId::new("histogram")] {
        assert!(!shown(&mut scene, mode).contains("ended at"), "{mode:?}");
    }
    assert_eq!(scene.cache.profiles[0], scene.cache.profiles[1]);
}

#[test]
fn a_trace_that_is_far_behind_another_is_not_shown_where_it_has_not_come() {
    let mut scene = ended(Outcome::Completed);
    scene.take(1, &sample::header(&[("late", 6)]));
    (1..=7).for_each(|at| scene.take(1, &sample::step(0, at, 2.3, 8, |_, _| Some(1.0))));
    for mode in [ViewId::new("profile"), ViewId::new("anatomy"), ViewId::new("histogram")] {
        assert!(shown(&mut scene, mode).contains("not reached: at step 7"), "{mode:?}");
    }
    assert!(shown(&mut scene, ViewId::new("heatmaps")).contains("last step"));
}
