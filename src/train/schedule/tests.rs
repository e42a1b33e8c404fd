//! What a schedule measures, with made-up costs.

use std::time::Duration;

use Measurement::{Costly, Histograms, Layers};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::config::{Budget, Measure};

/// What came of a run.
struct Ran {
    measured: Vec<Option<Measurement>>,
    /// Share of measuring in the time of all steps so far, after each step.
    shares: Vec<f64>,
    notes: Vec<String>,
}

/// Steps of two lanes, each of about 10,000 ns; the layers take about 1,300, histograms 2,000 more, the costly quantities 50,000 more. Every
/// time differs by a third up or down, and one step in fifty is disturbed and takes three times as long.
fn run(config: &RunConfig, steps: u64) -> Ran {
    run_until(config, steps, u64::MAX)
}

/// The same; the second lane ends after step `end`.
fn run_until(config: &RunConfig, steps: u64, end: u64) -> Ran {
    let schedule = Schedule::new(config);
    let mut rng = SmallRng::seed_from_u64(1);
    let (mut spent, mut whole) = (0, 0);
    let mut ran = Ran { measured: Vec::new(), shares: Vec::new(), notes: Vec::new() };
    for step in (1..=steps).map(Step) {
        if step.0 == end + 1 {
            schedule.leave(Step(end));
        }
        for lane in 0..if step.0 > end { 1 } else { 2 } {
            let Decision { measured, note, .. } = schedule.decide(step);
            ran.notes.extend(note);
            let cost = match measured {
                None => 0,
                Some(Layers) => 1300,
                Some(Histograms) => 3300,
                Some(Costly) => 51_300,
            };
            let mut taking = |about: u64| {
                let disturbed = if rng.random_bool(0.02) { 3.0 } else { 1.0 };
                (about as f64 * rng.random_range(0.67..1.33) * disturbed) as u64
            };
            let (cost, step_ns) = (taking(cost), taking(10_000));
            schedule.report(step, step_ns + cost, Duration::from_nanos(cost));
            (spent, whole) = (spent + cost, whole + step_ns + cost);
            if lane == 0 {
                ran.measured.push(measured);
            } else {
                assert_eq!(measured, ran.measured[ran.measured.len() - 1], "lanes are measured at the same steps");
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
fn the_last_step_is_always_measured() {
    for (budget, measure) in [(None, Measure::Every(400)), ("2%".parse().ok(), Measure::Auto)] {
        let config = RunConfig { measure, budget, ..RunConfig::default() };
        let schedule = Schedule::new(&config).ending_with(Step(399));
        let measured: Vec<u64> = (1..=399).filter(|step| schedule.decide(Step(*step)).measured.is_some()).collect();
        assert_eq!((measured.first(), measured.last()), (Some(&1), Some(&399)), "{measure}");
    }
}

#[test]
fn without_a_budget_steps_are_measured_as_written() {
    let config = RunConfig { measure: Measure::Every(3), detail: Some(6), histograms: Some(9), ..RunConfig::default() };
    let Ran { measured, notes, .. } = run(&config, 10);
    let (none, layers, histograms, costly) = (None, Some(Layers), Some(Histograms), Some(Costly));
    assert_eq!(measured, [costly, none, none, layers, none, none, costly, none, none, histograms]);
    assert!(notes.is_empty());
}

#[test]
fn measuring_stays_within_its_budget_at_every_step_and_uses_it() {
    for percent in [1.0, 2.0, 5.0, 20.0] {
        let Ran { measured, shares, .. } = run(&of_percent(percent), 30_000);
        assert_eq!(measured[0], Some(Layers), "the first step is always measured");
        // The first look alone is more than the budget of so few steps.
        let most = shares[100..].iter().copied().fold(0.0, f64::max);
        assert!(most <= percent / 100.0, "{percent} %: {most}");
        let last = shares[shares.len() - 1];
        let possible = (percent / 100.0_f64).min(0.1);
        assert!(last > 0.6 * possible, "{percent} %: {last}");
        for part in [Histograms, Costly] {
            assert!(measured.contains(&Some(part)), "{percent} %: {part:?}");
        }
    }
}

#[test]
fn a_lane_that_ended_leaves_the_budget_to_the_others() {
    let whole = run(&of_percent(2.0), 20_000);
    let ended = run_until(&of_percent(2.0), 20_000, 500);
    let looked = |ran: &Ran| ran.measured[1000..].iter().flatten().count() as f64;
    let ratio = looked(&ended) / looked(&whole);
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    assert!(ended.shares[100..].iter().all(|share| *share <= 0.02));
}

#[test]
fn a_budget_tells_at_the_start_what_it_does_and_once_what_rate_it_settled_on() {
    for percent in [1.0, 2.0, 5.0] {
        let Ran { notes, .. } = run(&of_percent(percent), 30_000);
        assert!(notes[0].ends_with("costly quantities are measured as often as it allows"), "{notes:?}");
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
    let Ran { measured, notes, .. } = run(&config, 2000);
    assert!(measured.iter().all(|measured| measured.is_none_or(|part| part == Layers)));
    assert!(notes[1].ends_with("steps"), "{notes:?}");
}

#[test]
fn a_budget_never_measures_more_often_than_written() {
    let config = RunConfig { measure: Measure::Every(50), detail: None, ..of_percent(50.0) };
    let Ran { measured, .. } = run(&config, 200);
    let looked: Vec<usize> = (0..200).filter(|step| measured[*step].is_some()).collect();
    assert_eq!(looked, [0, 50, 100, 150]);
}
