//! A small diffusion model predicts the noise in digits, and its reported loss by timestep is correct.

use std::sync::LazyLock;

use nablatop::config::{DiffusionSettings, LaneConfig, Length, LongSkips, Measure, Model, RunConfig, Wiring};
use nablatop::data::digits;
use nablatop::event::{Dated, Denoising, Event, Samples, SnapshotOf};
use nablatop::quantity::Quantity;

use super::presets::DIFFUSION;
use super::recording::{Recording, loss, row};

fn lane(wiring: Wiring, long_skips: LongSkips) -> LaneConfig {
    let family = DiffusionSettings { long_skips, ..DiffusionSettings::default() }.into();
    LaneConfig { width: 8, lr: 5e-3, family, ..LaneConfig::of(Model::Diffusion, wiring) }
}

/// Two hundred steps, three of which are measured by timestep.
static DETAILED: LazyLock<Recording> = LazyLock::new(|| {
    Recording::of(RunConfig {
        batch: 32,
        length: Length::Steps(201),
        measure: Measure::Every(50),
        detail: Some(100),
        histograms: None,
        flight: None,
        lanes: vec![lane(Wiring::Residual, LongSkips::On)],
        ..RunConfig::default()
    })
});

/// Mean loss of the last hundred steps: each draws its own times, so that a single one says little.
fn late(run: &Recording, lane: usize) -> f32 {
    let steps = run.steps(lane);
    let losses = &steps[steps.len() - 100..];
    losses.iter().map(|record| loss(record)).sum::<f32>() / losses.len() as f32
}

/// The snapshots of one kind of a lane.
fn snapshots<T: SnapshotOf>(run: &Recording, lane: usize) -> Vec<Dated<'_, T>> {
    let of_lane = run.events().iter().filter_map(|event| match event {
        Event::Snapshot(snapshot) if snapshot.lane.index() == lane => snapshot.dated(),
        _ => None,
    });
    of_lane.collect()
}

fn denoising(run: &Recording, lane: usize) -> Vec<Dated<'_, Denoising>> {
    snapshots(run, lane)
}

fn samples(run: &Recording, lane: usize) -> Vec<Dated<'_, Samples>> {
    snapshots(run, lane)
}

/// A lane of the preset.
fn skips(name: &str) -> usize {
    DIFFUSION.header().lanes.iter().position(|lane| lane.name == name).expect("a lane")
}

#[test]
fn it_finds_the_noise_and_without_long_skips_it_does_not() {
    let [with, without] = ["both", "no-long-skips"].map(|name| late(&DIFFUSION, skips(name)));
    println!("mean squared error of the noise {with:.3}, without long skips {without:.3}");
    assert!(with < 0.15, "{with}");
    // What the middle of 2×2 pixels lets through is not enough to see each pixel's noise.
    assert!(without > 3.0 * with, "{without} {with}");
    let evaluation = *DIFFUSION.evaluations(skips("both")).last().expect("evaluated");
    assert!(evaluation.loss < 0.15 && evaluation.accuracy.is_none(), "{evaluation:?}");
}

#[test]
fn the_less_noise_the_harder_it_is_to_find_and_the_spans_are_those_of_the_step() {
    let records = denoising(&DETAILED, 0);
    let steps: Vec<u64> = records.iter().map(|record| record.step.0).collect();
    assert_eq!(steps, [1, 101, 201]);
    let last = records[1];
    let times: Vec<(u32, u32)> = last.spans.iter().map(|span| (span.first, span.last)).collect();
    assert_eq!((times.len(), times[0], times[9]), (10, (1, 100), (901, 1000)));
    let losses: Vec<f32> = last.spans.iter().map(|span| span.loss.get().expect("a loss")).collect();
    assert!(losses[0] > 2.0 * losses[4] && losses[4] > losses[9], "{losses:?}");
    // As many layers as the step has, and gradients of a size with its own.
    let step = DETAILED.steps(0)[100];
    let own = row(step, Quantity::GradNorm);
    for span in &last.spans {
        assert_eq!(span.grad_norms.len(), own.len());
        assert!(span.grad_norms.iter().all(|norm| norm.get().is_some_and(|norm| norm > 0.0)));
    }
}

#[test]
fn it_draws_sixteen_pictures_from_the_same_noise_and_they_change_as_it_learns() {
    let drawn = samples(&DETAILED, 0);
    assert_eq!(drawn.len(), 3);
    for record in &drawn {
        let of = record.payload;
        assert_eq!((of.channels, of.height, of.width, of.count()), (1, 8, 8, 16));
    }
    assert_ne!(drawn[0].payload, drawn[2].payload);
    let digits = digits().expect("embedded").training;
    let real = mean(&digits.inputs.iter().map(|pixel| f64::from(*pixel)).collect::<Vec<_>>());
    let alike = |samples: &Samples| {
        let pixels: Vec<f64> = samples.pixels.iter().map(|pixel| f64::from(*pixel)).collect();
        correlation(&mean(&pixels), &real)
    };
    let [first, last] = [0, 2].map(|nth| alike(drawn[nth].payload));
    println!("the mean of what is drawn and that of the digits correlate by {first:.2}, then by {last:.2}");
    assert!(last > 0.7 && last > first + 0.1, "{first} {last}");
}

/// The mean of pictures of 8×8 pixels, pixel by pixel.
fn mean(pixels: &[f64]) -> Vec<f64> {
    let mut mean = vec![0.0; 64];
    for picture in pixels.chunks(64) {
        mean.iter_mut().zip(picture).for_each(|(mean, pixel)| *mean += pixel / (pixels.len() / 64) as f64);
    }
    mean
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let centred = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect::<Vec<_>>()
    };
    let dot = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let (one, other) = (centred(one), centred(other));
    dot(&one, &other) / (dot(&one, &one) * dot(&other, &other)).sqrt()
}

#[test]
fn the_title_says_which_skips_are_off() {
    let title = |wiring, long_skips| lane(wiring, long_skips).title();
    assert_eq!(title(Wiring::Residual, LongSkips::On), "diffusion 8×8 · gelu · kaiming init");
    assert_eq!(title(Wiring::Residual, LongSkips::Off), "diffusion 8×8 · long skips off · gelu · kaiming init");
    assert_eq!(title(Wiring::Plain, LongSkips::On), "diffusion 8×8 · block residuals off · gelu · kaiming init");
    assert_eq!(
        title(Wiring::Plain, LongSkips::Off),
        "diffusion 8×8 · block residuals and long skips off · gelu · kaiming init"
    );
}
