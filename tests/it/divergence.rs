//! A lane whose loss is no longer finite ends, keeps its steps, and does not affect the others.

use nablatop::config::{LaneConfig, Optimizer, Wiring};
use nablatop::event::Outcome;

use super::recording::{BACKENDS, Recording, loss, small};

const STEPS: u64 = 12;

/// A learning rate that no stack survives.
fn wild(name: &str) -> LaneConfig {
    LaneConfig { name: name.to_owned(), optimizer: Optimizer::Sgd, lr: 1e30, ..LaneConfig::new(Wiring::Residual) }
}

#[test]
fn a_diverged_lane_keeps_its_steps_and_the_other_continues() {
    for backend in BACKENDS {
        let alone = Recording::of(small(backend, STEPS, vec![LaneConfig::new(Wiring::Plain)]));
        let both = Recording::of(small(backend, STEPS, vec![wild("wild"), LaneConfig::new(Wiring::Plain)]));
        assert_eq!(both.outcomes(), [Outcome::Diverged, Outcome::Completed, Outcome::Completed]);
        let steps = both.steps(0);
        let (last, before) = steps.split_last().expect("steps");
        assert!(!before.is_empty() && before.len() < STEPS as usize);
        assert!(before.iter().all(|record| loss(record).is_finite()) && !loss(last).is_finite());
        assert!(steps.iter().all(|record| record.is_measured()));
        assert_eq!(both.losses(1).len(), STEPS as usize);
        assert_eq!(both.losses(1), alone.losses(0));
    }
}

#[test]
fn a_run_whose_lanes_all_diverge_has_diverged() {
    for backend in BACKENDS {
        let run = Recording::of(small(backend, STEPS, vec![wild("wild"), wild("wilder")]));
        assert_eq!(run.outcomes(), [Outcome::Diverged, Outcome::Diverged, Outcome::Diverged]);
    }
}
