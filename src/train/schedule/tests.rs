//! What a schedule looks at, with steps and looks whose cost is made up.

use std::time::Duration;

use Look::{Away, Detail, Everything, Histograms};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::config::{Budget, Measure};

fn taken(measuring: u64) -> StepOutput {
    StepOutput { measuring: Duration::from_nanos(measuring), ..StepOutput::default() }
}

/// What came of a run.
struct Ran {
    looks: Vec<Look>,
    /// Share of looking in the time of all steps so far, after each step.
    shares: Vec<f64>,
    notes: Vec<String>,
}

/// Steps of two lanes, each of about 10,000 ns; a look takes about 1,300, counting 2,000 more, a detail 50,000 more. Every
/// time differs by a third up or down, and one step in fifty is disturbed and takes three times as long.
fn run(config: &RunConfig, steps: u64) -> Ran {
    run_until(config, steps, u64::MAX)
}

/// The same; the second lane ends after step `end`.
fn run_until(config: &RunConfig, steps: u64, end: u64) -> Ran {
    let schedule = Schedule::new(config);
    let mut rng = SmallRng::seed_from_u64(1);
    let (mut spent, mut whole) = (0, 0);
    let mut ran = Ran { looks: Vec::new(), shares: Vec::new(), notes: Vec::new() };
    for step in (1..=steps).map(Step) {
        if step.0 == end + 1 {
            schedule.leave(Step(end));
        }
        for lane in 0..if step.0 > end { 1 } else { 2 } {
            let Decision { look, note, .. } = schedule.look(step);
            ran.notes.extend(note);
            let cost = match look {
                Away | Look::Gradients => 0,
                Everything => 1300,
                Histograms => 3300,
                Detail => 51_300,
            };
            let mut taking = |about: u64| {
                let disturbed = if rng.random_bool(0.02) { 3.0 } else { 1.0 };
                (about as f64 * rng.random_range(0.67..1.33) * disturbed) as u64
            };
            let (cost, step_ns) = (taking(cost), taking(10_000));
            schedule.tell(step, step_ns + cost, &taken(cost));
            (spent, whole) = (spent + cost, whole + step_ns + cost);
            if lane == 0 {
                ran.looks.push(look);
            } else {
                assert_eq!(look, ran.looks[ran.looks.len() - 1], "lanes look at the same steps");
            }
        }
        ran.shares.push(spent as f64 / whole as f64);
    }
    ran
}

fn of_percent(percent: f64) -> RunConfig {
    RunConfig { budget: Some(Budget(percent / 100.0)), ..RunConfig::default() }
}

#[test]
fn the_last_step_is_always_looked_at() {
    for (budget, measure) in [(None, Measure::Every(400)), ("2%".parse().ok(), Measure::Auto)] {
        let config = RunConfig { measure, budget, ..RunConfig::default() };
        let schedule = Schedule::new(&config).ending_with(Step(399));
        let looks: Vec<u64> = (1..=399).filter(|step| schedule.look(Step(*step)).look.is_at_layers()).collect();
        assert_eq!((looks.first(), looks.last()), (Some(&1), Some(&399)), "{measure}");
    }
}

#[test]
fn without_a_budget_steps_are_looked_at_as_written() {
    let config = RunConfig { measure: Measure::Every(3), detail: Some(6), histograms: Some(9), ..RunConfig::default() };
    let Ran { looks, notes, .. } = run(&config, 10);
    assert_eq!(looks, [Detail, Away, Away, Everything, Away, Away, Detail, Away, Away, Histograms]);
    assert!(notes.is_empty());
}

#[test]
fn measuring_stays_within_its_budget_at_every_step_and_uses_it() {
    for percent in [1.0, 2.0, 5.0, 20.0] {
        let Ran { looks, shares, .. } = run(&of_percent(percent), 30_000);
        assert_eq!(looks[0], Everything, "the first step is always looked at");
        // The first look alone is more than the budget of so few steps.
        let most = shares[100..].iter().copied().fold(0.0, f64::max);
        assert!(most <= percent / 100.0, "{percent} %: {most}");
        let last = shares[shares.len() - 1];
        let possible = (percent / 100.0_f64).min(0.1);
        assert!(last > 0.6 * possible, "{percent} %: {last}");
        for look in [Histograms, Detail] {
            assert!(looks.contains(&look), "{percent} %: {look:?}");
        }
    }
}

#[test]
fn a_lane_that_ended_leaves_the_budget_to_the_others() {
    let whole = run(&of_percent(2.0), 20_000);
    let ended = run_until(&of_percent(2.0), 20_000, 500);
    let looked = |ran: &Ran| ran.looks[1000..].iter().filter(|look| **look != Away).count() as f64;
    let ratio = looked(&ended) / looked(&whole);
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    assert!(ended.shares[100..].iter().all(|share| *share <= 0.02));
}

#[test]
fn a_budget_tells_at_the_start_what_it_does_and_once_what_rate_it_settled_on() {
    for percent in [1.0, 2.0, 5.0] {
        let Ran { notes, .. } = run(&of_percent(percent), 30_000);
        assert!(notes[0].ends_with("costly quantities taken, as far as it pays"), "{notes:?}");
        assert!((2..=5).contains(&notes.len()), "{notes:#?}");
        assert!(notes[1].contains("layers measured about every"), "{notes:?}");
        assert!(notes[1].contains(", no histograms yet"), "{notes:?}");
        let last = &notes[notes.len() - 1];
        assert!(last.contains("histograms about every") && last.contains("costly quantities about every"), "{last}");
    }
}

#[test]
fn what_is_off_is_not_spoken_of() {
    let config = RunConfig { detail: None, histograms: None, ..of_percent(2.0) };
    let Ran { looks, notes, .. } = run(&config, 2000);
    assert!(looks.iter().all(|look| matches!(look, Away | Everything)));
    assert!(notes[1].ends_with("steps"), "{notes:?}");
}

#[test]
fn a_budget_never_looks_more_often_than_written() {
    let config = RunConfig { measure: Measure::Every(50), detail: None, ..of_percent(50.0) };
    let Ran { looks, .. } = run(&config, 200);
    let looked: Vec<usize> = (0..200).filter(|step| looks[*step] != Away).collect();
    assert_eq!(looked, [0, 50, 100, 150]);
}
