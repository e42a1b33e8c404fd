//! Losses, quantities, weights and optimizer of a run that is resumed in another process equal those of one that never
//! stopped, bit by bit.

use nablatop::event::{Event, Outcome};

use super::{as_of, assert_same_run, events, names, train};
use crate::program::{BACKENDS, Place};

/// A run of 12 steps, and the same from its checkpoints of step 5 and 10 on; details and histograms fall between.
fn assert_equal_from_everywhere(settings: &[&str]) {
    for backend in BACKENDS {
        let place = Place::new();
        let schedule = ["--detail", "7", "--histograms", "3", "--steps", "12", "--save-every", "5"];
        train(&place, &[&["--log", "run", "--backend", backend], &schedule[..], settings].concat());
        assert_eq!(names(&place.path("run")), ["step-000010", "step-000012"]);
        let from_10 = as_of(&place, "run", 10, "from-10");
        train(&place, &["--resume", "from-10"]);
        assert_same_run(&place.path("run"), &from_10, 12);

        train(
            &place,
            &[&["--log", "short", "--backend", backend], &schedule[..4], &["--steps", "5"], settings, &schedule[6..]]
                .concat(),
        );
        train(&place, &["--resume", "short", "--steps", "8"]);
        train(&place, &["--resume", "short", "--steps", "12"]);
        assert_same_run(&place.path("run"), &place.path("short"), 12);
    }
}

#[test]
fn mlp_with_every_optimizer() {
    assert_equal_from_everywhere(&[
        "--depth",
        "4",
        "--width",
        "16",
        "--batch",
        "16",
        "--lane",
        "residual:name=adam,weight-decay=0.01,warmup=9",
        "--lane",
        "residual:name=momentum,optimizer=sgd,lr=0.01,clip=0.5",
        "--lane",
        "plain:name=sgd,optimizer=sgd,momentum=0",
        "--lane",
        "residual:name=adamw,optimizer=adamw,norm=batch,activation=tanh,init=orthogonal",
    ]);
}

#[test]
fn cures_with_blocks_that_are_left_out() {
    assert_equal_from_everywhere(&[
        "--depth",
        "6",
        "--width",
        "8",
        "--batch",
        "8",
        "--lane",
        "stochastic-depth:optimizer=adam",
        "--lane",
        "layerscale:norm=layer",
        "--lane",
        "deepnorm:optimizer=sgd",
        "--lane",
        "constrained-hyper-connections:norm=batch",
    ]);
}

#[test]
fn a_convolutional_net_with_running_statistics() {
    assert_equal_from_everywhere(&["--model", "resnet", "--depth", "8", "--width", "2", "--batch", "4"]);
}

#[test]
fn a_lane_that_had_diverged_stays_so() {
    let place = Place::new();
    let lanes = ["--lane", "residual", "--lane", "residual:name=hot,optimizer=sgd,lr=1e30"];
    let run = ["--depth", "3", "--width", "8", "--batch", "8", "--log", "run", "--save-every", "10", "--steps", "30"];
    train(&place, &[&run[..], &lanes].concat());
    let resumed = as_of(&place, "run", 20, "resumed");
    train(&place, &["--resume", "resumed"]);
    assert_same_run(&place.path("run"), &resumed, 30);
    let ends = events(&resumed).into_iter().filter_map(|event| match event {
        Event::LaneEnded(end) => Some((end.lane.0, end.step.0 < 10, end.outcome)),
        _ => None,
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by_key(|end| end.0);
    assert_eq!(ends, [(0, false, Outcome::Completed), (1, true, Outcome::Diverged)]);
}
