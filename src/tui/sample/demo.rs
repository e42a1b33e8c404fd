//! Two lanes, plain and residual, with noise but without chance; and one whose last steps hold every kind of value.

use super::events::{header, noise, step};
use crate::event::{EvalRecord, Event};
use crate::quantity::Quantity;
use crate::tui::scene::{Activity, Scene};
use crate::tui::source::SourceKind;
use crate::units::{LaneId, Step};

/// Two lanes of 50 blocks after 300 steps.
pub(in crate::tui) fn demo(steps: u64) -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &header(&[("plain", 50), ("residual", 50)]));
    for event in demo_steps(1..steps + 1) {
        scene.take(0, &event);
    }
    for (lane, accuracy) in [(0, 0.101), (1, 0.928)] {
        let eval = EvalRecord { lane: LaneId(lane), step: Step(steps), loss: 1.0, accuracy: Some(accuracy), rows: 360 };
        scene.take(0, &Event::Eval(eval));
    }
    scene.status.activity = Activity::Live;
    scene.status.steps_per_second = Some(212.0);
    scene.status.measuring_share = Some(0.011);
    scene
}

/// The steps of that scene.
pub(in crate::tui) fn demo_steps(steps: std::ops::Range<u64>) -> Vec<Event> {
    let lanes = steps.flat_map(|at| (0..2).map(move |lane| (at, lane)));
    lanes
        .map(|(at, lane)| {
            let jitter = noise(at, u64::from(lane), 1);
            let falling = 2.6 * (-(at as f32) / 300.0 * 4.6).exp() * (1.0 + 0.35 * jitter);
            let loss = if lane == 0 { 2.303 + 0.004 * jitter } else { falling };
            step(lane, at, loss, 52, |quantity, layer| demo_value(lane, at, quantity, layer))
        })
        .collect()
}

fn signal_exponent(lane: u16, step: u64, layer: usize) -> f32 {
    let depth = layer as f32;
    let slow = (step as f32 / 47.0).sin() + 0.5 * (step as f32 / 19.0).cos();
    let jitter = noise(step, u64::from(lane), 3) * 0.25 + noise(step, u64::from(lane), layer as u64 + 9) * 0.08;
    match lane {
        0 => (-19.0 + 18.0 * (depth - 1.0) / 49.0) + slow * 1.2 * (1.0 - depth / 52.0) + jitter,
        _ => -2.0 * depth / 51.0 + 0.1 * slow + jitter,
    }
}

pub(super) fn demo_value(lane: u16, step: u64, quantity: Quantity, layer: usize) -> Option<f32> {
    let signal = 10f32.powf(signal_exponent(lane, step, layer));
    match quantity {
        Quantity::SignalNorm => (layer > 0).then_some(signal),
        Quantity::SignalRelative => (layer > 0).then(|| signal / 10f32.powf(signal_exponent(lane, step, 51))),
        Quantity::Gain => (1..51).contains(&layer).then(|| signal / 10f32.powf(signal_exponent(lane, step, layer + 1))),
        Quantity::GradNorm => Some(signal * 0.3),
        Quantity::GradRms => Some(signal * 0.005),
        Quantity::ActRms => Some(0.3 + 0.01 * layer as f32),
        Quantity::WeightNorm => Some(4.6),
        _ => Some(if lane == 0 { 0.0 } else { 8.7e-4 }),
    }
}

/// One lane of 8 blocks whose last steps hold every kind of value.
pub(in crate::tui) fn odd() -> Scene {
    let mut scene = Scene::new(SourceKind::Live);
    scene.take(0, &header(&[("odd", 8), ("even", 12)]));
    for at in 1..=40u64 {
        let value = move |_: Quantity, layer: usize| match (at, layer) {
            (_, 0) => None,
            (20.., 2) => Some(0.0),
            (25.., 4) => Some(f32::NAN),
            (30.., 6) => Some(f32::INFINITY),
            (35.., _) => Some(f32::from_bits(1)),
            _ => Some(10f32.powf(layer as f32 - 6.0)),
        };
        let loss = if at < 30 { 2.3 } else { f32::NAN };
        scene.take(0, &step(0, at, loss, 10, value));
        scene.take(0, &step(1, at, if at == 12 { f32::INFINITY } else { 0.0 }, 14, |_, layer| Some(layer as f32)));
    }
    scene
}
